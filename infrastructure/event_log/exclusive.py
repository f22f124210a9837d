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
from infrastructure.event_log.saves import LogBusy, Succession

WAIT = 5.0
"""Seconds to wait for the name, in this process and among all."""
HOLD = 10_000
"""Milliseconds after which the server takes the name from a holder who stalls."""
SHARE = 0.05
"""Seconds for which turns of one process follow one another before other processes have theirs."""
LINGER = 0.005
"""Seconds for which a name is kept for whoever of this process comes next: they often come together."""
LOCK = b"SELECT pg_advisory_xact_lock(hashtextextended(%s, 1903))"

Pool = AsyncConnectionPool[AsyncConnection[TupleRow]]


class Turn:
    """The right to act on what the name stands for, until it is passed on or over."""

    def __init__(self, held: _Held, *, is_new: bool) -> None:
        self._held = held
        self.succession = held.succession
        """Of what this turn saves, those before it have passed on, and those after it go on from."""
        self.is_passed_on = False
        self.is_new = is_new
        """Others may have written what this process does not know of, and nothing of its own is on the way."""

    async def others_over(self) -> None:
        """Wait until whatever others of this process have passed on is over, so that all of it can be read."""
        await self._held.all_over.wait()
        self.is_new = True

    def pass_on(self) -> None:
        """Let the next one of this process begin: what this one does is on its way, and goes before."""
        self.is_passed_on = True
        self._held.next_one(is_under_way=True)


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
    async def __call__(self, name: str) -> AsyncIterator[Turn]:
        held = self._names.get(name)
        if held is None:
            held = self._names[name] = _Held(self._pool, name)
        async with held.turn() as turn:
            yield turn

    async def close(self) -> None:
        for held in list(self._names.values()):
            await held.close()
        await self._pool.close()


class _Held:
    """One name in this process: whose turn it is, and the connection that keeps it from other processes, if any."""

    def __init__(self, pool: Pool, name: str) -> None:
        self._pool, self._name = pool, name
        self._here = asyncio.Lock()
        self.succession = Succession()
        self._waiting = 0
        self._under_way = 0
        """Turns that are passed on, and not over."""
        self.all_over = asyncio.Event()
        self.all_over.set()
        self._connection: AsyncConnection[TupleRow] | None = None
        self._since = 0.0
        self._lingering: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[Turn]:
        try:
            await self._queue()
            try:
                turn = Turn(self, is_new=await self._take())
            except BaseException:
                self._here.release()
                raise
            try:
                yield turn
            finally:
                if turn.is_passed_on:
                    self._arrived()
                else:
                    self.next_one(is_under_way=False)
        finally:
            if self._connection is not None and self._is_idle():
                self._lingering = asyncio.create_task(self._linger())

    def next_one(self, *, is_under_way: bool) -> None:
        """Whoever waits may begin."""
        if is_under_way:
            self._under_way += 1
            self.all_over.clear()
        self._here.release()

    def _is_idle(self) -> bool:
        return not (self._under_way or self._waiting or self._here.locked())

    async def _linger(self) -> None:
        await asyncio.sleep(LINGER)
        if self._is_idle():
            await self._give_back()

    async def close(self) -> None:
        """Give up what is kept for whoever would come next."""
        if self._lingering is not None:
            self._lingering.cancel()
        await self._give_back()

    def _arrived(self) -> None:
        self._under_way -= 1
        if not self._under_way:
            self.all_over.set()

    async def _queue(self) -> None:
        self._waiting += 1
        try:
            async with asyncio.timeout(WAIT):
                await self._here.acquire()
        except TimeoutError:
            raise LogBusy(f"{self._name} is held") from None
        finally:
            self._waiting -= 1

    async def _take(self) -> bool:
        """Take the name from other processes, unless this one still has it, its share is not over and no save of its
        succession has failed; whether it was taken."""
        is_over = asyncio.get_running_loop().time() - self._since > SHARE
        if self._connection is not None and (is_over or self.succession.is_broken):
            await self.all_over.wait()
            await self._give_back()
        if self.succession.is_broken:
            self.succession = Succession()
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

    async def _give_back(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await self._return(connection)

    async def _return(self, connection: AsyncConnection[TupleRow]) -> None:
        # Lost to the server or to the time limit: what was done meanwhile has had its own answer.
        try:
            with suppress(Error):
                await connection.rollback()
        finally:
            await self._pool.putconn(connection)
