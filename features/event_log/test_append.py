"""Every answer that an append may give."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import psycopg
import pytest

from features.event_log.counters import counted, save
from infrastructure.event_log import (
    Appended,
    ClaimTaken,
    EventLog,
    FoundSave,
    KeyReused,
    LogBusy,
    LogUnavailable,
    NotStorable,
    Save,
    Stale,
    batch,
    group_commit,
)

pytestmark = pytest.mark.anyio


async def outcomes(log: EventLog, *saves: Save) -> list[object]:
    """What each gets when all go into one batch."""
    return await asyncio.gather(*(log.append(each) for each in saves), return_exceptions=True)


async def test_a_save_is_kept_whole_in_order_with_its_metadata(log: EventLog) -> None:
    a, b = uuid4(), uuid4()
    appended = await log.append(save(counted(a, 1) + counted(b, 1) + counted(a, 2), metadata={"reason": "é\0"}))
    assert (appended.position, appended.replayed) == (3, False)
    recorded = await log.read(0, 10)
    assert [(each.position, each.originator_id, each.originator_version) for each in recorded] == [
        (1, a, 1),
        (2, b, 1),
        (3, a, 2),
    ]
    assert {each.recorded_at for each in recorded} == {appended.recorded_at}
    assert [each.metadata for each in recorded] == [{"reason": "é\0"}] * 3
    assert [each.event for each in await log.events_of(a)] == counted(a, 1, 2)
    assert [each.position for each in await log.events_of(a, up_to_version=1)] == [1]
    assert [each.position for each in await log.events_of(a, up_to_position=2)] == [1]


async def test_the_same_key_and_request_again_is_answered_as_before(log: EventLog) -> None:
    a = uuid4()
    first = save(counted(a, 1, 2), key="k")
    appended = await log.append(first)
    again = await log.append(first)
    assert (again.position, again.recorded_at, again.replayed) == (2, appended.recorded_at, True)
    assert await log.find("alice", "k") == FoundSave(b"digest", 2, a)
    assert await log.find("bob", "k") is None
    assert await log.head() == 2


async def test_another_request_under_the_same_key_is_refused_but_another_actors_is_not(log: EventLog) -> None:
    await log.append(save(counted(uuid4(), 1), key="k"))
    with pytest.raises(KeyReused):
        await log.append(save(counted(uuid4(), 1), key="k", digest=b"other"))
    assert (await log.append(save(counted(uuid4(), 1), key="k", actor="bob", digest=b"other"))).position == 2


@pytest.mark.parametrize("versions", [[1], [3], [2, 2], [2, 4], [3, 2]])
async def test_events_that_do_not_follow_on_the_recorded_ones_are_stale(log: EventLog, versions: list[int]) -> None:
    a, b = uuid4(), uuid4()
    await log.append(save(counted(a, 1)))
    with pytest.raises(Stale) as refused:
        await log.append(save(counted(b, 1) + counted(a, *versions)))
    assert (refused.value.aggregate_ids, refused.value.only_read) == ((a,), False)
    assert await log.head() == 1


async def test_what_was_read_must_not_have_changed(log: EventLog) -> None:
    a, absent = uuid4(), uuid4()
    await log.append(save(counted(a, 1, 2)))
    with pytest.raises(Stale) as refused:
        await log.append(save(counted(uuid4(), 1), reads=[(a, 1), (absent, 0)]))
    assert (refused.value.aggregate_ids, refused.value.only_read) == ((a,), True)
    with pytest.raises(Stale):
        await log.append(save(counted(uuid4(), 1), reads=[(absent, 1)]))
    assert (await log.append(save(counted(uuid4(), 1), reads=[(a, 2), (absent, 0)]))).position == 3


async def test_a_claim_has_one_owner_until_it_is_given_up(log: EventLog) -> None:
    a, b, c = uuid4(), uuid4(), uuid4()
    await log.append(save(counted(a, 1), claims=[("number", "7", a)]))
    await log.append(save(counted(a, 2), claims=[("number", "7", a)]))
    with pytest.raises(ClaimTaken) as refused:
        await log.append(save(counted(b, 1), claims=[("other", "7", b), ("number", "7", b)]))
    assert refused.value.scope == "number"
    await log.append(save(counted(a, 3), releases=[("number", "7")], claims=[("number", "8", a)]))
    await log.append(save(counted(b, 1), claims=[("other", "7", b), ("number", "7", b)]))
    with pytest.raises(ClaimTaken):
        await log.append(save(counted(c, 1), claims=[("number", "8", c)]))


async def test_later_saves_of_a_batch_see_the_earlier_ones(log: EventLog) -> None:
    a, b, c, d = (uuid4() for _ in range(4))
    twice = save(counted(a, 1))
    found = await outcomes(
        log,
        twice,
        save(counted(a, 2), claims=[("number", "1", a)]),
        twice,
        save(counted(a, 2)),
        save(counted(b, 1), reads=[(a, 1)]),
        save(counted(b, 1), reads=[(a, 2)]),
        save(counted(c, 1), claims=[("number", "1", c)]),
        save(counted(a, 3), releases=[("number", "1")]),
        save(counted(d, 1, 2), claims=[("number", "1", d)]),
    )
    kinds = [getattr(each, "position", type(each)) for each in found]
    assert kinds == [1, 2, 1, Stale, Stale, 3, ClaimTaken, 4, 6]
    assert await log.head() == 6


async def test_what_was_read_must_not_change_within_the_batch_either(log: EventLog) -> None:
    a, b = uuid4(), uuid4()
    found = await outcomes(log, save(counted(a, 1)), save(counted(b, 1), reads=[(a, 0)]))
    assert [type(each) for each in found] == [Appended, Stale]


async def test_what_cannot_be_stored_fails_nobody_else(log: EventLog) -> None:
    a, b = uuid4(), uuid4()
    bad_key = save(counted(uuid4(), 1), key="nul\0")
    bad_text = save(counted(uuid4(), 1), actor="\ud800")
    bad_version = save(counted(uuid4(), 2**40))
    found = await outcomes(log, save(counted(a, 1)), bad_key, bad_text, bad_version, save(counted(b, 1)))
    assert [type(each) for each in found[1:4]] == [NotStorable] * 3
    assert [each.originator_id for each in await log.read(0, 10)] == [a, b]


async def test_a_save_without_events_is_refused(log: EventLog) -> None:
    with pytest.raises(ValueError, match="without events"):
        await log.append(save([]))


async def test_a_full_queue_refuses_at_once(log: EventLog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(group_commit, "QUEUE_ROWS", 3)
    found = await outcomes(log, *(save(counted(uuid4(), 1)) for _ in range(5)))
    assert [type(each) for each in found[3:]] == [LogBusy] * 2
    assert await log.head() == 3


async def test_batches_are_bounded_and_a_larger_save_goes_alone(log: EventLog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "ROWS", 2)
    await outcomes(log, *(save(counted(uuid4(), *range(1, 4))) for _ in range(3)), save(counted(uuid4(), 1)))
    recorded = await log.read(0, 100)
    assert len(recorded) == 10
    assert len({each.recorded_at for each in recorded}) == 4


async def test_an_instant_is_resolved_to_a_position(log: EventLog) -> None:
    answers = [await log.append(save(counted(uuid4(), 1, 2))) for _ in range(9)]
    for answer in answers:
        assert await log.position_at(answer.recorded_at) == answer.position
        assert await log.position_at(answer.recorded_at.replace(year=2000)) == 0


async def test_a_closed_log_writes_what_waits_and_takes_no_more(database_url: str) -> None:
    log = EventLog(database_url)
    await log.open()
    waiting = [asyncio.create_task(log.append(save(counted(uuid4(), 1)))) for _ in range(3)]
    closing = asyncio.create_task(log.close())
    assert [each.position for each in await asyncio.gather(*waiting)] == [1, 2, 3]
    await closing
    with pytest.raises(LogBusy):
        await log.append(save(counted(uuid4(), 1)))


@pytest.fixture
async def held(database_url: str) -> AsyncIterator[psycopg.AsyncConnection]:
    """Another process's append that does not come to an end."""
    async with await psycopg.AsyncConnection.connect(database_url) as connection:
        await connection.execute("SELECT pg_advisory_xact_lock(1903, 1)")
        yield connection


async def test_a_log_that_others_hold_is_busy(
    held: psycopg.AsyncConnection, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(group_commit, "LOCK_TIMEOUT", 50)
    async with EventLog(database_url) as log:
        with pytest.raises(LogBusy):
            await log.append(save(counted(uuid4(), 1)))
        await held.rollback()
        assert (await log.append(save(counted(uuid4(), 1)))).position == 1


async def test_an_answer_that_does_not_come_in_time_is_unknown_and_asking_again_tells(
    held: psycopg.AsyncConnection, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(group_commit, "DEADLINE", 0.2)
    async with EventLog(database_url) as log:
        asked = save(counted(uuid4(), 1))
        with pytest.raises(LogUnavailable):
            await log.append(asked)
        await held.rollback()
        monkeypatch.setattr(group_commit, "DEADLINE", 5)
        assert (await log.append(asked)).position == 1
        assert await log.head() == 1
