"""The log behind the library's own recorder interface: synchronous, for its test cases and for tools written on it."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from threading import Lock, Thread
from typing import Any, TypeVar
from uuid import UUID

from eventsourcing.persistence import (
    ApplicationRecorder,
    IntegrityError,
    InterfaceError,
    Notification,
    StoredEvent,
    Subscription,
)

from infrastructure.event_log.log import LAST_POSITION, EventLog
from infrastructure.event_log.saves import Stale
from infrastructure.event_log.statement import LAST_VERSION, encoded
from infrastructure.idempotency import fresh_key

T = TypeVar("T")

SELECT_EVENTS = b"""
    SELECT originator_id, originator_version, topic, state FROM log.events
    WHERE originator_id = %s AND originator_version > %s AND originator_version <= %s
    ORDER BY originator_version """
SELECT_NOTIFICATIONS = b"""
    SELECT originator_id, originator_version, topic, state, position FROM log.events
    WHERE position >= %s AND position <= %s AND (%s OR topic = ANY(%s)) ORDER BY position LIMIT %s"""


class SynchronousRecorder(ApplicationRecorder):
    """A log with an event loop of its own in a thread. Close it."""

    def __init__(self, database_url: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="event log", daemon=True)
        self._thread.start()
        self._accepting = True
        self._closing = Lock()
        self._log = EventLog(database_url, name="recorder")
        self._run(self._log.open())

    def close(self) -> None:
        """Write what waits, disconnect, and end the thread; calls still under way in other threads are cancelled."""
        with self._closing:
            self._accepting = False
            finished = asyncio.run_coroutine_threadsafe(self._finish(), self._loop)
        finished.result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _finish(self) -> None:
        await self._log.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def insert_events(self, stored_events: Sequence[StoredEvent], **_: Any) -> Sequence[int]:
        """Append them as one save; returns their positions. Raises IntegrityError where a version is taken."""
        if not stored_events:
            return []
        try:
            save = encoded(
                actor="recorder",
                key=fresh_key(),
                digest=b"",
                metadata=b"{}",
                ids=[_uuid(event.originator_id) for event in stored_events],
                versions=[event.originator_version for event in stored_events],
                topics=[event.topic for event in stored_events],
                states=[event.state for event in stored_events],
            )
            last = self._run(self._log.append_encoded(save)).position
        except Stale as error:
            raise IntegrityError(str(error)) from None
        return list(range(last - len(stored_events) + 1, last + 1))

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        """One aggregate's events of versions beyond `gt` and up to `lte`."""
        query = SELECT_EVENTS + (b"DESC LIMIT %s" if desc else b"LIMIT %s")
        after = -1 if gt is None else gt
        until = LAST_VERSION if lte is None else lte
        rows = self._run(self._log.rows(query, [_uuid(originator_id), after, until, limit]))
        return [StoredEvent(*row) for row in rows]

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        """The whole log's events from `start` to `stop`, of these topics if any are given."""
        first = (start or 0) + (not inclusive_of_start)
        until = LAST_POSITION if stop is None else stop
        rows = self._run(self._log.rows(SELECT_NOTIFICATIONS, [first, until, not topics, list(topics), limit]))
        return [Notification(*row) for row in rows]

    def max_notification_id(self) -> int | None:
        """The last position; None while the log is empty."""
        return self._run(self._log.head()) or None

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> Subscription[ApplicationRecorder]:
        """Every event beyond `gt`, for ever."""
        return _Following(self, gt, topics)

    def wait_beyond(self, position: int, timeout: float) -> int:
        """As `EventLog.wait_beyond`."""
        return self._run(self._log.wait_beyond(position, timeout))

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        with self._closing:
            if not self._accepting:
                work.close()
                raise InterfaceError("the recorder is closed")
            running = asyncio.run_coroutine_threadsafe(work, self._loop)
        return running.result()


class _Following(Subscription[SynchronousRecorder]):
    def __next__(self) -> Notification:
        while not self._has_been_stopped:
            after = self._last_notification_id or 0
            head = self._recorder.wait_beyond(after, timeout=0.2)
            found = self._recorder.select_notifications(after, 1, head, self._topics, inclusive_of_start=False)
            # Where the topics leave out all that there is, go on from there.
            self._last_notification_id = found[0].id if found else max(head, after)
            if found:
                return found[0]
        raise StopIteration


def _uuid(id: UUID | str) -> UUID:
    return id if isinstance(id, UUID) else UUID(id)
