"""Loading and replay: aggregates of 10 to 1,000 events, and the whole log, beside the library and beside plain reading.

The peer has aggregates of the same fields and of as many events in tables of its own; it is told of money as its
documentation says of values that it does not know. The plain reading is decoded by msgspec without types, in the place
of orjson, which nothing else here needs. There is no snapshot when an aggregate is loaded for the first time; that load
leaves one to the next, where there was much to go through.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import Any, cast
from uuid import UUID, uuid4

import msgspec
import uvloop
from eventsourcing.domain import Aggregate, event
from eventsourcing.persistence import JSONTranscoder, Transcoding

from domain.catalogue import Product
from domain.payments import Payment
from domain.shared.aggregate import Event
from domain.shared.money import Money
from infrastructure.database import Role, connect
from infrastructure.event_log import Aggregates, EventLog, Save
from infrastructure.event_log.recorded import COLUMNS
from interfaces.benchmark import peer
from interfaces.benchmark.clients import undisturbed
from interfaces.benchmark.figures import Figure, milliseconds, ratio
from interfaces.benchmark.servers import Server

SHORT, LONG = (10, 100), 1_000
"""Events of an aggregate."""
LOADS = 10
"""Of each length and round."""
ROUNDS = 5
PAGE = 1_000
"""Events that are read at a time, by whomever."""
PEERS = 20
"""Long aggregates of the peer."""
SELECT = b"SELECT " + COLUMNS + b" FROM log.events WHERE position > %s ORDER BY position LIMIT %s"
STATE = COLUMNS.split(b", ").index(b"state")
WHO = {"actor": "bench", "on_behalf_of": None, "command": "ChangeProduct", "correlation_id": "bench"}
DETAILS = {"tax_class": "standard", "product_line": "Lighting"}


def replays(server: Server, events: int) -> list[Figure]:
    """`events`: how many the log has that is read as a whole."""
    with server.database() as url:
        loads = _loads(url)
    with server.database() as url:
        return loads + _whole_log(url, events)


class Purse(Aggregate):
    """With the content of a payment's allocations, an identity and money, in the library's own way."""

    @event("Opened")
    def __init__(self) -> None:
        self.allocations: dict[UUID, Money] = {}

    @event("Allocated")
    def allocate(self, invoice_id: UUID, amount: Money) -> None:
        """So much for that."""
        self.allocations[invoice_id] = amount


class MoneyAsDict(Transcoding):
    """How the library is told of values that it does not know."""

    type, name = Money, "money"

    def encode(self, obj: Money) -> dict[str, object]:
        """See `Transcoding`."""
        return {"amount": obj.amount, "currency": obj.currency}

    def decode(self, data: dict[str, Any]) -> Money:
        """See `Transcoding`."""
        return Money(**data)


def _loads(url: str) -> list[Figure]:
    with peer.application(url, 1) as lamps:
        return [figure for length in (*SHORT, LONG) for figure in uvloop.run(_loads_of(url, lamps, length))]


async def _loads_of(url: str, lamps: peer.Lamps, length: int) -> list[Figure]:
    theirs = [_renamed(lamps, length) for _ in range(LOADS)]
    first, again, stock, kept = list[float](), list[float](), list[float](), list[float]()
    async with EventLog(url, name="q2c bench") as log:
        aggregates = Aggregates(log)
        await log.load(Product, await _changed(log, length))  # the statement is planned, the code warm
        with undisturbed():
            for _ in range(ROUNDS):
                ids = [await _changed(log, length) for _ in range(LOADS)]
                stock.append(statistics.median([_time_of(partial(lamps.repository.get, id)) for id in theirs]))
                first.append(await _median(log, ids))
                again.append(await _median(log, ids))
                for id in ids:
                    aggregates.check_in((await aggregates.check_out(Product, id))[0])
                kept += [await _timed(partial(aggregates.check_out, Product, id)) for id in ids]
    return _figures(length, first, again, stock, kept)


def _figures(
    length: int, first: Sequence[float], again: Sequence[float], stock: Sequence[float], kept: Sequence[float]
) -> list[Figure]:
    name = f"load, {length:,} events"
    rates = [1 / each for each in first]
    figures = [
        milliseconds(name, first, 0.5, "no snapshot, not kept; this machine's"),
        ratio(
            f"{name} / stock",
            rates,
            [1 / each for each in stock],
            "stock: the library's repository",
            least=5 if length == LONG else None,
        ),
        milliseconds(f"{name}, kept", kept, 0.5, "by the command before; this machine's"),
    ]
    if length == LONG:
        figures.append(milliseconds(f"{name}, snapshot", again, 0.5, "left by the load before; this machine's", most=1))
    return figures


async def _median(log: EventLog, ids: Sequence[UUID]) -> float:
    """How long a load of one of them takes; what it leaves to do in the background is over before the next."""
    took = []
    for id in ids:
        took.append(await _timed(partial(log.load, Product, id)))
        await log.snapshots.settled()
    return statistics.median(took)


async def _timed(act: Callable[[], Awaitable[object]]) -> float:
    start = time.perf_counter()
    await act()
    return time.perf_counter() - start


def _time_of(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def _renamed(lamps: peer.Lamps, events: int) -> UUID:
    """One of the peer's, of so many events."""
    id = lamps.register()
    lamp: peer.Lamp = lamps.repository.get(id)
    for number in range(events - 1):
        lamp.rename(f"Lamp {number}")
    lamps.save(lamp)
    return id


