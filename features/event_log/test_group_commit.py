"""Saves that share a commit: what one of them meets with is no concern of the others."""

from __future__ import annotations

import asyncio
import random
import sys
import time
from asyncio.subprocess import PIPE
from collections.abc import Iterable, Sequence
from uuid import UUID, uuid4

import pytest

from features.event_log.counters import counted, save
from features.event_log.holding import be_patient, held
from infrastructure.event_log import Appended, EventLog, KeyReused, LogBusy, NotStorable, RecordedEvent, Save, Stale

pytestmark = pytest.mark.anyio

Asked = asyncio.Task[Appended]


@pytest.fixture
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """See `be_patient`; for all but what shows that production is patient enough."""
    be_patient(monkeypatch)


def ask(log: EventLog, saves: Iterable[Save]) -> list[Asked]:
    """All of them at once."""
    return [asyncio.create_task(log.append(each)) for each in saves]


def fresh(count: int, events: int = 3) -> list[Save]:
    """Saves that have nothing to do with each other."""
    return [save(counted(uuid4(), *range(1, events + 1))) for _ in range(count)]


async def answers(asked: Sequence[Asked]) -> list[Appended | BaseException]:
    """What each was told."""
    return await asyncio.gather(*asked, return_exceptions=True)


async def kept(log: EventLog) -> dict[str, list[RecordedEvent]]:
    """The events of each save by its key. Positions are dense, and no save is torn apart."""
    recorded = await log.read(0, 1_000_000)
    assert [each.position for each in recorded] == list(range(1, len(recorded) + 1))
    found: dict[str, list[RecordedEvent]] = {}
    for each in recorded:
        found.setdefault(each.metadata["key"], []).append(each)
    for events in found.values():
        assert events[-1].position - events[0].position == len(events) - 1
    return found


async def judge(log: EventLog, saves: Sequence[Save], told: Sequence[Appended | BaseException]) -> None:
    """Whoever was told a position has it; whoever was refused is nowhere; of the others all is there, or nothing."""
    found = await kept(log)
    for work, answer in zip(saves, told, strict=True):
        rows = found.pop(work.key, [])
        assert not rows or [row.event for row in rows] == list(work.events)
        if isinstance(answer, Appended):
            assert rows[-1].position == answer.position
        elif isinstance(answer, Stale | LogBusy):
            assert not rows
        else:
            assert isinstance(answer, asyncio.CancelledError), answer
    assert found == {}


async def test_of_those_who_want_one_version_one_has_it_and_neighbours_all_do(log: EventLog) -> None:
    chance, wanted = random.Random(5), [uuid4() for _ in range(3)]
    start = save([event for id in wanted for event in counted(id, 1)])
    rivals = [save(counted(uuid4(), 1) + counted(id, 2, note=str(n))) for id in wanted for n in range(10)]
    neighbours = fresh(30)
    saves = rivals + neighbours
    chance.shuffle(saves)
    first = await log.append(start)
    told = await answers(ask(log, saves))
    await judge(log, [start, *saves], [first, *told])
    had = dict.fromkeys(wanted, 0)
    for work, answer in zip(saves, told, strict=True):
        if work in neighbours:
            assert isinstance(answer, Appended)
            continue
        id: UUID = work.events[-1].originator_id
        # Nobody is refused but by whoever asked before.
        assert isinstance(answer, Stale) == bool(had[id])
        had[id] += isinstance(answer, Appended)
    assert set(had.values()) == {1}


@pytest.mark.usefixtures("patience")
async def test_whoever_stops_waiting_disturbs_nobody(log: EventLog, database_url: str) -> None:
    chance = random.Random(6)
    async with held(database_url) as others:
        first, later = fresh(20), fresh(40)
        asked = ask(log, first)
        await others.waiting()
        asked += ask(log, later)
        gone = chance.sample(asked, 25)
        for each in gone:
            each.cancel()
        await asyncio.wait(gone)
        await others.let_go()
        told = await answers(asked)
    for each, answer in zip(asked, told, strict=True):
        assert isinstance(answer, asyncio.CancelledError if each in gone else Appended)
    # What a cancelled save may still write is before this one.
    last = save(counted(uuid4(), 1))
    told.append(await log.append(last))
    await judge(log, [*first, *later, last], told)


