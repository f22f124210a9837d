"""Growth: the same work in logs of ten thousand to five million events, and what the processes weigh meanwhile.

One log grows. At each size it is measured beside a copy of what it was at first, in turns, so that a machine that grows
slower meanwhile is unfair to none. Before each measurement of appends a checkpoint is waited for: each page is written
to the WAL as a whole when it is first touched after one, and that would fall on some sizes only. It is the worst that a
long log can meet: were keys random, nearly every append after a checkpoint would touch pages of its own. They begin
with a time, as the README asks of keys, and so do the identities made of them.
"""

from __future__ import annotations

import asyncio
import random
import statistics
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
from functools import partial
from itertools import islice, pairwise
from pathlib import Path
from typing import Any
from uuid import UUID

import uvloop
from psycopg.errors import InsufficientPrivilege

from domain.ordering import Order
from infrastructure.collecting import collect_seldom
from infrastructure.database import connect, connect_sync
from infrastructure.event_log import EventLog
from infrastructure.projecting import Positions, Readers, read_models, rebuild
from interfaces.benchmark import worlds
from interfaces.benchmark.appending import saving
from interfaces.benchmark.clients import at_once, undisturbed
from interfaces.benchmark.copying import grow, multiply, settle
from interfaces.benchmark.figures import Figure, ratio, slowest
from interfaces.benchmark.http import registrations, repeatedly
from interfaces.benchmark.installation import installed, signed_in
from interfaces.benchmark.loading import Loading, loading, request
from interfaces.benchmark.servers import Server
from interfaces.benchmark.worlds import Say
from projections.documents.model import Documents
from projections.documents.queries import document, documents

SIZES = (10_000, 100_000, 1_000_000, 5_000_000)
"""Events."""
OF_BUSINESS = 100_000
"""The longest log that is written, and read model that is made, event by event; what is beyond are copies of rows."""
ROUNDS = 7
SECONDS = 0.2
"""How long appends are measured each round: the short log must not grow long by it."""
ASKED, WARMING = 200, 20
"""Queries of each kind in each round; those before them, which are not counted."""
PAGE = 100
FLAT = 1.3
"""Latency, or memory, of the largest to that of the smallest."""
STAGES = 10
POSTGRES = "heaviest process of Postgres"
BUSY = 0.2
"""Seconds for which the API is asked things at each stage."""
TAKERS, TAKEN = 4, 250
"""How many take saves at the same time, and how many each."""

SIZE = b"SELECT pg_table_size('log.events'), pg_indexes_size('log.events'), max(position) FROM log.events"
FAR = b"UPDATE policies.position SET position = 1000000000000"
"""The copies hold what policies did: none is to do it again."""
SAMPLE = b"SELECT originator_id, topic, recorded_at, actor, key FROM log.events WHERE position = ANY(%s)"
SERVING = """
    SELECT pid FROM pg_stat_activity
    WHERE datname = current_database() AND application_name LIKE 'q2c %' AND application_name <> 'q2c bench'"""
ORDERS = "select document_id from documents where kind = 'order' order by random() limit %(asked)s"

Took = dict[str, list[float]]
"""Seconds of each thing that was done, by what it is."""


def growth(server: Server, quick: bool, say: Say) -> Iterator[Figure]:
    """Latency, storage and memory as the log grows."""
    collect_seldom()
    with ExitStack() as stack:
        grown = stack.enter_context(server.database())
        sizes = SIZES[:2] if quick else SIZES
        uvloop.run(_grow(grown, 0, sizes[0], say))
        short = stack.enter_context(server.database(like=grown))
        for before, size in pairwise(sizes):
            uvloop.run(_grow(grown, before, size, say))
            with server.database(like=short) as copy:
                yield from _latencies({sizes[0]: copy, size: grown}, say)
        yield uvloop.run(_storage(grown))
    yield from _memory(server, 40_000 if quick else 1_000_000, say)


