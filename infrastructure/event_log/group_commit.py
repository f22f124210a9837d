"""Concurrent saves of one process share a commit: they queue, and one writer sends whatever is waiting at once."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from psycopg import AsyncConnection, OperationalError
from psycopg.errors import DataError, LockNotAvailable
from psycopg.rows import TupleRow

from infrastructure.database import DatabaseUnavailable, Role, connect, reason
from infrastructure.event_log.saves import Appended, LogBusy, LogError, LogUnavailable, NotStorable
from infrastructure.event_log.statement import APPEND, Encoded, judged, parameters

BATCH_ROWS = 1_000
BATCH_BYTES = 4 * 2**20
"""A batch takes no further save beyond these; a larger save goes alone."""
QUEUE_ROWS = 20_000
QUEUE_BYTES = 64 * 2**20
"""What may wait to be written in one process; a save beyond is refused at once."""
DEADLINE = 5.0
"""Seconds that a save waits for its answer."""
LOCK_TIMEOUT = 2_000
"""Milliseconds that a batch waits for other processes' appends."""
RECONNECT_PAUSE = 0.05
"""Seconds between attempts to reach a server that is gone."""


@dataclass(slots=True, eq=False)
class Waiting:
    save: Encoded
    answer: asyncio.Future[Appended]
    sent: bool = field(default=False)
    """It may have been written, though no answer came."""

    def resolve(self, outcome: Appended | LogError) -> None:
        """Tell whoever asked, if they still wait."""
        if self.answer.done():
            return
        if isinstance(outcome, LogError):
            self.answer.set_exception(outcome)
        else:
            self.answer.set_result(outcome)


class GroupCommit:
    """The queue and its one writer."""

    def __init__(self, database_url: str, name: str) -> None:
        self._database_url = database_url
        self._name = name
        self._queue: deque[Waiting] = deque()
        self._rows = self._bytes = 0
        self._filled = asyncio.Event()
        self._closing = False
        self._connection: AsyncConnection[TupleRow] | None = None
        self._writer: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Connect and start the writer. Raises DatabaseUnavailable."""
        self._connection = await self._connect()
        self._writer = asyncio.create_task(self._write())

    async def close(self) -> None:
        """Refuse further saves, write those that wait, and disconnect."""
        self._closing = True
        self._filled.set()
        if self._writer is not None:
            await self._writer
        await self._disconnect()

    async def append(self, save: Encoded) -> Appended:
        """Answers once the save is on disk, within `DEADLINE`."""
        if self._closing or self._writer is None or self._writer.done():
            raise LogBusy("the log is closed")
        if self._queue and (self._rows + save.rows > QUEUE_ROWS or self._bytes + save.size > QUEUE_BYTES):
            raise LogBusy("too many saves are waiting")
        waiting = Waiting(save, asyncio.get_running_loop().create_future())
        self._queue.append(waiting)
        self._rows += save.rows
        self._bytes += save.size
        self._filled.set()
        try:
            async with asyncio.timeout(DEADLINE):
                return await waiting.answer
        except TimeoutError:
            if waiting.sent:
                raise LogUnavailable(f"no answer within {DEADLINE:.0f} s") from None
            raise LogBusy(f"not sent within {DEADLINE:.0f} s") from None

    async def _write(self) -> None:
        while True:
            await self._filled.wait()
            # Those whom the last batch answered may have more to save at once: let them queue before we take.
            await asyncio.sleep(0)
            while batch := self._take():
                await self._send(batch)
                await asyncio.sleep(0)
            if self._closing:
                return
            self._filled.clear()

    def _take(self) -> list[Waiting]:
        batch: list[Waiting] = []
        rows = size = 0
        while self._queue:
            save = self._queue[0].save
            if batch and (rows + save.rows > BATCH_ROWS or size + save.size > BATCH_BYTES):
                break
            waiting = self._queue.popleft()
            self._rows -= save.rows
            self._bytes -= save.size
            # Whoever stopped waiting before it was sent has it not written.
            if not waiting.answer.done():
                batch.append(waiting)
                rows += save.rows
                size += save.size
        return batch

    async def _send(self, batch: Sequence[Waiting]) -> None:
        """Send the batch until it is answered or nobody waits for it any more.

        A connection lost on the way tells nothing: the same statement goes again, and finds by its keys what it wrote.
        """
        while not all(waiting.answer.done() for waiting in batch):
            try:
                async with asyncio.timeout(DEADLINE):
                    verdicts = await self._execute(batch)
                for waiting, verdict in zip(batch, verdicts, strict=True):
                    waiting.resolve(judged(verdict))
            except (DatabaseUnavailable, TimeoutError):
                await self._disconnect()
                await asyncio.sleep(RECONNECT_PAUSE)
            except Exception as error:
                if self._connection is None or self._connection.closed:
                    await self._disconnect()
                elif len(batch) == 1 or isinstance(error, OperationalError):
                    self._refuse(batch, error)
                else:
                    # Something is wrong with one of them: it must not fail its neighbours.
                    for waiting in batch:
                        await self._send([waiting])

    async def _execute(self, batch: Sequence[Waiting]) -> list[TupleRow]:
        if self._connection is None:
            self._connection = await self._connect()
        for waiting in batch:
            waiting.sent = True
        arrays = parameters([waiting.save for waiting in batch])
        cursor = self._connection.cursor(binary=True)
        return await (await cursor.execute(APPEND, arrays, prepare=True)).fetchall()

    def _refuse(self, batch: Sequence[Waiting], error: Exception) -> None:
        """The server is there and has undone the statement, or it could not even be sent."""
        for waiting in batch:
            if isinstance(error, LockNotAvailable):
                waiting.resolve(LogBusy("other processes are writing"))
            elif isinstance(error, DataError | ValueError):
                waiting.resolve(NotStorable(type(error).__name__))
            else:
                waiting.resolve(LogUnavailable(reason(error)))

    async def _connect(self) -> AsyncConnection[TupleRow]:
        settings: dict[str, str | int] = {"lock_timeout": LOCK_TIMEOUT, "statement_timeout": int(DEADLINE * 1000)}
        return await connect(self._database_url, Role.WRITER, f"{self._name} append", settings=settings)

    async def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()
