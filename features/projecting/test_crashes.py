"""A worker that is killed anywhere loses no event and repeats none; one that loses its database goes on with it."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import random
import signal
import subprocess
import sys
import time
from decimal import Decimal

import psycopg
import pytest

from features.faults.service import FULL
from features.projecting.bookkeeping import Account, Books, book, happened, open_account, save
from features.projecting.working import PATIENCE, caught_up, runner
from infrastructure.event_log import EventLog
from infrastructure.projecting import Positions, ReadModelParked, verify

KILLS = 100 if FULL else 5
EVENTS_A_LIFE = 240
"""How far a worker gets before it is killed, at most."""


def test_a_worker_killed_again_and_again_applies_every_event_once(database_url: str) -> None:
    async def feature() -> None:
        async with EventLog(database_url) as log:
            await _write(log, KILLS * EVENTS_A_LIFE // 100)
            head = await log.head()
            reached, kills, chance = 0, 0, random.Random(20)
            while reached < head:
                goal = reached + chance.randint(EVENTS_A_LIFE // 2, EVENTS_A_LIFE)
                reached = await _live_and_die(database_url, min(head, goal))
                kills += 1
            assert kills >= KILLS
            async with runner(log, database_url) as positions:
                await caught_up(positions, log)
            compared = {table.table: table for table in await verify(Books, log, database_url)}
            assert all(table.same for table in compared.values())
            assert (parked := compared["parked"].live) is not None
            assert parked.rows == 1

    asyncio.run(feature())


async def _write(log: EventLog, saves: int) -> None:
    """Entries of three accounts in turns; early on, one of them meets with what cannot be processed."""
    versions = dict.fromkeys([await open_account(log) for _ in range(3)], 1)
    for number, account in zip(range(saves), itertools.cycle(versions), strict=False):
        await book(log, account, versions[account], *[Decimal("0.01")] * 100)
        versions[account] += 100
        if number == saves // 4:
            versions[account] += 1
            await save(log, happened(Account.Misfiled, account, versions[account]))


async def _live_and_die(database_url: str, goal: int) -> int:
    """Start a worker and kill it once it is seen beyond `goal`; what it was doing then is left half done."""
    worker = subprocess.Popen([sys.executable, "-m", "features.projecting.working", database_url, "3"])
    positions = Positions(database_url, ["books"])
    try:
        with contextlib.suppress(ReadModelParked):  # it got there, whatever it made of it
            await positions.reached("books", goal, PATIENCE)
    finally:
        worker.kill()
        worker.wait()
        await positions.aclose()
    return goal


DISCONNECT = """
select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
"""


def test_a_worker_whose_connections_break_goes_on(database_url: str, caplog: pytest.LogCaptureFixture) -> None:
    async def feature() -> None:
        async with EventLog(database_url) as log, runner(log, database_url) as positions:
            account = await open_account(log)
            for version in range(1, 6):
                await caught_up(positions, log)
                async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as connection:
                    await connection.execute(DISCONNECT)
                await book(log, account, version, Decimal(1))
            await caught_up(positions, log)
            assert all(table.same for table in await verify(Books, log, database_url))

    asyncio.run(feature())
    assert {record.levelname for record in caplog.records if record.name == "q2c.projecting"} <= {"WARNING"}


def test_a_worker_ends_in_order_when_told(database_url: str) -> None:
    environment = {**os.environ, "DATABASE_URL": database_url}
    command = [sys.executable, "-m", "interfaces.worker"]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE) as worker:
        try:
            _wait_until_connected(database_url, worker)
            worker.send_signal(signal.SIGTERM)
            _, said = worker.communicate(timeout=PATIENCE)
        finally:
            worker.kill()
    assert (worker.returncode, said) == (0, b"")


def _wait_until_connected(database_url: str, worker: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE
    with psycopg.connect(database_url, autocommit=True) as connection:
        while time.monotonic() < deadline:
            found = connection.execute(
                "select from pg_stat_activity where datname = current_database() and application_name = %s",
                ["q2c worker read"],
            )
            if found.fetchone() is not None:
                return
            try:
                worker.wait(0.05)
            except subprocess.TimeoutExpired:
                continue
            break
    raise AssertionError("the worker did not connect")