async def _grow(url: str, before: int, events: int, say: Say) -> None:
    """By copies of a business first, then, where that would take long, by copies of rows."""
    if events <= OF_BUSINESS:
        await _by_business(url, events, say)
        async with EventLog(url, name="q2c bench", readers=1) as log:
            await rebuild(Documents, log, url, lambda done, goal: say(f"documents: {done:,} of {goal:,} events …"))
    else:
        await grow(url, events, Order, say)
        await multiply(url, Documents, before, events // before, say)
    await settle(url, Documents)


async def _by_business(url: str, events: int, say: Say) -> None:
    await worlds.fill(url, 1, say)
    async with EventLog(url, name="q2c bench", readers=1) as log:
        head, saves = await log.head(), await worlds.copies(log)

        async def append() -> None:
            nonlocal head
            while head < events and (some := list(islice(saves, TAKEN))):
                appended = await asyncio.gather(*map(log.append_encoded, some))
                head = max(head, appended[-1].position)
                say(f"{head:,} of {events:,} events …")

        await asyncio.gather(*(append() for _ in range(TAKERS)))


async def _storage(url: str) -> Figure:
    async with await connect(url, None, "q2c bench") as owner:
        row = await (await owner.execute(SIZE)).fetchone() or (0, 0, 1)
    table, indexes, events = row
    return Figure(
        "storage",
        (table + indexes) / events,
        "bytes/event",
        f"{table / events:.0f} of the row, {indexes / events:.0f} of indexes; of {events:,} events",
    )


def _latencies(urls: dict[int, str], say: Say) -> Iterator[Figure]:
    rounds: dict[int, list[Took]] = {size: [] for size in urls}
    for number in range(ROUNDS):
        for size, url in urls.items():
            say(f"Latencies, round {number + 1} of {ROUNDS}, {size:,} events …")
            rounds[size].append(uvloop.run(_turn(url, size)))
    for kind in rounds[min(urls)][0]:
        of_kind = {size: [took[kind] for took in turns] for size, turns in rounds.items() if kind in turns[0]}
        yield _flat(kind, 0.5, of_kind)
        if kind.startswith("append"):
            yield _flat(kind, 0.95, of_kind)


def _flat(kind: str, quantile: float, took: dict[int, list[list[float]]]) -> Figure:
    """The latency of the long log to that of the short one."""
    of_round = {size: [slowest(each, quantile) for each in turns] for size, turns in took.items()}
    each = ", ".join(f"{1000 * statistics.median(some):.2f} ms" for some in of_round.values())
    counts = ", ".join(f"{size:,}" for size in took)
    name = f"{kind}, {max(took):,} events / {min(took):,}, {'median' if quantile == 0.5 else 'p95'}"
    return ratio(name, of_round[max(took)], of_round[min(took)], f"{each} at {counts}; this machine's", most=FLAT)


async def _turn(url: str, size: int) -> Took:
    """What each thing takes in a log of this size. New things are asked for each time: an old log is not at hand."""
    async with EventLog(url, name="q2c bench") as log:
        took = await _of_the_log(log, size) | await _of_a_read_model(url, size)
        for clients in (1, 16):
            await at_once(saving(log, clients), SECONDS / 4)
            await _checkpoint(url)
            name = "append, 16 clients" if clients > 1 else "append, 1 client"
            took[name] = (await at_once(saving(log, clients), SECONDS)).took
    return took


async def _of_the_log(log: EventLog, size: int) -> Took:
    """Of what was there before appends were measured, which is business alike in all sizes."""
    positions = random.sample(range(1, size - PAGE), min(25 * ASKED, size // 2))
    rows = await log.rows(SAMPLE, [positions])
    orders = list({id for id, topic, *_ in rows if topic.startswith(f"{Order.KIND}.")})
    requests = [row[3:] for row in rows if row[4] is not None]
    return {
        "load of one order": await _each(orders, partial(log.load, Order)),
        f"page of {PAGE}": await _each(positions, lambda position: log.read(position, PAGE)),
        "find by key": await _each(requests, lambda request: log.find(*request)),
        "position at an instant": await _each([row[2] for row in rows], log.position_at),
    }


async def _of_a_read_model(url: str, size: int) -> Took:
    readers = Readers(url)
    try:
        reader = await readers.reader_for(Documents.NAME)
        orders = await reader.rows(UUID, ORDERS, asked=ASKED + WARMING)
        places = random.sample(range(size // 2, size), ASKED + WARMING)
        return {
            "query of one document": await _each(orders, partial(document, reader, "order")),
            f"list of {PAGE} documents": await _each(places, lambda place: documents(reader, "order", place, PAGE)),
        }
    finally:
        await readers.aclose()


async def _each(things: Sequence[Any], ask: Callable[[Any], Awaitable[object]]) -> list[float]:
    """Seconds for each of them, but for the first."""
    took = []
    with undisturbed():
        for thing in things[: ASKED + WARMING]:
            begun = time.perf_counter()
            await ask(thing)
            took.append(time.perf_counter() - begun)
    return took[WARMING:]


async def _checkpoint(url: str) -> None:
    """Wait for one, where the user may ask for it."""
    async with await connect(url, None, "q2c bench", settings={"statement_timeout": 0}) as owner:
        with suppress(InsufficientPrivilege):
            await owner.execute(b"CHECKPOINT")


def _memory(server: Server, events: int, say: Say) -> Iterator[Figure]:
    """The API and the worker of a business that grows; the API is asked things at each stage."""
    with server.database() as url, loading() as load:
        uvloop.run(worlds.fill(url, 1, say))
        with connect_sync(url, None, "q2c bench") as owner:
            owner.execute(FAR)
        with installed(url) as supervisor:
            weights, signed = [], signed_in(url)
            for stage in range(1, STAGES + 1):
                uvloop.run(_by_business(url, events * stage // STAGES, say))
                uvloop.run(_followed(url))
                _ask(load, supervisor.address, signed, stage)
                weights.append({child.name: _resident(child.pid) for child in supervisor.children} | _of_postgres(url))
    for name, first in weights[0].items():
        meaning = f"resident after {events // STAGES:,} events {first:.0f} MB; beside a worker, with some requests"
        most = None if name == POSTGRES else FLAT
        yield Figure(f"memory of the {name}, {events:,} events", weights[-1][name] / first, "x", meaning, most=most)


def _ask(load: Loading, address: str, signed: str, stage: int) -> None:
    load.run(address, partial(registrations, "/products", stage, signed), TAKERS, BUSY)
    load.run(address, partial(repeatedly, request("GET", "/orders", authorization=signed)), TAKERS, BUSY)


async def _followed(url: str) -> None:
    """Every read model is at the end of the log."""
    async with EventLog(url, name="q2c bench", readers=1) as log:
        positions, head = Positions(url, read_models()), await log.head()
        await asyncio.gather(*(positions.reached(name, head, 300) for name in positions.models))
        await positions.aclose()


def _of_postgres(url: str) -> dict[str, float]:
    """What the heaviest of the processes that serve q2c has for itself; nothing where they are on another machine."""
    with connect_sync(url, None, "q2c bench") as connection:
        pids = [pid for (pid,) in connection.execute(SERVING).fetchall()]
    with suppress(OSError):
        return {POSTGRES: max(_resident(pid, "RssAnon") for pid in pids)}
    return {}


def _resident(pid: int | None, of: str = "VmRSS") -> float:
    """Megabytes."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split(f"{of}:")[1].split()[0]) / 1024
