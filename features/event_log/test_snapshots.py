"""Snapshots: what they give is what the events give, whoever took them and whatever has happened since."""

from __future__ import annotations

import importlib
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from domain.organisation import NumberSeries
from domain.shared.aggregate import Aggregate, Event
from features.event_log.counters import AT, Counter, counted, save
from features.replay import catalogue
from features.replay.test_replay import rows
from infrastructure.database import Role, connect
from infrastructure.event_log import Aggregates, EventLog, OfAnotherKind, codec
from infrastructure.event_log.codec import decode
from infrastructure.event_log.snapshots import MANY
from infrastructure.event_log.state import NotKept, fingerprint, restore, same, source, state_of

WITHOUT = {"ordering.Order", "quoting.Quote"}
"""Kinds whose state is of several parts that share others: few events make them, and no snapshot is taken."""


def streams() -> dict[str, list[tuple[type[Aggregate], list[Event]]]]:
    """All that was ever stored, by kind."""
    catalogue.events()
    stored: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows():
        stored[row["id"]].append(row)
    found: dict[str, list[tuple[type[Aggregate], list[Event]]]] = defaultdict(list)
    for stream in stored.values():
        name = stream[0]["topic"].partition("@")[0].rpartition(".")[0]
        found[name].append((Aggregate.KINDS[name], [decode(row["topic"], row["state"].encode()) for row in stream]))
    return found


def test_a_snapshot_and_what_came_after_are_what_the_events_are() -> None:
    """Of every kind, after every event of every stream that was ever stored."""
    found = streams()
    assert set(found) == {kind for kind, it in Aggregate.KINDS.items() if it.__module__.startswith("domain.")}
    without = set()
    for name, those in found.items():
        for kind, events in those:
            for version in range(1, len(events) + 1):
                try:
                    _assert_goes_on_the_same(kind, events, version)
                except NotKept:
                    without.add(name)
    assert without == WITHOUT


def _assert_goes_on_the_same(kind: type[Aggregate], events: list[Event], version: int) -> None:
    id = events[0].originator_id
    restored = kind(id)
    restore(restored, state_of(kind.replay(id, events[:version])))
    for event in events[version:]:
        event.mutate(restored)
    whole = kind.replay(id, events)
    assert same(restored, whole), f"{kind.KIND} from {version}"
    assert vars(restored) == vars(whole)


async def _long(log: EventLog, events: int) -> UUID:
    id = uuid4()
    await log.append(save(counted(id, *range(1, events + 1))))
    return id


async def _kept(database_url: str) -> list[tuple[Any, ...]]:
    async with await connect(database_url, Role.WRITER, "test") as connection:
        return await (await connection.execute("SELECT kind, version FROM log.snapshots")).fetchall()


async def _load(log: EventLog, id: UUID) -> Counter:
    counter = await log.load(Counter, id)
    await log.snapshots.settled()
    recorded = await log.events_of(id)
    assert same(vars(counter), vars(Counter.replay(id, [each.event for each in recorded])))
    return counter


