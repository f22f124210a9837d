"""Readers at the tail of the log miss nothing and see everything in order, whoever writes how much at once."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import LiteralString, Protocol
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import sql

from features.event_log.counters import counted, save
from features.event_log.holding import Holder, be_patient, held
from features.faults.negative_controls import SequencedLog
from features.faults.service import FULL
from infrastructure.event_log import EventLog, Save

EVENTS = 50_000 if FULL else 3_000
WRITING = 2
"""Processes, with four clients each."""
STEPS = (3, 10, 100, 1000)
"""How much readers take at once; there are two of each."""

pytestmark = pytest.mark.anyio

HOLD_UP = """
    CREATE FUNCTION public.hold_up() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN PERFORM pg_advisory_xact_lock(77); RETURN NULL; END $$;
    CREATE CONSTRAINT TRIGGER hold_up AFTER INSERT ON {table} DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW WHEN (NEW.originator_id = {id}) EXECUTE FUNCTION public.hold_up()"""
"""Whoever writes events of this one waits, right before the commit, for a lock."""
HELD_UP: LiteralString = "SELECT pg_advisory_xact_lock(77)"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Seen(Protocol):
    """What a reader sees of an event."""

    @property
    def position(self) -> int: ...
    @property
    def originator_id(self) -> UUID: ...


Read = Callable[[int, int], Awaitable[Sequence[Seen]]]


async def tail(read: Read, wakes: AsyncIterator[object], step: int, end: UUID) -> list[Seen]:
    """Read on from the last event seen, each time that there may be more, until the end."""
    seen: list[Seen] = []
    ended = False
    async for _ in wakes:
        while rows := await read(seen[-1].position if seen else 0, step):
            seen += rows
            ended = ended or any(each.originator_id == end for each in rows)
        if ended:
            break
    return seen


async def restless() -> AsyncIterator[None]:
    """There may always be more."""
    while True:
        yield


def judge(seen: Sequence[Seen], there: Sequence[Seen]) -> None:
    """The reader saw what is there, in its order."""
    assert [each.position for each in there] == list(range(1, len(there) + 1)), "positions have gaps"
    missed = {each.position for each in there} - {each.position for each in seen}
    assert not missed, f"missed {sorted(missed)[:10]}"
    assert [(each.position, each.originator_id) for each in seen] == [
        (each.position, each.originator_id) for each in there
    ], "out of order"


async def test_eight_readers_miss_nothing_of_what_eight_clients_of_two_processes_write(database_url: str) -> None:
    end = uuid4()
    async with EventLog(database_url, readers=2 * len(STEPS)) as log, EventLog(database_url) as another:
        reading = [
            asyncio.create_task(tail(log.read, wakes, step, end))
            for step in STEPS
            for wakes in (log.changes(), log.changes() if step < 100 else restless())
        ]
        writing = [await _write(database_url) for _ in range(WRITING)]
        written = sum(await asyncio.gather(*(_acknowledged(each, EVENTS // WRITING) for each in writing)))
        last = (await another.append(save(counted(end, 1)))).position
        told = await asyncio.gather(*reading)
        there = await log.read(0, last)
    print(f"\n{last} events, {len(told)} readers")
    assert last > written >= EVENTS
    for seen in told:
        # Clients who were killed may have written after the end.
        judge(seen[:last], there)


async def _write(database_url: str) -> Process:
    command = [sys.executable, "-m", "features.event_log.writing", database_url]
    return await asyncio.create_subprocess_exec(*command, stdout=PIPE)


async def _acknowledged(writing: Process, enough: int) -> int:
    """How many events were acknowledged, at least so many; then it is killed."""
    assert writing.stdout is not None
    events = 0
    while events < enough:
        events += int((await writing.stdout.readline()).split()[2])
    writing.kill()
    await writing.stdout.read()
    await writing.wait()
    return events


@dataclass(frozen=True, slots=True)
class Overtaking:
    """One save has its position and is about to commit when another one comes; then a third one."""

    append: Callable[[Save], Awaitable[object]]
    append_elsewhere: Callable[[Save], Awaitable[object]]
    slow: UUID
    end: UUID
    commits: Holder

    async def wakes(self) -> AsyncIterator[None]:
        """After each step there may be something to read."""
        slow = asyncio.ensure_future(self.append(save(counted(self.slow, 1))))
        await self.commits.waiting()
        quick = asyncio.ensure_future(self.append_elsewhere(save(counted(uuid4(), 1))))
        while not quick.done() and len(await self.commits.blocked()) < 2:
            await asyncio.sleep(0)
        yield
        await self.commits.let_go()
        await slow
        await quick
        yield
        await self.append(save(counted(self.end, 1)))
        yield


async def test_whoever_comes_later_does_not_overtake(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    be_patient(monkeypatch)
    slow, end = _hold_up(database_url, "log"), uuid4()
    async with EventLog(database_url) as one, EventLog(database_url) as two, held(database_url, HELD_UP) as commits:
        steps = Overtaking(one.append, two.append, slow, end, commits)
        seen = await tail(two.read, steps.wakes(), 100, end)
        judge(seen, await one.read(0, 100))
    assert seen[0].originator_id == slow


async def test_positions_of_a_sequence_without_a_lock_are_caught(database_url: str) -> None:
    log, end = SequencedLog(database_url), uuid4()
    with psycopg.connect(database_url) as connection:
        log.prepare(connection)
    slow = _hold_up(database_url, "sequenced")
    async with held(database_url, HELD_UP) as commits:
        steps = Overtaking(log.append, log.append, slow, end, commits)
        seen = await tail(log.read, steps.wakes(), 100, end)
    with pytest.raises(AssertionError, match=r"missed \[1\]"):
        judge(seen, await log.read(0, 100))


def _hold_up(database_url: str, schema: str) -> UUID:
    """Whose events are held up in this schema's table."""
    id = uuid4()
    with psycopg.connect(database_url) as connection:
        connection.execute(sql.SQL(HOLD_UP).format(table=sql.Identifier(schema, "events"), id=sql.Literal(str(id))))
    return id
