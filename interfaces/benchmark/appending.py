"""Appends: beside one-row inserts of the same bytes, each in a transaction of its own, and beside the library's."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from os import urandom
from typing import Any
from uuid import UUID

import uvloop
from eventsourcing.persistence import StoredEvent
from psycopg import AsyncConnection

from domain.catalogue import Product
from domain.shared.aggregate import Event
from infrastructure.database import connect
from infrastructure.event_log import Aggregates, EventLog, Save
from infrastructure.event_log.codec import encode
from infrastructure.event_log.statement import Encoded, encoded
from infrastructure.idempotency import fresh_key, time_ordered
from interfaces.benchmark import peer
from interfaces.benchmark.clients import Run, at_once, in_threads
from interfaces.benchmark.figures import Figure, milliseconds, ratio
from interfaces.benchmark.servers import Server
from interfaces.benchmark.sharing import several

CLIENTS = (1, 4, 16, 64)
ROUNDS = 7
"""Taken in turns, so that a machine that grows slower meanwhile is unfair to none."""
HOT = 10
"""One save in so many is of an aggregate that all clients write to."""
FEW = 200
"""Aggregates that are changed in turns by 16 clients."""
WHO = {"actor": "bench", "on_behalf_of": None, "command": "RegisterProduct", "correlation_id": "bench"}
METADATA = encode(WHO)
TOPIC = Product.Registered.TOPIC
INSERT = b"INSERT INTO bench.rows VALUES (%b, %b)"
Client = Callable[[], Awaitable[object]]
Saving = Callable[[EventLog, int], Sequence[Client]]
"""Makes so many clients that save in their own way."""

BARS: dict[tuple[str, int, str], float] = {
    ("1 ms", 1, "limit"): 0.85,
    ("1 ms", 16, "limit"): 1.2,
    ("1 ms", 64, "limit"): 0.9,
    ("1 ms", 16, "stock"): 12,
    ("own disk", 16, "limit"): 0.5,
    ("own disk", 16, "stock"): 15,
}
"""Disk, clients and what it is compared with: how many times as fast it is to be."""


def appends(server: Server, seconds: float) -> list[Figure]:
    """One-event saves of 1 to 64 clients of one process, of two processes, and changes of aggregates by 16."""
    figures = [each for clients in CLIENTS for each in appends_of(server, clients, seconds)]
    with server.database() as url:
        uvloop.run(prepare(url))
        figures += _hot(server.disk, url, seconds) + _two_processes(server.disk, url, seconds)
        return figures + _updates(server.disk, url, seconds)


def appends_of(server: Server, clients: int, seconds: float) -> list[Figure]:
    """One-event saves of so many clients of one process."""
    with server.database() as url:
        uvloop.run(prepare(url))
        return _appends(server.disk, url, clients, seconds)


def _appends(disk: str, url: str, clients: int, seconds: float) -> list[Figure]:
    ours, limit, stock = _rounds(url, clients, seconds, saving)
    name = f"append, {clients} clients, {disk}" if clients > 1 else f"append, 1 client, {disk}"
    figures = [
        _absolute(name, ours, "saves of one event each"),
        *_ratios(name, disk, clients, ours, limit, stock),
    ]
    if clients == 16 and disk == "1 ms":
        took = [each for run in ours for each in run.took]
        figures.append(milliseconds(f"{name}, p99", took, 0.99, "under five times what a commit costs", most=5))
    return figures


def _hot(disk: str, url: str, seconds: float) -> list[Figure]:
    ours, limit, stock = _rounds(url, 16, seconds, _saving_hot)
    name = f"append, 16 clients, one aggregate in {HOT}, {disk}"
    return [
        _absolute(name, ours, f"one save in {HOT} is of one aggregate"),
        *_ratios(name, disk, 16, ours, limit, stock),
    ]


def _absolute(name: str, runs: Sequence[Run], meaning: str) -> Figure:
    return Figure(name, max(run.rate for run in runs), "/s", f"{meaning}; this machine's")


def _ratios(
    name: str, disk: str, clients: int, ours: Sequence[Run], limit: Sequence[Run], stock: Sequence[Run]
) -> list[Figure]:
    rates = [run.rate for run in ours]
    to_limit, to_stock = BARS.get((disk, clients, "limit")), BARS.get((disk, clients, "stock"))
    return [
        ratio(
            f"{name} / limit", rates, [run.rate for run in limit], "limit: a row and its commit each", least=to_limit
        ),
        ratio(f"{name} / stock", rates, [run.rate for run in stock], "stock: the library's recorder", least=to_stock),
    ]


def _made(events: Iterable[Event]) -> Save:
    return Save(key=fresh_key(), actor="bench", digest=b"", events=list(events), metadata=WHO)


def _registered(id: UUID) -> Product.Registered:
    details: dict[str, Any] = {"sku": "LAMP", "name": "Lamp", "kind": "goods", "unit_code": "C62"}
    details |= {"tax_class": "standard", "product_line": "Lighting"}
    return Product.Registered(originator_id=id, originator_version=1, timestamp=datetime.now(UTC), **details)


STATE = encode(_registered(time_ordered()))
"""The bytes that are written, whoever writes them."""


def _rounds(url: str, clients: int, seconds: float, saving: Saving) -> tuple[list[Run], list[Run], list[Run]]:
    """Ours, the limit's and the peer's, in turns."""
    ours, limit, stock = list[Run](), list[Run](), list[Run]()
    with peer.recorder(url, clients) as recorder:
        for _ in range(ROUNDS):
            ours.append(uvloop.run(_ours(url, clients, seconds, saving)))
            limit.append(uvloop.run(inserts(url, clients, seconds)))
            stock.append(in_threads([_recording(recorder)] * clients, seconds))
    return ours, limit, stock


async def _ours(url: str, clients: int, seconds: float, saving: Saving) -> Run:
    async with EventLog(url, name="q2c bench") as log:
        await at_once(saving(log, clients), seconds / 10)  # plans are made, connections warm
        return await at_once(saving(log, clients), seconds)


def saving(log: EventLog, clients: int) -> Sequence[Client]:
    """Each client saves one event of a new aggregate after another, as bytes."""
    return [lambda: log.append_encoded(_save(time_ordered(), 1))] * clients


def _saving_hot(log: EventLog, clients: int) -> Sequence[Client]:
    """One save in ten is of one aggregate, and goes on from the one before, which may still be on its way."""
    numbers, versions, hot = itertools.count(1), itertools.count(1), time_ordered()

    def save() -> Awaitable[object]:
        if next(numbers) % HOT:
            return log.append_encoded(_save(time_ordered(), 1))
        return log.append_encoded(_save(hot, next(versions)))

    return [save] * clients


async def saving_for(wait: Callable[[], Awaitable[None]], url: str, clients: str, seconds: str) -> Run:
    """One process of several that save."""
    async with EventLog(url, name="q2c bench") as log:
        await at_once(saving(log, int(clients)), 0.2)
        await wait()
        return await at_once(saving(log, int(clients)), float(seconds))


async def inserting_for(wait: Callable[[], Awaitable[None]], url: str, clients: str, seconds: str) -> Run:
    """One process of several that insert: the limit of the same clients."""
    await wait()
    return await inserts(url, int(clients), float(seconds))


def _two_processes(disk: str, url: str, seconds: float) -> list[Figure]:
    ours, limit = list[float](), list[float]()
    shares = [[url, "8", str(seconds)]] * 2
    for _ in range(ROUNDS):
        ours.append(sum(run.rate for run in several("appending:saving_for", shares)))
        limit.append(sum(run.rate for run in several("appending:inserting_for", shares)))
    name = f"append, 8 clients in each of 2 processes, {disk}"
    least = 0.85 if disk == "1 ms" else None
    return [ratio(f"{name} / limit", ours, limit, "limit: a row and its commit each, of two processes", least=least)]


def _save(id: UUID, version: int) -> Encoded:
    """A save of one event, whose bytes are there already as they are for the limit and the peer."""
    return encoded(
        actor="bench",
        key=urandom(16).hex(),
        digest=b"",
        metadata=METADATA,
        ids=[id],
        versions=[version],
        topics=[TOPIC],
        states=[STATE],
    )


async def prepare(url: str) -> None:
    """Make the table of the limit."""
    async with await connect(url, None, "q2c bench") as connection:
        await connection.execute("CREATE SCHEMA bench")
        await connection.execute("CREATE TABLE bench.rows (id uuid PRIMARY KEY, state bytea NOT NULL)")


@asynccontextmanager
async def _connections(url: str, number: int) -> AsyncIterator[list[Any]]:
    """The driver's own: what is ours is measured beside them."""
    async with AsyncExitStack() as stack:
        connecting = (AsyncConnection.connect(url, autocommit=True) for _ in range(number))
        yield [await stack.enter_async_context(await each) for each in connecting]


