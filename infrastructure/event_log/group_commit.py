"""Concurrent saves of one process share a commit: they queue, and one writer sends whatever is waiting at once."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence

from psycopg import OperationalError
from psycopg.errors import DataError, InternalError, LockNotAvailable, ProgramLimitExceeded, ProgrammingError

from infrastructure.database import DatabaseUnavailable, Role, connect, reason, unavailable
from infrastructure.event_log.batch import Batch, Waiting
from infrastructure.event_log.saves import Appended, LogBusy, LogError, LogUnavailable, NotStorable
from infrastructure.event_log.statement import Appending, Encoded

logger = logging.getLogger("q2c.log")

PASSED_OVER = 100
"""How many saves a batch may leave for later before it goes without looking further."""
QUEUE_ROWS = 20_000
QUEUE_BYTES = 64 * 2**20
"""What may wait to be written in one process; a save beyond is refused at once."""
DEADLINE = 5.0
"""Seconds that a save waits for its answer."""
LOCK_TIMEOUT = 2_000
"""Milliseconds that a batch waits for other processes' appends."""
RECONNECT_PAUSE = 0.05
"""Seconds between attempts to reach a server that is gone."""


NEVER = DataError | ProgramLimitExceeded
"""What the server says of values that it will not hold tomorrow either."""


class GroupCommit:
    """The queue and its one writer."""

    def __init__(self, database_url: str, name: str, saw: Callable[[int], None]) -> None:
        """`saw` is told how far the log reaches, once for each batch."""
        self._database_url = database_url
        self._name = name
        self._saw = saw
        self._queue: deque[Waiting] = deque()
        self._rows = self._bytes = 0
        self._filled = asyncio.Event()
        self._closing = False
        self._statement: Appending | None = None
        self._writer: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Connect and start the writer. Raises DatabaseUnavailable."""
        self._statement = await self._connect()
        self._writer = asyncio.create_task(self._write())

    async def close(self) -> None:
        """Refuse further saves, write those that wait, and disconnect."""
        self._closing = True
        self._filled.set()
        if self._writer is not None:
            await asyncio.shield(self._writer)
        await self._disconnect()

    async def append(self, save: Encoded) -> Appended:
        """Answers once the save is on disk, within `DEADLINE`."""
        if self._closing or self._writer is None or self._writer.done():
            raise LogBusy("the log is closed")
        if self._queue and (self._rows + len(save.events) > QUEUE_ROWS or self._bytes + save.size > QUEUE_BYTES):
            raise LogBusy("too many saves are waiting")
        loop = asyncio.get_running_loop()
        waiting = Waiting(save, loop.create_future())
        self._queue.append(waiting)
        self._rows += len(save.events)
        self._bytes += save.size
        self._filled.set()
        deadline = loop.call_later(DEADLINE, waiting.give_up, DEADLINE)
        try:
            return await waiting.answer
        finally:
            deadline.cancel()
            del waiting  # a refusal that it holds would hold this frame, and this frame it

    async def _write(self) -> None:
        while True:
            await self._filled.wait()
            while (batch := self._take()).waiting:
                await self._send(batch)
                # Those whom it answered may have more to save at once: let them queue before we take.
                await asyncio.sleep(0)
            if self._closing:
                return
            self._filled.clear()

    def _take(self) -> Batch:
        """The next saves, in their order but for those that have to wait for what others of them come to."""
        batch, later = Batch(), list[Waiting]()
        while self._queue and len(later) < PASSED_OVER and batch.has_room_for(self._queue[0].save):
            waiting = self._queue.popleft()
            if waiting.is_in_vain() or batch.takes(waiting):
                self._rows -= len(waiting.save.events)
                self._bytes -= waiting.save.size
            else:
                later.append(waiting)
        self._queue.extendleft(reversed(later))
        return batch

    async def _send(self, batch: Batch) -> None:
        """Send the batch, less those that are refused, until all is written or nobody waits for it any more.

        A connection lost on the way tells nothing: the same statement goes again, and finds by its keys what it wrote.
        """
        while not all(waiting.answer.done() for waiting in batch.waiting):
            try:
                batch = self._answer(batch, await self._execute(batch))
            except DatabaseUnavailable:
                await self._lose(batch)
            except Exception as error:
                if self._statement is None or self._statement.closed:
                    await self._lose(batch)
                elif len(batch.waiting) == 1 or _is_of_the_server(error):
                    self._refuse(batch, error)
                    if isinstance(error, InternalError | ProgrammingError):
                        # What was prepared may be of an older schema.
                        await self._disconnect()
                else:
                    # Something is wrong with one of them: it must not fail its neighbours.
                    for waiting in batch.waiting:
                        await self._send(Batch(waiting))

    async def _lose(self, batch: Batch) -> None:
        """The connection, and what it would have answered."""
        for waiting in batch.waiting:
            waiting.in_doubt = waiting.sent
        await self._disconnect()
        await asyncio.sleep(RECONNECT_PAUSE)

    async def _execute(self, batch: Batch) -> list[Appended | LogError | None]:
        if self._statement is None:
            self._statement = await self._connect()
        for waiting in batch.waiting:
            waiting.sent = True
        return await self._statement.execute([waiting.save for waiting in batch.waiting])

    def _answer(self, batch: Batch, outcomes: Sequence[Appended | LogError | None]) -> Batch:
        """Tell those that are written or refused so; the others have to be sent again."""
        again = []
        for waiting, outcome in zip(batch.waiting, outcomes, strict=True):
            if outcome is not None:
                waiting.resolve(outcome)
            elif not waiting.is_in_vain():
                again.append(waiting)
        self._saw(max((each.position for each in outcomes if isinstance(each, Appended)), default=0))
        return Batch(*again)

    def _refuse(self, batch: Batch, error: Exception) -> None:
        """The server is there and has undone the statement, or it could not even be sent."""
        if not isinstance(error, NEVER | OperationalError):
            logger.error("An append failed: %s", type(error).__name__)  # not its text: that may quote values
        for waiting in batch.waiting:
            if isinstance(error, LockNotAvailable) and not waiting.in_doubt:
                waiting.resolve(LogBusy("other processes are writing"))
            elif isinstance(error, NEVER):
                waiting.resolve(NotStorable(type(error).__name__))
            else:
                waiting.resolve(LogUnavailable(reason(error)))

    async def _connect(self) -> Appending:
        settings: dict[str, str | int] = {"lock_timeout": LOCK_TIMEOUT, "statement_timeout": int(DEADLINE * 1000)}
        connection = await connect(self._database_url, Role.WRITER, f"{self._name} append", settings=settings)
        connection.patience = DEADLINE
        try:
            with unavailable():
                return await Appending.on(connection)
        except BaseException:
            await connection.close()
            raise

    async def _disconnect(self) -> None:
        statement, self._statement = self._statement, None
        if statement is not None:
            await statement.close()


def _is_of_the_server(error: Exception) -> bool:
    """Whether it would say the same of any other save."""
    return isinstance(error, OperationalError) and not isinstance(error, NEVER)
