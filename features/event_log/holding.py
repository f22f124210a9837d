"""Somebody else who holds a lock of the database: those who need it wait, for as long as the test likes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import LiteralString

import psycopg
import pytest

from infrastructure.event_log import group_commit

APPENDS: LiteralString = "SELECT pg_advisory_xact_lock(1903, 1)"
"""The lock that every append takes."""
BLOCKED = """SELECT pid FROM pg_stat_activity
    WHERE datname = current_database() AND cardinality(pg_blocking_pids(pid)) > 0 ORDER BY pid"""


def be_patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Logs that are opened from now on wait for as long as a slow machine takes from one step of a test to the next."""
    monkeypatch.setattr(group_commit, "LOCK_TIMEOUT", 60_000)
    monkeypatch.setattr(group_commit, "DEADLINE", 60)


class Holder:
    """Holds it until it lets go."""

    def __init__(self, holding: psycopg.AsyncConnection, watching: psycopg.AsyncConnection) -> None:
        self._holding, self._watching = holding, watching

    async def blocked(self) -> list[int]:
        """The process ids of all connections that wait for a lock, be it this one or one of those who wait for it."""
        return [pid for (pid,) in await (await self._watching.execute(BLOCKED)).fetchall()]

    async def waiting(self, count: int = 1) -> None:
        """Until at least so many wait."""
        async with asyncio.timeout(60):
            while len(await self.blocked()) < count:
                pass  # each look is a round trip to the server

    async def kill_waiting(self) -> None:
        """Whoever waits loses the connection."""
        await self.waiting()
        for pid in await self.blocked():
            await self._watching.execute("SELECT pg_terminate_backend(%s, 60000)", [pid])

    async def let_go(self) -> None:
        """Those who wait have it, one after another, first come first served."""
        await self._holding.rollback()


@asynccontextmanager
async def held(database_url: str, lock: LiteralString = APPENDS) -> AsyncIterator[Holder]:
    """Take the lock; it is let go of at the end at the latest."""
    async with (
        await psycopg.AsyncConnection.connect(database_url) as holding,
        await psycopg.AsyncConnection.connect(database_url, autocommit=True) as watching,
    ):
        await holding.execute(lock)
        yield Holder(holding, watching)
