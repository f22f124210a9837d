"""The log's events for several read models at once: each is read and decoded once, however many follow it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from functools import partial
from time import monotonic

from infrastructure.event_log import EventLog, RecordedEvent

BATCH = 500
"""Events to apply in one transaction at most: enough that commits cost little, few enough that waits stay short."""
PACE = 0.008
"""Seconds between two looks at the log's end: what comes meanwhile is read at once, and moves read models at once. One
save that comes alone waits for nothing."""
Reading = Callable[[int], AsyncGenerator[Sequence[RecordedEvent]]]
"""The log's events up to a position, some at a time."""
LEAD = 4
"""Batches that one read model may be ahead of another that is made anew beside it."""


class Feed:
    """Events in log order. Read models that are close to one another share what one of them has read."""

    def __init__(self, log: EventLog, batch: int = BATCH) -> None:
        self._log = log
        self._batch = batch
        self._reading = asyncio.Lock()
        self._waiting = asyncio.Lock()
        self._window: list[RecordedEvent] = []
        self._next_look = 0.0

    async def after(self, position: int) -> Sequence[RecordedEvent]:
        """The next events after this position, at most a batch; none at the end of the log."""
        async with self._reading:
            known = self._known(position)
            if known:
                return known
            events = await self._read(position)
            if events:
                follows = bool(self._window) and self._window[-1].position == position
                self._window = (self._window[-LEAD * self._batch :] if follows else []) + events
            return events

    async def _read(self, position: int) -> list[RecordedEvent]:
        time = asyncio.get_running_loop().time
        await asyncio.sleep(self._next_look - time())
        events = list(await self._log.read(position, self._batch))
        if 0 < len(events) < self._batch:
            self._next_look = time() + PACE
        return events

    def forget(self) -> None:
        """Read everything anew: what was read may be of a log that is no longer there."""
        self._window = []

    def _known(self, position: int) -> Sequence[RecordedEvent]:
        if not self._window or position < (first := self._window[0].position) - 1:
            return ()
        # Positions are dense, so an event's place follows from its position.
        return self._window[position - first + 1 :][: self._batch]

    async def beyond(self, position: int, timeout: float) -> int:
        """Wait until the log has more than this position, or for `timeout` seconds; how far it is known to go."""
        until = monotonic() + timeout
        # One of them waits for the log, those at the same place find the answer in the window, or that time is up.
        async with self._waiting:
            if events := await self.after(position):
                return events[-1].position
            return await self._log.wait_beyond(position, max(until - monotonic(), 0))


class Convoy:
    """Events for read models that are made anew at once: none gets so far ahead that the others read anew."""

    def __init__(self, log: EventLog, batch: int) -> None:
        self._log, self._batch = log, batch
        self._feed = Feed(log, batch)
        self._lead = (LEAD - 1) * batch
        self._places: dict[str, int] = {}
        self._moved = asyncio.Condition()

    def join(self, name: str) -> Reading:
        """How one reads that begins at the beginning. The others wait for it; if they are far ahead, it goes by itself:
        to wait for so long would cost them their connections."""
        if any(place > self._lead for place in self._places.values()):
            return partial(self._log.pages, 0, size=self._batch)
        self._places[name] = 0
        return partial(self._pages, name)

    async def _pages(self, name: str, upto: int) -> AsyncGenerator[Sequence[RecordedEvent]]:
        position = 0
        while position < upto:
            await self._near(name, position)
            events = (await self._feed.after(position))[: upto - position]
            if not events:
                break
            yield events
            position = events[-1].position

    async def _near(self, name: str, position: int) -> None:
        """Wait until the others are near the one that has come so far."""
        async with self._moved:
            self._places[name] = position
            self._moved.notify_all()
            await self._moved.wait_for(lambda: position <= min(self._places.values()) + self._lead)

    async def leave(self, name: str) -> None:
        """Nobody waits for that one any more."""
        async with self._moved:
            self._places.pop(name, None)
            self._moved.notify_all()
