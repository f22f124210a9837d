"""Each save is wholly in the log or not at all, acknowledged ones exactly once; positions and versions are dense, time
is monotone, a reader at the tail misses nothing, and what each save read held when it was written: whatever
interleaves, is sent twice, is cancelled, or dies."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from dataclasses import dataclass, field
from itertools import groupby
from typing import Literal
from uuid import UUID, uuid4

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from features.event_log.counters import counted, save
from infrastructure.event_log import Appended, EventLog, LogBusy, LogUnavailable, RecordedEvent, Save, Stale

KILL = b"""SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name LIKE '%append'"""


@dataclass(frozen=True)
class Step:
    """What one client of one process does next."""

    what: Literal["append", "twice", "stale", "cancel", "kill"]
    written: tuple[int, ...]
    """Which of the counters, one event for each mention."""
    read: int
    """Which one besides."""


steps = st.builds(
    Step,
    what=st.sampled_from(["append", "append", "append", "twice", "stale", "cancel", "kill"]),
    written=st.lists(st.integers(0, 3), min_size=1, max_size=4).map(tuple),
    read=st.integers(0, 3),
)
clients = st.lists(st.lists(steps, min_size=1, max_size=5), min_size=2, max_size=6)


@dataclass
class Run:
    """Two processes' logs on one database, and what their clients were told."""

    database_url: str
    logs: list[EventLog]
    counters: list[UUID] = field(default_factory=lambda: [uuid4() for _ in range(4)])
    told: list[tuple[Save, Appended | BaseException]] = field(default_factory=list)

    async def client(self, number: int, steps: list[Step]) -> None:
        log = self.logs[number % 2]
        for step in steps:
            if step.what == "kill":
                async with await psycopg.AsyncConnection.connect(self.database_url, autocommit=True) as connection:
                    await connection.execute(KILL)
            else:
                await self.append(log, step)

    async def append(self, log: EventLog, step: Step) -> None:
        versions = {id: len(await log.events_of(id)) for id in self.counters}
        read = self.counters[step.read]
        reads = [(read, versions[read])]
        events = []
        for number in step.written:
            id = self.counters[number]
            versions[id] += 1
            wrong = step.what == "stale"
            # One version back, or one too far where there is none before.
            events += counted(id, versions[id] + wrong * (1 if versions[id] == 1 else -1))
        work = save(events, reads=reads)
        sent = [asyncio.create_task(log.append(work))]
        if step.what == "twice":
            sent.append(asyncio.create_task(self.logs[0].append(work)))
        if step.what == "cancel":
            await log.head()
            sent[0].cancel()
        answers = await asyncio.gather(*sent, return_exceptions=True)
        self.told += [(work, answer) for answer in answers]


async def tail(log: EventLog, after: int, until: asyncio.Future[int]) -> list[RecordedEvent]:
    """What a reader sees who reads what comes as it comes, in small steps, until a head that is told late."""
    seen: list[RecordedEvent] = []
    position = after
    async for head in log.changes(after):
        while position < head:
            seen += await log.read(position, 3)
            position = seen[-1].position
        if until.done() and position >= until.result():
            break
    return seen


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(clients=clients)
def test_whatever_interleaves(database_url: str, clients: list[list[Step]]) -> None:
    asyncio.run(interleave(database_url, clients))


async def interleave(database_url: str, clients: list[list[Step]]) -> None:
    async with EventLog(database_url) as one, EventLog(database_url) as two:
        run = Run(database_url, [one, two])
        start = await one.head()
        end: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        tailing = asyncio.create_task(tail(two, start, end))
        await asyncio.gather(*(run.client(number, steps) for number, steps in enumerate(clients)))
        # A cancelled save may still come: the end is after this one, and the next lets the reader see it.
        end.set_result((await one.append(save(counted(uuid4(), 1)))).position)
        await one.append(save(counted(uuid4(), 1)))
        seen = await asyncio.wait_for(tailing, 30)
        recorded = await one.read(start, 10_000)
        assert [each.state for each in seen] == [each.state for each in recorded[: len(seen)]]
        judge(run, start, recorded)


def judge(run: Run, start: int, recorded: list[RecordedEvent]) -> None:
    """The log against what the clients were told."""
    assert [each.position for each in recorded] == list(range(start + 1, start + 1 + len(recorded)))
    assert [each.recorded_at for each in recorded] == sorted(each.recorded_at for each in recorded)
    for id in run.counters:
        versions = [each.originator_version for each in recorded if each.originator_id == id]
        assert versions == list(range(1, len(versions) + 1))
    groups = [(key, list(events)) for key, events in groupby(recorded, lambda each: str(each.metadata["key"]))]
    kept = dict(groups)
    assert len(kept) == len(groups), "a save was torn apart, or kept twice"
    for work, answer in run.told:
        rows = kept.get(work.key, [])
        assert not rows or [row.event for row in rows] == list(work.events)
        if isinstance(answer, Appended):
            assert (rows[-1].position, rows[-1].recorded_at) == (answer.position, answer.recorded_at)
        elif isinstance(answer, Stale):
            assert not rows
        else:
            assert isinstance(answer, asyncio.CancelledError | LogUnavailable | LogBusy), answer
        if rows:
            justified(work, [row for row in recorded if row.position < rows[0].position])
    assert sum(len(rows) for rows in kept.values()) == len(recorded)


def justified(work: Save, before: list[RecordedEvent]) -> None:
    """What it read and did not write was so when it was written."""
    written = {event.originator_id for event in work.events}
    for id, version in work.reads:
        if id not in written:
            assert version == sum(each.originator_id == id for each in before)


def test_a_process_killed_while_writing_loses_nothing_acknowledged(database_url: str) -> None:
    command = [sys.executable, "-m", "features.event_log.writing", database_url]
    acknowledged: dict[str, tuple[int, int]] = {}
    for _ in range(2):
        writers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
        for number, writer in enumerate(writers):
            assert writer.stdout is not None
            lines = [writer.stdout.readline() for _ in range(30 + 7 * number)]
            writer.kill()
            lines += writer.stdout.read().splitlines(keepends=True)
            writer.stdout.close()
            writer.wait()
            for line in lines:
                if line.endswith("\n"):
                    key, position, rows = line.split()
                    acknowledged[key] = (int(position), int(rows))
    recorded = asyncio.run(everything(database_url))
    assert [each.position for each in recorded] == list(range(1, len(recorded) + 1))
    kept: dict[str, list[int]] = {}
    for each in recorded:
        kept.setdefault(each.metadata["key"], []).append(each.position)
    assert {len(positions) for positions in kept.values()} == {3}
    for key, (last, count) in acknowledged.items():
        assert kept[key] == list(range(last - count + 1, last + 1))


async def everything(database_url: str) -> list[RecordedEvent]:
    async with EventLog(database_url) as log:
        return await log.read(0, 1_000_000)


@pytest.mark.anyio
async def test_a_connection_lost_on_the_way_is_no_concern_of_the_client(log: EventLog, database_url: str) -> None:
    async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as connection:
        for expected in range(1, 6):
            await connection.execute(KILL)
            assert (await log.append(save(counted(uuid4(), 1)))).position == expected
