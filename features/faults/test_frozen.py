"""A process that stands still, wherever that may be, holds up nobody for long; when it goes on, what it wanted has
happened once or not at all, and it learns which."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import LiteralString
from uuid import UUID, uuid4

import pytest

from features.event_log.counters import counted, save
from features.event_log.holding import held
from features.faults.service import FULL
from features.faults.standing_still import NAME
from features.house.processes import eventually
from infrastructure.event_log import EventLog, LogBusy, LogUnavailable, RecordedEvent

pytestmark = pytest.mark.anyio

OTHERS = 200 if FULL else 20
"""How often others count meanwhile."""
PATIENCE = 10.0
"""Seconds within which everybody else is answered, if only that the log is busy."""


CLAIM: LiteralString = "INSERT INTO log.claims VALUES ('scope', 'wanted by two', gen_random_uuid())"
"""Of somebody who has not committed it: whoever wants the same waits, and holds the log meanwhile."""


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@contextmanager
def standing_still(database_url: str, counter: UUID, how: str) -> Iterator[subprocess.Popen[str]]:
    """A process that has counted up to where it stands still."""
    command = [sys.executable, "-m", "features.faults.standing_still", database_url, str(counter), how]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            eventually(lambda: is_stopped(process.pid), "it stands still")
            yield process
        finally:
            process.kill()


def is_stopped(pid: int) -> bool:
    return b") T " in Path(f"/proc/{pid}/stat").read_bytes()


def told(process: subprocess.Popen[str]) -> str:
    """Let it go on; what it learns has become of its count."""
    process.send_signal(signal.SIGCONT)
    said, _ = process.communicate(timeout=60)
    return said.strip()


async def others_count(log: EventLog, counter: UUID) -> None:
    """Others use the log, and none of them waits for long."""
    for version in range(1, OTHERS + 1):
        async with asyncio.timeout(PATIENCE):
            await log.append(save(counted(counter, version)))


async def judge(database_url: str, said: str, *others: tuple[UUID, int]) -> None:
    """The count of whoever stood still is there once if it was told so, else not; all of the others' are there."""
    async with EventLog(database_url) as log:
        recorded = await log.read(0, 100_000)
    assert [each.position for each in recorded] == list(range(1, len(recorded) + 1))
    assert sum(is_of_the_frozen(each) for each in recorded) == (0 if said == "stale" else 1)
    for counter, count in others:
        versions = [each.originator_version for each in recorded if each.originator_id == counter]
        assert versions == list(range(1, count + 1))


def is_of_the_frozen(recorded: RecordedEvent) -> bool:
    return bool(vars(recorded.event)["note"] == NAME)


async def test_one_that_stands_still_while_its_append_waits(database_url: str) -> None:
    counter, other = uuid4(), uuid4()
    async with held(database_url) as holder, EventLog(database_url) as log:
        with standing_still(database_url, counter, "waiting") as process:
            await holder.let_go()
            await others_count(log, other)
            said = told(process)
    assert said in ("written", "replayed")
    await judge(database_url, said, (counter, 1), (other, OTHERS))


async def test_one_that_stands_still_while_it_holds_a_name(database_url: str) -> None:
    counter = uuid4()
    async with EventLog(database_url) as log:
        with standing_still(database_url, counter, "holding") as process:
            begun = time.monotonic()
            async with asyncio.timeout(PATIENCE), log.exclusive(str(counter)):
                print(f"\nothers have the name after {time.monotonic() - begun:.1f} s")
                await others_count(log, counter)
            said = told(process)
    assert said == "stale"
    await judge(database_url, said, (counter, OTHERS))


async def test_a_server_process_that_stands_still_while_it_holds_the_log(database_url: str) -> None:
    """It is the only one that can hold the log, and for as long as it stands still nothing can be written: everybody is
    told so, and goes on as soon as it does."""
    counter, other = uuid4(), uuid4()
    claim = ("scope", "wanted by two", counter)
    async with EventLog(database_url) as log:
        async with held(database_url, CLAIM) as holder:
            asking = asyncio.create_task(log.append(save(counted(counter, 1, note=NAME), key=NAME, claims=[claim])))
            await holder.waiting()
            (server_process,) = await holder.blocked()
            os.kill(server_process, signal.SIGSTOP)
            try:
                eventually(lambda: is_stopped(server_process), "it stands still")
                await holder.let_go()
                async with EventLog(database_url) as another:
                    for number in range(2):
                        async with asyncio.timeout(PATIENCE):
                            with pytest.raises((LogBusy, LogUnavailable)):
                                await another.append(save(counted(other, 1), key=f"other {number}"))
            finally:
                os.kill(server_process, signal.SIGCONT)
        with pytest.raises((LogBusy, LogUnavailable)):
            await asking
        await log.append(save(counted(counter, 1, note=NAME), key=NAME, claims=[claim]))
        appended = await log.append(save(counted(other, 1), key="other 0"))
        print(f"\nreplayed: {appended.replayed}")
    await judge(database_url, "written", (counter, 1))


async def test_one_that_does_anew_what_may_still_come_is_found_out(database_url: str) -> None:
    counter = uuid4()
    async with held(database_url) as holder:
        with standing_still(database_url, counter, "anew") as process:
            await holder.let_go()
            said = told(process)
    assert said == "written"
    with pytest.raises(AssertionError):
        await judge(database_url, said, (counter, 1))
