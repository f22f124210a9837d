"""Connections that are not waited for without end: a network may swallow what is sent, and never tell."""

from __future__ import annotations

import asyncio
import os
import socket
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from time import monotonic
from typing import Any, TypeVar

from psycopg import AsyncConnection, InterfaceError, OperationalError
from psycopg.abc import PQGen
from psycopg.errors import QueryCanceled
from psycopg.pq import TransactionStatus
from psycopg.pq.abc import PGconn
from psycopg.rows import TupleRow, tuple_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from infrastructure.line import Line

IDLE = 1.0
"""Seconds after which a connection of a pool is asked whether it is still there, before it is relied on."""
PROMPTLY = 2.0
"""Seconds in which it must say so."""
STOPPED = 5.0
"""Seconds in which a statement must have stopped that nobody waits for any more."""
RECONNECT = 1.0
"""Seconds for which a pool tries in vain to replace a lost connection, until somebody asks for one again."""

V = TypeVar("V")


class WatchedConnection(AsyncConnection[TupleRow]):
    """Hangs up on a server that does not answer in time: whoever waits hears that the connection is lost."""

    patience: float | None = None
    """Seconds to wait for an answer; None: without end."""
    heard_at = 0.0
    """When the server answered last, by the monotonic clock."""

    def __init__(self, pgconn: PGconn, row_factory: Any = tuple_row) -> None:
        super().__init__(pgconn, row_factory)
        self._line = Line(pgconn)

    async def wait(self, gen: PQGen[V], *args: Any, **options: Any) -> V:
        """As the driver does, but not for longer than `patience`."""
        overdue = None
        if self.patience is not None:
            overdue = asyncio.get_running_loop().call_later(self.patience, self._hang_up)
        try:
            answer = await (self._wait_otherwise(gen, *args, **options) if args or options else self._wait(gen))
            self.heard_at = monotonic()
            return answer
        finally:
            if overdue is not None:
                overdue.cancel()

    async def _wait(self, gen: PQGen[V]) -> V:
        try:
            return await self._line.run(gen)
        except asyncio.CancelledError:
            if self.pgconn.transaction_status == TransactionStatus.ACTIVE:
                await self._stop(gen)
            raise

    async def _stop(self, gen: PQGen[V]) -> None:
        """Let the server stop what it is doing. A connection on which it does not is of no use any more."""
        self._line.leave()
        try:
            await self.cancel_safe(timeout=STOPPED)
            await self._wait_otherwise(gen, timeout=STOPPED)
        except QueryCanceled:
            pass
        except BaseException as error:
            self.pgconn.finish()
            if not isinstance(error, Exception):
                raise

    async def _wait_otherwise(self, gen: PQGen[V], *args: Any, **options: Any) -> V:
        """As the driver waits, which watches the socket itself."""
        self._line.leave()
        return await super().wait(gen, *args, **options)

    async def close(self) -> None:
        """As the driver does."""
        self._line.leave()
        await super().close()

    async def is_there(self) -> bool:
        """Whether the server answers at once."""
        patience, self.patience = self.patience, PROMPTLY
        try:
            await self.execute(b"")
        except (OperationalError, InterfaceError):
            return False
        finally:
            self.patience = patience
        return True

    def _hang_up(self) -> None:
        # Cancelling would be waiting, too: the driver first asks the server to stop.
        with suppress(OSError, OperationalError), socket.socket(fileno=os.dup(self.pgconn.socket)) as line:
            line.shutdown(socket.SHUT_RDWR)


class WatchedPool(AsyncConnectionPool[AsyncConnection[TupleRow]]):
    """Lends no connection that was lost while nobody used it. Not open yet."""

    def __init__(self, database_url: str, *, patience: float | None, **settings: Any) -> None:
        async def watch(connection: AsyncConnection[TupleRow]) -> None:
            assert isinstance(connection, WatchedConnection)
            connection.patience, connection.heard_at = patience, monotonic()

        async def check(connection: AsyncConnection[TupleRow]) -> None:
            assert isinstance(connection, WatchedConnection)
            if monotonic() - connection.heard_at >= IDLE and not await connection.is_there():
                await connection.close()
                raise OperationalError("lost while nobody used it")

        self._lent = 0
        self._queue: deque[asyncio.Future[AsyncConnection[TupleRow] | None]] = deque()
        super().__init__(
            database_url,
            check=check,
            connection_class=WatchedConnection,
            configure=watch,
            reconnect_timeout=RECONNECT,
            open=False,
            **settings,
        )

    async def getconn(self, timeout: float | None = None) -> AsyncConnection[TupleRow]:
        """As the pool does. Whoever has to wait is handed the next one that comes back: to wait in the pool's own queue
        costs more than most statements."""
        if self._lent < self.max_size:
            self._lent += 1
            return await self._from_pool(timeout)
        loop = asyncio.get_running_loop()
        handed: asyncio.Future[AsyncConnection[TupleRow] | None] = loop.create_future()
        self._queue.append(handed)
        overdue = loop.call_later(self.timeout if timeout is None else timeout, _give_up, handed)
        try:
            connection = await handed
        except asyncio.CancelledError:
            if handed.done() and not handed.cancelled() and handed.exception() is None:
                await self._pass_on(handed.result())
            raise
        finally:
            overdue.cancel()
        return connection or await self._from_pool(timeout)

    async def putconn(self, conn: AsyncConnection[TupleRow]) -> None:
        """As the pool does."""
        if self._queue and conn.pgconn.transaction_status == TransactionStatus.IDLE:
            await self._pass_on(conn)
            return
        try:
            await super().putconn(conn)
        finally:
            await self._pass_on(None)

    async def wait(self, timeout: float = 30.0) -> None:
        """As the pool does."""
        with _ends_when_told():
            await super().wait(timeout)

    async def check(self) -> None:
        """As the pool does."""
        with _ends_when_told():
            await super().check()

    def get_stats(self) -> dict[str, int]:
        """As the pool counts, with those in this queue among those who wait."""
        counted = super().get_stats()
        return {**counted, "requests_waiting": counted.get("requests_waiting", 0) + len(self._queue)}

    async def _from_pool(self, timeout: float | None) -> AsyncConnection[TupleRow]:
        try:
            return await self._unless_given_up(timeout)
        except BaseException:
            await self._pass_on(None)
            raise

    async def _unless_given_up(self, timeout: float | None) -> AsyncConnection[TupleRow]:
        connection = None
        try:
            with _ends_when_told():
                connection = await super().getconn(timeout)
        except asyncio.CancelledError:
            if connection is not None:
                await super().putconn(connection)
            raise
        return connection

    async def _pass_on(self, connection: AsyncConnection[TupleRow] | None) -> None:
        """Hand it, or the right to take one out of the pool, to whoever waits longest."""
        while self._queue:
            handed = self._queue.popleft()
            if not handed.done():
                handed.set_result(connection)
                return
        self._lent -= 1
        if connection is not None:
            await super().putconn(connection)


def _give_up(handed: asyncio.Future[Any]) -> None:
    if not handed.done():
        handed.set_exception(PoolTimeout("no connection in time"))


@contextmanager
def _ends_when_told() -> Iterator[None]:
    """Whoever is told to end in here ends. The pool waits with `asyncio.wait_for`, which in Python 3.11 drops a
    cancellation that comes together with what it waits for, and takes one for a lost connection where it checks some:
    a worker told to end just then would go on for ever."""
    task = asyncio.current_task()
    before = task.cancelling() if task else 0
    yield
    if task and task.cancelling() > before:
        raise asyncio.CancelledError