@pytest.mark.usefixtures("patience")
async def test_a_log_that_closes_tells_everybody_who_waits(log: EventLog, database_url: str) -> None:
    closing = EventLog(database_url)
    await closing.open()
    async with held(database_url) as others:
        early = fresh(10)
        asked = ask(closing, early)
        await others.waiting()
        early += (more := fresh(1_500))
        asked += ask(closing, more)
        await log.head()
        closed = asyncio.create_task(closing.close())
        await log.head()
        late = fresh(10)
        asked += ask(closing, late)
        await others.kill_waiting()
        await others.waiting()
        await others.let_go()
        told = await answers(asked)
        await closed
    await judge(log, early + late, told)
    assert [type(answer) for answer in told] == [Appended] * len(early) + [LogBusy] * len(late)


@pytest.mark.usefixtures("patience")
async def test_a_connection_lost_before_the_commit_is_made_good(log: EventLog, database_url: str) -> None:
    async with held(database_url) as others:
        saves = fresh(20)
        asked = ask(log, saves)
        await others.kill_waiting()
        saves += (more := fresh(20))
        asked += ask(log, more)
        await others.kill_waiting()
        await others.waiting()
        await others.let_go()
        told = await answers(asked)
    await judge(log, saves, told)
    assert [answer.replayed for answer in told if isinstance(answer, Appended)] == [False] * len(saves)


async def test_a_process_that_stands_still_for_a_second_refuses_nobody(log: EventLog, database_url: str) -> None:
    async with held(database_url) as others:
        saves = fresh(50)
        asked = ask(log, saves)
        await others.waiting()
        saves += (more := fresh(50))
        asked += ask(log, more)
        await others.let_go()
        time.sleep(1)  # the stall itself: nothing in this process gets on meanwhile, the server does
        told = await answers(asked)
    await judge(log, saves, told)
    assert {type(answer) for answer in told} == {Appended}


async def test_two_processes_write_at_the_same_time(log: EventLog, database_url: str) -> None:
    command = [sys.executable, "-m", "features.event_log.writing", database_url]
    other = await asyncio.create_subprocess_exec(*command, stdout=PIPE)
    assert other.stdout is not None
    theirs = [await other.stdout.readline() for _ in range(5)]
    saves: list[Save] = []
    told: list[Appended | BaseException] = []
    while len(theirs) < 40:
        saves += (more := fresh(25))
        told += await answers(ask(log, more))
        theirs.append(await other.stdout.readline())
    other.kill()
    theirs += (await other.stdout.read()).splitlines(keepends=True)
    await other.wait()
    found, ours = await kept(log), {work.key for work in saves}
    for key, position, _ in (line.split() for line in theirs if line.endswith(b"\n")):
        assert found[key.decode()][-1].position == int(position)
    assert {type(answer) for answer in told} == {Appended}
    assert [found[work.key][-1].position for work in saves] == [getattr(answer, "position", 0) for answer in told]
    turns = [key in ours for key in found]
    assert True in turns[turns.index(False) :], "neither wrote while the other did"
    assert False in turns[turns.index(True) :], "neither wrote while the other did"


async def test_a_huge_save_fails_no_small_one(log: EventLog) -> None:
    saves = [*fresh(50), *fresh(1, 10_000), *fresh(50)]
    asked = ask(log, saves)
    await asyncio.wait(asked[:1])
    saves += (more := fresh(50))
    told = await answers(asked + ask(log, more))
    await judge(log, saves, told)
    assert {type(answer) for answer in told} == {Appended}


async def test_what_an_index_cannot_hold_is_refused_for_good_and_fails_nobody_else(log: EventLog) -> None:
    long = "".join(map(chr, random.Random(1).choices(range(0x4E00, 0x9FFF), k=2_000)))
    bad = save(counted(uuid4(), 1), claims=[("scope", long, uuid4())])
    *told, last = await answers(ask(log, [*fresh(5), bad]))
    assert isinstance(last, NotStorable)
    assert all(isinstance(each, Appended) for each in told)


async def test_one_key_at_once_for_two_different_requests_is_one_effect(log: EventLog) -> None:
    one, other = (save(counted(uuid4(), 1), key="the same", digest=digest) for digest in (b"one", b"other"))
    told = await answers(ask(log, [*fresh(3), one, other, *fresh(3)]))
    assert [type(each) for each in told if not isinstance(each, Appended)] == [KeyReused]
    assert len(await kept(log)) == 7
