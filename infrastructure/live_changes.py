"""Changes as they are recorded, told to any number of listeners: one reader of the log's tail serves all of them.

A listener keeps nothing but its position. What is recent comes from a window that all share; who begins further back
reads the log itself, a few at a time, until the window begins.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import psycopg

from infrastructure.database import DatabaseUnavailable
from infrastructure.event_log import EventLog
from infrastructure.history.words import happened

logger = logging.getLogger("q2c.changes")

WINDOW = 5_000
"""How many of the last changes are kept for all listeners."""
BATCH = 500
HEARTBEAT = 15.0
"""Seconds of silence after which a listener is told that nothing is broken."""
AT_ONCE = 2
"""How many listeners may read the log itself at a time."""
_IDLE = 5.0
_BACKOFF = 1.0
_READ = b"""
    SELECT position, topic, originator_id, originator_version, recorded_at
    FROM log.events WHERE position > %s ORDER BY position LIMIT %s"""


@dataclass(frozen=True, slots=True)
class Announced:
    """That something has changed, without its content: who may see that asks for it by a query."""

    position: int
    event: str
    """The stored name, such as `quoting.Quote.Accepted`."""
    aggregate_id: UUID
    kind: str
    version: int
    happened: str
    """In words: `quote accepted`."""
    recorded_at: datetime


class TooFarBehind(Exception):
    """The listener takes in less than is recorded: it is to come back with the last position that it has seen."""


class LiveChanges:
    """The changes of one log, for the listeners of one process."""

    def __init__(self, log: EventLog, *, window: int = WINDOW, heartbeat: float = HEARTBEAT) -> None:
        self._log, self._heartbeat = log, heartbeat
        self._window: deque[Announced] = deque(maxlen=window)
        self._last = 0
        self._news = asyncio.Event()
        self._tail: asyncio.Task[None] | None = None
        self._starting, self._reading = asyncio.Lock(), asyncio.Semaphore(AT_ONCE)
        self._closed = False

    async def listen(self, after: int, wanted: Callable[[Announced], bool]) -> AsyncIterator[Announced | int]:
        """Every wanted change after that position, without gap or repetition, until `close`; in between, when nothing
        has come for a while, the position that was reached. Raises `TooFarBehind`, `DatabaseUnavailable`.
        """
        position, was_there, clock = after, False, asyncio.get_running_loop().time
        told = clock()
        await self._follow_tail()
        while not self._closed:
            news = self._news
            batch = self._recent(position)
            if batch is None:
                if was_there:
                    raise TooFarBehind
                async with self._reading:
                    batch = await self._read(position)
            for change in batch:
                position = change.position
                if wanted(change):
                    yield change
                    told = clock()
            if not batch:
                was_there = True
                await self._wait(news, told + self._heartbeat - clock())
            if clock() - told >= self._heartbeat:
                yield position
                told = clock()

    def end(self) -> None:
        """Let every listener come to its end."""
        self._closed = True
        self._news.set()

    async def aclose(self) -> None:
        """The same, and stop reading."""
        self.end()
        if self._tail is not None:
            self._tail.cancel()
            await asyncio.gather(self._tail, return_exceptions=True)

    async def _wait(self, news: asyncio.Event, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(max(seconds, 0)):
                await news.wait()

    def _recent(self, position: int) -> Sequence[Announced] | None:
        """What the window has after this position; None if that begins before the window."""
        if position >= self._last:
            return ()
        if not self._window or position < (first := self._window[0].position) - 1:
            return None
        # Positions are dense, so a change's place follows from its position.
        start = position - first + 1
        return [self._window[place] for place in range(start, min(start + BATCH, len(self._window)))]

    async def _follow_tail(self) -> None:
        async with self._starting:
            if self._tail is None:
                self._last = await self._log.head()
                self._tail = asyncio.create_task(self._follow(), name="live changes")

    async def _follow(self) -> None:
        while True:
            try:
                if await self._log.wait_beyond(self._last, _IDLE) > self._last:
                    for change in await self._read(self._last):
                        self._window.append(change)
                        self._last = change.position
                    self._news.set()
                    self._news = asyncio.Event()
            except (DatabaseUnavailable, psycopg.Error, OSError) as error:
                logger.warning("The log's end cannot be read (%s); trying again", type(error).__name__)
                await asyncio.sleep(_BACKOFF)

    async def _read(self, position: int) -> list[Announced]:
        return [_announced(*row) for row in await self._log.rows(_READ, [position, BATCH])]


def _announced(position: int, topic: str, id: UUID, version: int, recorded_at: datetime) -> Announced:
    event = topic.partition("@")[0]
    return Announced(position, event, id, event.rpartition(".")[0], version, happened(event), recorded_at)
