"""Somebody else who holds a lock of the database: those who need it wait, for as long as the test likes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import LiteralString

import psycopg

APPENDS: LiteralString = "SELECT pg_advisory_xact_lock(1903, 1)"
"""The lock that every append takes."""
WAITING = """SELECT pid FROM pg_stat_activity
    WHERE datname = current_database() AND pg_blocking_pids(pid) && %s::int[] ORDER BY pid"""


class Holder:
    """Holds it until it lets go."""

    def __init__(self, holding: psycopg.AsyncConnection, watching: psycopg.AsyncConnection) -> None:
        self._holding, self._watching = holding, watching

    async def waiting(self, count: int = 1) -> list[int]:
        """At least so many connections wait for it: their process ids."""
        async with asyncio.timeout(60):
            while len(pids := await self._waiting()) < count:
                pass  # each look is a round trip to the server
        return pids

    async def kill_waiting(self) -> None:
        """Whoever waits for it loses the connection."""
        for pid in await self.waiting():
            await self._watching.execute("SELECT pg_terminate_backend(%s, 60000)", [pid])

    async def let_go(self) -> None:
        """Those who wait have it, one after another, first come first served."""
        await self._holding.rollback()

    async def _waiting(self) -> list[int]:
        rows = await self._watching.execute(WAITING, [[self._holding.info.backend_pid]])
        return [pid for (pid,) in await rows.fetchall()]


@asynccontextmanager
async def held(database_url: str, lock: LiteralString = APPENDS) -> AsyncIterator[Holder]:
    """Take the lock; it is let go of at the end at the latest."""
    async with (
        await psycopg.AsyncConnection.connect(database_url) as holding,
        await psycopg.AsyncConnection.connect(database_url, autocommit=True) as watching,
    ):
        await holding.execute(lock)
        yield Holder(holding, watching)
