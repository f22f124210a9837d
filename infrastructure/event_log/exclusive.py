"""One holder of a name among all processes, and turns within the one that holds it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from weakref import WeakValueDictionary

from psycopg import AsyncConnection, Error
from psycopg.errors import LockNotAvailable
from psycopg.rows import TupleRow
from psycopg_pool import AsyncConnectionPool

from infrastructure.database import Role, connection_pool, unavailable
from infrastructure.event_log.saves import LogBusy

WAIT = 5.0
"""Seconds to wait for the name, in this process and among all."""
HOLD = 10_000
"""Milliseconds after which the server takes the name from a holder who stalls."""
SHARE = 0.05
"""Seconds for which turns of one process follow one another before other processes have theirs."""
LOCK = b"SELECT pg_advisory_xact_lock(hashtextextended(%s, 1903))"

Pool = AsyncConnectionPool[AsyncConnection[TupleRow]]


class Turn:
    """The right to act on what the name stands for, until it is passed on or over."""

    def __init__(self, held: _Held, *, is_new: bool) -> None:
        self._held = held
        self._is_passed_on = False
        self.is_new = is_new
        """The name was just taken: other processes may have written since this one had it."""

    def pass_on(self) -> None:
        """Let the next one of this process begin: what this one does is on its way, and goes before."""
        if not self._is_passed_on:
            self._is_passed_on = True
            self._held.here.release()


class Exclusive:
    """Names held through transactions of connections of their own, so that they are free as soon as their process dies.

    Within the process holders queue first, so that each name takes one connection only, and keep the name for one
    another for a while.
    """

    def __init__(self, database_url: str, name: str) -> None:
        settings: dict[str, str | int] = {
            "lock_timeout": int(WAIT * 1000),
            "idle_in_transaction_session_timeout": HOLD,
        }
        self._pool = connection_pool(database_url, Role.WRITER, name, settings=settings, min_size=0, max_size=8)
        self._names: WeakValueDictionary[str, _Held] = WeakValueDictionary()

    @asynccontextmanager
    async def __call__(self, name: str, *, first: bool = False) -> AsyncIterator[Turn]:
        """`first`: only when whatever others of this process have passed on is over."""
        held = self._names.get(name)
        if held is None:
            held = self._names[name] = _Held(self._pool, name)
        async with held.turn(first=first) as turn:
            yield turn

    async def close(self) -> None:
        await self._pool.close()


class _Held:
    """One name in this process: whose turn it is, and the connection that keeps it from other processes, if any."""

    def __init__(self, pool: Pool, name: str) -> None:
        self._pool, self._name = pool, name
        self.here = asyncio.Lock()
        self._users = 0
        """Turns that are not over, passed on or not."""
        self._waiting = 0
        self._nobody = asyncio.Event()
        self._nobody.set()
        self._connection: AsyncConnection[TupleRow] | None = None
        self._since = 0.0

    @asynccontextmanager
    async def turn(self, *, first: bool) -> AsyncIterator[Turn]:
        await self._queue()
        turn: Turn | None = None
        try:
            turn = Turn(self, is_new=await self._take(first))
            self._users += 1
            self._nobody.clear()
            yield turn
        finally:
            if turn is None:
                self.here.release()
            else:
                turn.pass_on()
                await self._is_over()

    async def _queue(self) -> None:
        self._waiting += 1
        try:
            async with asyncio.timeout(WAIT):
                await self.here.acquire()
        except TimeoutError:
            raise LogBusy(f"{self._name} is held") from None
        finally:
            self._waiting -= 1

    async def _take(self, first: bool) -> bool:
        """Take the name from other processes, unless this one still has it and its share is not over; whether so."""
        is_stale = asyncio.get_running_loop().time() - self._since > SHARE
        if self._connection is not None and (is_stale or first):
            await self._nobody.wait()
            if is_stale:
                await self._give_back()
        if self._connection is not None:
            return False
        await self._lock()
        return True

    async def _lock(self) -> None:
        with unavailable():
            await self._pool.open()
            connection = await self._pool.getconn()
        try:
            with unavailable():
                await self._wait_for_others(connection)
        except BaseException:
            await self._return(connection)
            raise
        self._connection, self._since = connection, asyncio.get_running_loop().time()

    async def _wait_for_others(self, connection: AsyncConnection[TupleRow]) -> None:
        try:
            await connection.execute(b"BEGIN")
            await connection.execute(LOCK, [self._name])
        except LockNotAvailable:
            raise LogBusy(f"{self._name} is held by another process") from None

    async def _is_over(self) -> None:
        self._users -= 1
        if self._users:
            return
        self._nobody.set()
        if not self._waiting and not self.here.locked():
            await self._give_back()

    async def _give_back(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await self._return(connection)

    async def _return(self, connection: AsyncConnection[TupleRow]) -> None:
        # Lost to the server or to the time limit: what was done meanwhile has had its own answer.
        with suppress(Error):
            await connection.rollback()
        await self._pool.putconn(connection)
