"""One holder of a name among all processes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from psycopg import AsyncConnection, Error
from psycopg.errors import LockNotAvailable
from psycopg.rows import TupleRow

from infrastructure.database import Role, connection_pool, unavailable
from infrastructure.event_log.keyed_locks import KeyedLocks
from infrastructure.event_log.saves import LogBusy

WAIT = 5.0
"""Seconds to wait for the name, in this process and among all."""
HOLD = 10_000
"""Milliseconds after which the server takes the name from a holder who stalls."""
LOCK = b"SELECT pg_advisory_xact_lock(hashtextextended(%s, 1903))"


class Exclusive:
    """Names held through transactions of connections of their own, so that they are free as soon as their process dies.

    Within the process holders queue first, so that each name takes one connection only.
    """

    def __init__(self, database_url: str, name: str) -> None:
        settings: dict[str, str | int] = {
            "lock_timeout": int(WAIT * 1000),
            "idle_in_transaction_session_timeout": HOLD,
        }
        self._pool = connection_pool(database_url, Role.WRITER, name, settings=settings, min_size=0, max_size=8)
        self._here: KeyedLocks[str] = KeyedLocks()

    @asynccontextmanager
    async def __call__(self, name: str) -> AsyncIterator[None]:
        here = self._here(name)
        try:
            async with asyncio.timeout(WAIT):
                await here.acquire()
        except TimeoutError:
            raise LogBusy(f"{name} is held") from None
        try:
            async with self._held(name):
                yield
        finally:
            here.release()

    @asynccontextmanager
    async def _held(self, name: str) -> AsyncIterator[None]:
        with unavailable():
            await self._pool.open()
            connection = await self._pool.getconn()
        try:
            with unavailable():
                await self._lock(connection, name)
            yield
        finally:
            # Lost to the server or to the time limit: what was done meanwhile has had its own answer.
            with suppress(Error):
                await connection.rollback()
            await self._pool.putconn(connection)

    async def _lock(self, connection: AsyncConnection[TupleRow], name: str) -> None:
        try:
            await connection.execute(b"BEGIN")
            await connection.execute(LOCK, [name])
        except LockNotAvailable:
            raise LogBusy(f"{name} is held by another process") from None

    async def close(self) -> None:
        await self._pool.close()
