"""Learning that the log has grown, at once and for certain."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Callable

from psycopg import AsyncConnection, Error
from psycopg.rows import TupleRow
from psycopg.sql import SQL, Identifier

from infrastructure.database import DatabaseUnavailable, Role, connect

logger = logging.getLogger("q2c.log")

POLL = 1.0
"""Seconds after which the head is read although no notice came."""
_POSITION = re.compile("[0-9]{1,19}")
HEAD = b"SELECT coalesce(max(position), 0) FROM log.events"


class Changes:
    """The highest position seen: of this process's appends, of notices from others, and by reading the head.

    The head is read after each LISTEN, so that what came before it is not missed, and once a `POLL`, so that a lost
    notice is late, not lost.
    """

    def __init__(self, database_url: str, name: str) -> None:
        self._database_url = database_url
        self._name = name
        self._head = 0
        self._grown = asyncio.Event()
        self._listener: asyncio.Task[None] | None = None
        self._heard: dict[str, Callable[[], None]] = {}

    def listen(self, channel: str, heard: Callable[[], None]) -> None:
        """Call it at every notice on that channel, too, and whenever some may have been lost."""
        self._heard[channel] = heard
        if self._listener is None:
            self._listener = asyncio.create_task(self._listen())

    def saw(self, position: int) -> None:
        """The log is known to reach this position."""
        if position > self._head:
            self._head = position
            # Those who wait have this event; whoever comes next waits on another.
            self._grown.set()
            self._grown = asyncio.Event()

    async def wait_beyond(self, position: int, timeout: float) -> int:
        """Returns the head once it is beyond `position`, or as it is after `timeout` seconds."""
        if self._listener is None:
            self._listener = asyncio.create_task(self._listen())
        try:
            async with asyncio.timeout(timeout):
                while self._head <= position:
                    await self._grown.wait()
        except TimeoutError:
            pass
        return self._head

    async def since(self, position: int) -> AsyncIterator[int]:
        """Each head that is beyond the last one yielded."""
        while True:
            head = await self.wait_beyond(position, POLL)
            if head > position:
                position = head
                yield head

    async def close(self) -> None:
        if self._listener is not None:
            self._listener.cancel()
            await asyncio.gather(self._listener, return_exceptions=True)

    async def _listen(self) -> None:
        while True:
            try:
                connection = await connect(
                    self._database_url, Role.WRITER, self._name, settings={"statement_timeout": 3_000}
                )
                async with connection:
                    await connection.execute("LISTEN log")
                    await self._follow(connection)
            except (DatabaseUnavailable, Error, OSError):
                await asyncio.sleep(POLL)
            except Exception as error:
                # Whatever it is: a process that hears nothing any more would be late for good, and nobody would know.
                logger.error("Notices of the log could not be heard: %s; listening anew", type(error).__name__)
                await asyncio.sleep(POLL)

    async def _follow(self, connection: AsyncConnection[TupleRow]) -> None:
        listened: set[str] = set()
        while True:
            for channel in self._heard.keys() - listened:
                await connection.execute(SQL("LISTEN {}").format(Identifier(channel)))
                self._heard[channel]()
                listened.add(channel)
            await self._look(connection)
            async for notice in connection.notifies(timeout=POLL):
                if notice.channel != "log":
                    self._heard[notice.channel]()
                # Whoever may connect may say what they like on it.
                elif _POSITION.fullmatch(notice.payload):
                    self.saw(int(notice.payload))

    async def _look(self, connection: AsyncConnection[TupleRow]) -> None:
        known = self._head
        row = await (await connection.execute(HEAD)).fetchone()
        head = int(row[0]) if row else 0
        if head < known == self._head:
            # Whatever was known is of another log: an older one has been put in its place.
            self._head = head
        self.saw(head)
