"""Read models: fed beside the library's runner, rebuilt from a long log, and how far they lag behind appends."""

from __future__ import annotations

import asyncio
import itertools
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvloop

from domain.catalogue import Product
from infrastructure.collecting import collect_seldom
from infrastructure.event_log import EventLog
from infrastructure.event_log.codec import decode
from infrastructure.event_log.statement import Encoded, encoded
from infrastructure.idempotency import time_ordered
from infrastructure.projecting import Positions, Runner, read_models, rebuild_together
from interfaces.benchmark import views, worlds
from interfaces.benchmark.appending import METADATA, STATE, TOPIC
from interfaces.benchmark.clients import at_once
from interfaces.benchmark.figures import Figure, milliseconds, ratio
from interfaces.benchmark.servers import Server
from interfaces.benchmark.worlds import Say
from projections.shared import Effect, Effects, ReadModel, Recorded, insert

ROUNDS, TURNS = 3, 7
"""Of feeding; and of appends with and without a worker, which a machine that changes its pace disturbs more."""
AT_ONCE = 500
"""Saves that are waited for together while a log is made."""
KNOWN = str(decode(TOPIC, STATE).originator_id).encode()
RATE = 300
"""Commands a second while the lag is measured."""
BARS = {"own disk": 7.0, "1 ms": 70.0}
FOLDING_BARS = {"1 ms": 150.0}


class Rows(ReadModel):
    """A row for each product."""

    tables = "create table lamps (position bigint primary key, id uuid not null, name text not null)"

    def registered(self, event: Product.Registered, recorded: Recorded) -> Effects:
        yield insert("lamps", id=event.originator_id, position=recorded.position, name=event.name)


class Sums(ReadModel):
    """How many products each line has, and which came last."""

    tables = """
        create table lines (product_line text primary key, products bigint not null, latest text not null);
        insert into lines values ('Lighting', 0, '')
    """

    def registered(self, event: Product.Registered, recorded: Recorded) -> Effects:
        yield Effect(
            "update lines set products = products + %(one)s, latest = %(name)s where product_line = %(line)s",
            {"one": 1, "name": event.name, "line": event.product_line},
        )


Rows.NAME, Sums.NAME = "bench_rows", "bench_sums"
ReadModel.MODELS.pop("interfaces", None)  # none of the service's own


def feeding(server: Server, seconds: float) -> list[Figure]:
    """A log that is there already, into a read model that is not."""
    few = int(200 * seconds)
    rows, sums, stock = list[float](), list[float](), list[float]()
    collect_seldom()
    for _ in range(ROUNDS):
        with server.database() as url:
            views.make(url, few)
            stock.append(views.feed(url, few))
        with server.database() as url:
            count = int(10_000 * seconds)
            uvloop.run(_register(url, count))
            rows.append(uvloop.run(_feed(url, Rows, count)))
            sums.append(uvloop.run(_feed(url, Sums, count)))
    name = f"feeding, {server.disk}"
    peer = "stock: the library's ProjectionRunner"
    return [
        Figure(f"{name}, a row each", max(rows), "events/s", "from the log into a read model; this machine's"),
        ratio(f"{name}, a row each / stock", rows, stock, peer, least=BARS.get(server.disk)),
        Figure(f"{name}, sums and latest", max(sums), "events/s", "many events, one row; this machine's"),
        ratio(f"{name}, sums and latest / stock", sums, stock, peer, least=FOLDING_BARS.get(server.disk)),
    ]


async def _register(url: str, events: int) -> None:
    """So many products."""
    async with EventLog(url, name="q2c bench") as log:
        for _ in range(0, events, AT_ONCE):
            await asyncio.gather(*(log.append_encoded(_registered()) for _ in range(AT_ONCE)))


def _registered() -> Encoded:
    """A save of one more product."""
    id = time_ordered()
    return encoded(
        actor="bench",
        key=str(id),
        digest=b"",
        metadata=METADATA,
        ids=[id],
        versions=[1],
        topics=[TOPIC],
        states=[STATE.replace(KNOWN, str(id).encode())],
    )