@pytest.mark.anyio
async def test_whoever_went_through_many_events_leaves_a_snapshot_for_the_next(
    log: EventLog, database_url: str
) -> None:
    short, id = await _long(log, MANY - 1), await _long(log, MANY)
    await _load(log, short)
    assert await _kept(database_url) == []
    await _load(log, id)
    assert await _kept(database_url) == [("features.Counter", MANY)]
    for version in range(MANY + 1, 2 * MANY + 1, MANY // 2):
        await log.append(save(counted(id, *range(version, version + MANY // 2))))
        await _load(log, id)
    assert await _kept(database_url) == [("features.Counter", 2 * MANY)]
    aggregates = Aggregates(log)
    counter, kept = await aggregates.check_out(Counter, id)
    aggregates.check_in(counter)
    cached, kept = await aggregates.check_out(Counter, id)
    assert kept
    assert same(vars(cached), vars(await _load(log, id)))


@pytest.mark.anyio
async def test_an_aggregate_is_not_taken_for_one_of_another_kind_for_its_snapshot(log: EventLog) -> None:
    id = await _long(log, MANY)
    await _load(log, id)
    with pytest.raises(OfAnotherKind):
        await log.load(NumberSeries, id)


async def _tamper(database_url: str, change: str) -> None:
    async with await connect(database_url, None, "test") as connection:
        await connection.execute(change.encode())


LIE = """UPDATE log.snapshots SET state = replace(convert_from(state, 'UTF8'), '"total":"2', '"total":"9')::bytea"""


@pytest.mark.anyio
@pytest.mark.parametrize(
    "loss",
    [
        "TRUNCATE log.snapshots",
        # An older log was put in the place of the one that they were made from.
        "UPDATE log.snapshots SET version = version + 1",
        "UPDATE log.snapshots SET position = position + 1",
        "UPDATE log.snapshots SET recorded_at = recorded_at - interval '1 microsecond'",
        "UPDATE log.snapshots SET fingerprint = ''",
        "UPDATE log.snapshots SET state = ''",
        """UPDATE log.snapshots SET state = '{"types":{"total":"os:system"},"state":{"total":"1"}}'""",
        """UPDATE log.snapshots SET state = '{"types":{"total":"int"},"state":{"total":"x"}}'""",
    ],
)
async def test_without_a_snapshot_of_this_code_and_log_the_events_are_gone_through(
    log: EventLog, database_url: str, loss: str
) -> None:
    id = await _long(log, MANY)
    await _load(log, id)
    await _tamper(database_url, LIE)
    assert (await log.load(Counter, id)).total == Decimal("920.00"), "it was not read at all"
    await _tamper(database_url, loss)
    assert (await _load(log, id)).total == Decimal("220.00")
    assert await _kept(database_url) == [("features.Counter", MANY)]
    assert (await _load(log, id)).total == Decimal("220.00")


@pytest.mark.anyio
async def test_a_snapshot_that_cannot_be_written_fails_nobody(
    log: EventLog, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    id = await _long(log, MANY)
    await _tamper(database_url, "REVOKE INSERT ON log.snapshots FROM q2c_writer")
    await _load(log, id)
    assert "no snapshot of features.Counter" in caplog.text
    assert await _kept(database_url) == []


@pytest.mark.anyio
async def test_a_kind_that_cannot_be_kept_is_loaded_from_its_events(
    log: EventLog, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    initial = Counter.__init__

    def with_more(counter: Counter, id: UUID) -> None:
        initial(counter, id)
        vars(counter)["more"] = object

    id = await _long(log, MANY)
    monkeypatch.setattr(Counter, "__init__", with_more)
    for _ in range(2):
        await _load(log, id)
    assert await _kept(database_url) == []


@pytest.mark.parametrize("role", [Role.PROJECTOR, Role.READER])
@pytest.mark.anyio
async def test_only_the_writer_sees_and_writes_them(database_url: str, role: Role) -> None:
    async with await connect(database_url, role, "test") as connection:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await connection.execute("SELECT FROM log.snapshots")
    async with await connect(database_url, Role.WRITER, "test") as connection:
        for change in (b"DELETE FROM log.snapshots", b"TRUNCATE log.snapshots"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                await connection.execute(change)


TALLY = """
from domain.shared.aggregate import Aggregate, Event

class Tally(Aggregate):
    total = 0

    class Counted(Event):
        def apply(self, tally):
            tally.total += {step}
"""


@pytest.fixture
def tallies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[int], Any]]:
    """Makes a process that has the code of a tally that counts in such steps."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    before = dict(Aggregate.EVENTS), dict(Aggregate.KINDS)

    def tally(step: int) -> Any:
        sys.modules.pop("tallies", None)
        (tmp_path / "tallies.py").write_text(TALLY.format(step=step))
        importlib.invalidate_caches()
        source.cache_clear()
        codec.DECODERS.clear()
        return importlib.import_module("tallies").Tally

    yield tally
    Aggregate.EVENTS, Aggregate.KINDS = before
    sys.modules.pop("tallies", None)


@pytest.mark.anyio
async def test_a_changed_class_is_not_loaded_from_what_the_old_one_left(
    log: EventLog, database_url: str, tallies: Callable[[int], Any]
) -> None:
    id, tally = uuid4(), tallies(1)
    before = fingerprint(tally)
    events = [tally.Counted(originator_id=id, originator_version=1 + each, timestamp=AT) for each in range(MANY)]
    await log.append(save(events))
    for step in (1, 2, 1):
        tally = tallies(step)
        assert (fingerprint(tally) == before) is (step == 1)
        async with EventLog(database_url) as process:
            for _ in range(2):
                assert vars(await process.load(tally, id))["total"] == step * MANY
                await process.snapshots.settled()
