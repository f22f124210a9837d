"""Aggregates between commands, and who may hold what."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from uuid import uuid4

import psycopg
import pytest

from domain.organisation import NumberSeries
from features.event_log.counters import AT, Counter, Other, counted, save
from infrastructure.event_log import Aggregates, EventLog, LogBusy, OfAnotherKind, exclusive
from infrastructure.event_log.keyed_locks import KeyedLocks

pytestmark = pytest.mark.anyio


async def test_a_command_takes_the_aggregate_out_and_it_comes_back_as_it_left(log: EventLog) -> None:
    id = uuid4()
    await log.append(save(counted(id, 1, 2)))
    aggregates = Aggregates(log)
    first, kept = await aggregates.check_out(Counter, id)
    assert (first.version, first.total, kept) == (2, Decimal("2.20"), False)
    other, kept = await aggregates.check_out(Counter, id)
    assert (other is not first, kept) == (True, False)
    first.record(Counter.Counted, AT, by=Decimal(1))
    with pytest.raises(AssertionError):
        aggregates.check_in(first)
    await log.append(save(first.collect_events()))
    aggregates.check_in(first)
    aggregates.check_in(other)
    again, kept = await aggregates.check_out(Counter, id)
    assert (again is first, kept) == (True, True)
    aggregates.check_in(again)
    aggregates.forget(id)
    fresh, kept = await aggregates.check_out(Counter, id)
    assert (vars(fresh), kept) == (vars(first), False)


async def test_what_does_not_exist_is_at_version_0_and_is_not_kept(log: EventLog) -> None:
    aggregates = Aggregates(log)
    nothing, kept = await aggregates.check_out(Counter, uuid4())
    assert (nothing.version, kept) == (0, False)
    aggregates.check_in(nothing)
    assert (await aggregates.check_out(Counter, nothing.id))[1] is False


async def test_an_aggregate_is_not_taken_for_one_of_another_kind(log: EventLog) -> None:
    id = uuid4()
    await log.append(save(counted(id, 1)))
    aggregates = Aggregates(log)
    with pytest.raises(OfAnotherKind):
        await aggregates.check_out(Other, id)
    counter, _ = await aggregates.check_out(Counter, id)
    aggregates.check_in(counter)
    with pytest.raises(OfAnotherKind):
        await aggregates.check_out(Other, id)


async def test_the_longest_unused_go_first(log: EventLog) -> None:
    ids = [uuid4() for _ in range(3)]
    aggregates = Aggregates(log, kept_events=4)
    for id in ids:
        await log.append(save(counted(id, 1, 2)))
        aggregates.check_in((await aggregates.check_out(Counter, id))[0])
    assert [(await aggregates.check_out(Counter, id))[1] for id in ids] == [False, True, True]


async def test_a_long_series_throws_nothing_else_out(log: EventLog) -> None:
    counter, entity, day = uuid4(), uuid4(), AT.date()
    await log.append(save(counted(counter, 1, 2)))
    series = NumberSeries(NumberSeries.id_for(entity, "NL-INV-2026"))
    for _ in range(10):
        series.take("NL-INV-2026", uuid4(), day, AT)
    await log.append(save(series.collect_events()))
    aggregates = Aggregates(log, kept_events=4)
    aggregates.check_in((await aggregates.check_out(Counter, counter))[0])
    aggregates.check_in(series)
    assert (await aggregates.check_out(Counter, counter))[1] is True
    assert (await aggregates.check_out(NumberSeries, series.id))[1] is True


async def test_locks_are_fair_and_leave_nothing_behind() -> None:
    locks: KeyedLocks[str] = KeyedLocks()
    order: list[int] = []

    async def take(number: int) -> None:
        async with locks("a"):
            order.append(number)
            await asyncio.sleep(0)

    await asyncio.gather(*(take(number) for number in range(5)))
    assert order == [0, 1, 2, 3, 4]
    assert len(locks) == 0


async def test_a_name_is_held_by_one_of_all_processes_first_come_first_served(log: EventLog, database_url: str) -> None:
    async with EventLog(database_url) as elsewhere:
        holders: list[int] = []

        async def count(log: EventLog) -> None:
            async with log.exclusive("series"):
                holders.append(1)
                await log.head()
                assert sum(holders) == 1
                holders.pop()

        await asyncio.gather(*(count(each) for each in [log, elsewhere] * 10))


async def test_a_name_that_is_not_free_in_time_is_busy(
    log: EventLog, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exclusive, "WAIT", 0.05)
    async with EventLog(database_url) as elsewhere, log.exclusive("series"):
        for each in (log, elsewhere):
            with pytest.raises(LogBusy):
                async with each.exclusive("series"):
                    pass
        async with elsewhere.exclusive("another"):
            pass


async def test_a_holder_that_dies_holds_nothing(log: EventLog, database_url: str) -> None:
    async with EventLog(database_url) as elsewhere, log.exclusive("series"):
        async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as connection:
            await connection.execute(
                b"""SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                    WHERE datname = current_database() AND application_name LIKE '%exclusive'"""
            )
        async with elsewhere.exclusive("series"):
            pass
    async with log.exclusive("series"):
        pass


async def test_a_wait_ends_with_what_any_process_appends_or_with_its_time(log: EventLog, database_url: str) -> None:
    async with EventLog(database_url) as elsewhere:
        waiting = asyncio.create_task(log.wait_beyond(0, 30))
        assert (await elsewhere.append(save(counted(uuid4(), 1, 2)))).position == 2
        assert await waiting == 2
        assert await log.wait_beyond(1, 30) == 2
        assert await log.wait_beyond(2, 0.01) == 2


async def test_readers_survive_the_loss_of_their_connections(log: EventLog, database_url: str) -> None:
    await log.append(save(counted(uuid4(), 1)))
    async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as connection:
        await connection.execute(
            b"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'q2c read'"
        )
    assert await log.head() == 1