async def _changed(log: EventLog, events: int) -> UUID:
    """One of ours, of so many events."""
    product, now = Product(uuid4()), datetime.now(UTC)
    product.record(Product.Registered, now, sku="LAMP", name="Lamp", kind="goods", unit_code="C62", **DETAILS)
    for number in range(events - 1):
        product.record(Product.DetailsChanged, now, name=f"Lamp {number}", **DETAILS)
    await log.append(_save(product.collect_events()))
    return product.id


def _save(events: Sequence[Event]) -> Save:
    return Save(key=uuid4().hex, actor="bench", digest=b"", events=events, metadata=WHO)


def _whole_log(url: str, events: int) -> list[Figure]:
    uvloop.run(_fill(url, events))
    ours, limit, stock = list[Pass](), list[Pass](), list[Pass]()
    with peer.application(url, 1) as library:
        cast(JSONTranscoder, library.mapper.transcoder).register(MoneyAsDict())
        for _ in range(PEERS):
            purse = Purse()
            for _ in range(LONG):
                purse.allocate(uuid4(), Money(Decimal("110.00"), "EUR"))
            library.save(purse)
        for _ in range(ROUNDS):
            ours.append(uvloop.run(_ours(url)))
            limit.append(uvloop.run(_limit(url)))
            stock.append(_stock(library))
    name = f"whole log, {events:,} events"
    rates, plain, theirs = ([each.rate for each in one] for one in (ours, limit, stock))
    meaning = "limit: SELECT of the same columns, one page after another, states decoded by msgspec without types"
    return [
        Figure(name, max(rates), "/s", "read and decoded, the next page read meanwhile; this machine's"),
        ratio(f"{name} / limit", rates, plain, meaning, least=0.6),
        ratio(f"{name} / stock", rates, theirs, "stock: the library's recorder and mapper"),
        ratio(
            f"{name}, decoded / stock",
            [each.decoded for each in ours],
            [each.decoded for each in stock],
            "without reading them; stock: the library's mapper",
            least=4,
        ),
    ]


async def _fill(url: str, events: int) -> None:
    """With allocations of payments, each with an identity and an amount, as most events have."""
    async with EventLog(url, name="q2c bench") as log:
        for _ in range(events // LONG):
            id = uuid4()
            await log.append(_save([_allocated(id, version) for version in range(1, LONG + 1)]))


def _allocated(id: UUID, version: int) -> Event:
    content: dict[str, Any] = {"invoice_id": uuid4(), "amount": Money(Decimal("110.00"), "EUR")}
    return Payment.Allocated(originator_id=id, originator_version=version, timestamp=datetime.now(UTC), **content)


class Pass:
    """Once through the whole log, page after page. What is read while another page is decoded is no time of its own."""

    def __init__(self) -> None:
        self._events, self._reading, self._decoding = 0, 0.0, 0.0

    @property
    def rate(self) -> float:
        """Events read and decoded a second."""
        return self._events / (self._reading + self._decoding)

    @property
    def decoded(self) -> float:
        """Events decoded a second, not counting the time in which they were read."""
        return self._events / self._decoding

    def page(self, waited: float, read: float, events: int) -> None:
        """One was waited for between these times, and is decoded now."""
        self._events += events
        self._reading += read - waited
        self._decoding += time.perf_counter() - read


async def _ours(url: str) -> Pass:
    passed = Pass()
    async with EventLog(url, name="q2c bench") as log:
        await log.read(0, PAGE)
        with undisturbed():
            waited = time.perf_counter()
            async for found in log.pages(0, await log.head(), PAGE):
                read = time.perf_counter()
                for each in found:
                    _ = each.event
                passed.page(waited, read, len(found))
                waited = time.perf_counter()
    return passed


async def _limit(url: str) -> Pass:
    passed, last, decode = Pass(), 0, msgspec.json.Decoder().decode
    async with await connect(url, Role.READER, "q2c bench") as connection:
        await connection.execute(SELECT, [0, PAGE])
        with undisturbed():
            while True:
                asked = time.perf_counter()
                cursor = await connection.cursor(binary=True).execute(SELECT, [last, PAGE])
                found, read = await cursor.fetchall(), time.perf_counter()
                if not found:
                    return passed
                for row in found:
                    decode(row[STATE])
                passed.page(asked, read, len(found))
                last = found[-1][0]


def _stock(library: peer.Lamps) -> Pass:
    passed, last = Pass(), 0
    with undisturbed():
        while True:
            asked = time.perf_counter()
            found = library.recorder.select_notifications(last, PAGE, inclusive_of_start=False)
            read = time.perf_counter()
            if not found:
                return passed
            for each in found:
                library.mapper.to_domain_event(each)
            passed.page(asked, read, len(found))
            last = found[-1].id