async def inserts(url: str, clients: int, seconds: float) -> Run:
    """The limit: a row of the same bytes and its commit each."""

    def inserting(connection: Any) -> Client:
        return lambda: connection.execute(INSERT, [time_ordered(), STATE + METADATA], prepare=True)

    async with _connections(url, clients) as connections:
        await at_once(list(map(inserting, connections)), seconds / 10)
        return await at_once(list(map(inserting, connections)), seconds)


def _recording(recorder: Any) -> Callable[[], object]:
    return lambda: recorder.insert_events([StoredEvent(time_ordered(), 1, TOPIC, STATE)])


def _updates(disk: str, url: str, seconds: float) -> list[Figure]:
    """Load, change, save: 16 clients take aggregates in turns, and no other way of working leaves anything out."""
    ours, limit, stock = list[Run](), list[Run](), list[Run]()
    with peer.application(url, 16) as lamps:
        ids = [lamps.register() for _ in range(FEW)]
        for _ in range(ROUNDS):
            ours.append(uvloop.run(_changing(url, seconds)))
            limit.append(uvloop.run(inserts(url, 16, seconds)))
            turns = [itertools.cycle(ids[client::16]) for client in range(16)]
            stock.append(in_threads([partial(_rename, lamps, turn) for turn in turns], seconds))
    name = f"load, change, save, 16 clients, {disk}"
    rates = [run.rate for run in ours]
    return [
        _absolute(name, ours, f"{FEW} aggregates, changed in turns"),
        ratio(
            f"{name} / limit",
            rates,
            [run.rate for run in limit],
            "limit: a row and its commit each",
            least=0.7 if disk == "1 ms" else None,
        ),
        ratio(
            f"{name} / stock",
            rates,
            [run.rate for run in stock],
            "stock: the library's application, as it comes",
            least=8 if disk == "1 ms" else None,
        ),
    ]


def _rename(lamps: peer.Lamps, turn: Iterator[UUID]) -> None:
    lamps.rename(next(turn), "Lamp")


async def _changing(url: str, seconds: float) -> Run:
    async with EventLog(url, name="q2c bench") as log:
        aggregates = Aggregates(log)
        ids = [time_ordered() for _ in range(FEW)]
        await log.append(_made(map(_registered, ids)))

        def changing(client: int) -> Client:
            turn = itertools.cycle(ids[client::16])
            return lambda: _change(log, aggregates, next(turn))

        clients = list(map(changing, range(16)))
        await at_once(clients, seconds / 10)
        return await at_once(clients, seconds)


async def _change(log: EventLog, aggregates: Aggregates, id: UUID) -> None:
    async with aggregates.lock(id):
        product, _ = await aggregates.check_out(Product, id)
        product.change(name="Lamp", tax_class="standard", product_line="Lighting", at=datetime.now(UTC))
        await log.append(_made(product.collect_events()))
        aggregates.check_in(product)