async def _feed(url: str, model: type[ReadModel], events: int) -> float:
    """How many events a second it is fed, from the first on."""
    async with EventLog(url, name="q2c bench") as log:
        positions = Positions(url, [model.NAME])
        begun = time.perf_counter()
        runner = asyncio.create_task(Runner(log, url, {model.NAME: model}).run())
        await positions.reached(model.NAME, events, 120)
        took = time.perf_counter() - begun
        runner.cancel()
        await asyncio.gather(runner, return_exceptions=True)
        await positions.aclose()
    return events / took


def rebuilding(server: Server, events: int, say: Say) -> list[Figure]:
    """All read models anew from so many events."""
    with server.database() as url:
        uvloop.run(worlds.fill(url, events, say))
        took = uvloop.run(_rebuild(url, say))
        for_a_million = took * 1e6 / events
    return [
        Figure("rebuild", events / took, "events/s", f"all read models from {events:,} events; this machine's"),
        Figure("rebuild, a million events", for_a_million, "s", "at that pace", most=600),
    ]


async def _rebuild(url: str, say: Say) -> float:
    collect_seldom()
    async with EventLog(url, name="q2c bench") as log:
        begun = time.perf_counter()
        await rebuild_together(
            read_models().values(), log, url, lambda model, done, goal: say(f"{model.NAME}: {done:,} of {goal:,} …")
        )
        return time.perf_counter() - begun


def following(server: Server, seconds: float, say: Say) -> list[Figure]:
    """How far the read models of a worker lag, and what it costs those who append."""
    with server.database() as url:
        say("A world to go on with …")
        uvloop.run(worlds.fill(url, 1, say))
        with worker(url):
            uvloop.run(_lags(url, 1))  # statements are prepared, connections warm
            took = uvloop.run(_lags(url, 5 * seconds))
        alone, beside = list[float](), list[float]()
        for _ in range(TURNS):
            alone.append(uvloop.run(_appends(url, seconds)))
            with worker(url):
                uvloop.run(_ready(url))
                beside.append(uvloop.run(_appends(url, seconds)))
    name, meaning = f"lag, {server.disk}", f"from commit to visible in all read models, {RATE} commands/s"
    return [
        milliseconds(f"{name}, p50", took, 0.5, meaning, most=20),
        milliseconds(f"{name}, p99", took, 0.99, meaning, most=100),
        ratio(f"appends beside a worker, {server.disk}", beside, alone, "with and without a worker", least=0.9),
    ]


@contextmanager
def worker(url: str) -> Iterator[None]:
    """A process that keeps the read models up, as a worker does."""
    process = subprocess.Popen([sys.executable, "-m", "interfaces.benchmark.keeping", url])
    try:
        yield
    finally:
        process.terminate()
        process.wait(30)


async def _appends(url: str, seconds: float) -> float:
    async with EventLog(url, name="q2c bench") as log:
        clients = [lambda: log.append_encoded(_registered())] * 16
        await at_once(clients, seconds / 10)
        return (await at_once(clients, seconds)).rate


async def _ready(url: str) -> None:
    """Every read model is at the end of the log."""
    async with EventLog(url, name="q2c bench", readers=1) as log:
        positions, head = Positions(url, read_models()), await log.head()
        await asyncio.gather(*(positions.reached(name, head, 120) for name in positions.models))
        await positions.aclose()


async def _lags(url: str, seconds: float) -> list[float]:
    """Seconds from each save's acknowledgement until the last read model shows it."""
    await _ready(url)
    took: list[float] = []
    async with EventLog(url, name="q2c bench") as log, asyncio.TaskGroup() as tasks:
        positions = Positions(url, read_models())

        async def save(encoded: Any) -> None:
            appended = await log.append_encoded(encoded)
            begun = time.perf_counter()
            await asyncio.gather(*(positions.reached(name, appended.position, 30) for name in positions.models))
            took.append(time.perf_counter() - begun)

        begun = time.perf_counter()
        for number, encoded in enumerate(itertools.islice(await worlds.copies(log), int(RATE * seconds))):
            await asyncio.sleep(begun + number / RATE - time.perf_counter())
            tasks.create_task(save(encoded))
    return took
