"""Two workers: when the one that holds a read model is killed, stands still or is cut off, the other goes on, and it
alone."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import aclosing, contextmanager
from decimal import Decimal
from pathlib import Path
from typing import LiteralString
from uuid import UUID

import psycopg
import pytest

from features.faults.proxy import proxied
from features.house.processes import eventually
from features.operating.ledger import STANDSTILL, Ledger, known_ledger
from features.projecting.bookkeeping import book, open_account
from infrastructure.database import Role, connect_sync
from infrastructure.event_log import EventLog
from infrastructure.projecting import Positions, verify
from infrastructure.projecting.schemas import FROZEN
from infrastructure.servers.postgres import Cluster

SOON = 3.0
"""Seconds within which a standby takes over from the dead: half a second of ours, the rest is the machine's.
Longer, and no lease has ended, but a connection was given up."""
PATIENCE = 60.0


@pytest.fixture(autouse=True)
def ledger() -> Iterator[None]:
    with known_ledger():
        yield


@contextmanager
def worker(database_url: str, *, stands_still: bool = False) -> Iterator[subprocess.Popen[bytes]]:
    """A worker process, which stands still amid a transaction at a certain amount if told so."""
    environment = {**os.environ, **({"Q2C_TEST_STANDSTILL": "1"} if stands_still else {})}
    command = [sys.executable, "-m", "features.operating.standing_by", database_url]
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as process:
        try:
            yield process
        finally:
            process.kill()


def test_a_killed_worker_is_followed_by_the_other(database_url: str) -> None:
    with worker(database_url, stands_still=True) as first:
        account = asyncio.run(_stop_amid_a_transaction(database_url, first))
        with worker(database_url):
            eventually(lambda: _workers(database_url) == 2, "a worker stands by")
            first.kill()
            assert _takes_over(database_url) < SOON
        assert _balance(database_url, account) == 3


def test_a_worker_that_stands_still_loses_its_lease_and_cannot_commit_any_more(database_url: str) -> None:
    with worker(database_url, stands_still=True) as first:
        account = asyncio.run(_stop_amid_a_transaction(database_url, first))
        with worker(database_url) as second:
            eventually(lambda: _workers(database_url) == 2, "a worker stands by")
            assert _takes_over(database_url) < FROZEN / 1000 + SOON
            first.send_signal(signal.SIGCONT)
            asyncio.run(_more(database_url, account, 4))
            second.kill()
            second.wait()
            asyncio.run(_more(database_url, account, 5))
            assert first.poll() is None, "it goes on with another connection"
        assert _balance(database_url, account) == 5


def test_a_worker_that_is_cut_off_loses_its_lease_and_comes_back(database_url: str, cluster: Cluster) -> None:
    """A network that swallows everything tells neither side; what the worker says meanwhile never arrives."""
    with proxied(cluster.socket) as network, worker(network.url(database_url), stands_still=True) as first:
        account = asyncio.run(_stop_amid_a_transaction(database_url, first))
        with worker(database_url) as second:
            eventually(lambda: _workers(database_url) == 2, "a worker stands by")
            network.swallow()
            first.send_signal(signal.SIGCONT)
            _takes_over(database_url)
            asyncio.run(_more(database_url, account, 4))
            network.mend()
            second.kill()
            second.wait()
            asyncio.run(_more(database_url, account, 5))
            assert first.poll() is None, "it goes on with another connection"
        assert _balance(database_url, account) == 5


def _takes_over(database_url: str) -> float:
    """The other worker, which stands by; after how many seconds."""
    begun = time.monotonic()
    took = asyncio.run(_everything_is_there(database_url)) - begun
    print(f"\nthe other has taken over after {took:.1f} s")
    return took


async def _stop_amid_a_transaction(database_url: str, process: subprocess.Popen[bytes]) -> UUID:
    """Let the worker come upon the amount at which it stands still, under its lease; the account."""
    async with EventLog(database_url) as log:
        account = await open_account(log)
        await book(log, account, 1, Decimal(1), STANDSTILL, Decimal(1))
    await asyncio.to_thread(eventually, lambda: _is_stopped(process), "the worker stands still")
    assert _holders(database_url) == 1
    return account


async def _more(database_url: str, account: UUID, entries: int) -> None:
    async with EventLog(database_url) as log:
        await book(log, account, entries, Decimal(1))
    await _everything_is_there(database_url)


async def _everything_is_there(database_url: str) -> float:
    """Wait until the read model has reached the log's head, and compare it with a rebuild; when it was there."""
    async with EventLog(database_url) as log, aclosing(Positions(database_url, [Ledger.NAME])) as positions:
        await positions.reached(Ledger.NAME, await log.head(), PATIENCE)
        reached = time.monotonic()
        assert all(table.same for table in await verify(Ledger, log, database_url))
    return reached


def _is_stopped(process: subprocess.Popen[bytes]) -> bool:
    return b") T " in Path(f"/proc/{process.pid}/stat").read_bytes()


def _workers(database_url: str) -> int:
    return _count(
        database_url,
        "select count(*) from pg_stat_activity "
        "where datname = current_database() and application_name = 'q2c worker append'",
    )


def _holders(database_url: str) -> int:
    return _count(
        database_url,
        "select count(*) from pg_stat_activity where datname = current_database() and state = 'idle in transaction' "
        "and application_name = 'q2c projections'",
    )


def _balance(database_url: str, account: UUID) -> int:
    with connect_sync(database_url, Role.READER, "test") as connection:
        row = connection.execute("select entries from ledger.accounts where id = %s", [account]).fetchone()
    assert row is not None
    return int(row[0])


def _count(database_url: str, query: LiteralString) -> int:
    with psycopg.connect(database_url) as connection:
        row = connection.execute(query).fetchone()
    assert row is not None
    return int(row[0])
