"""The event log: append, and every way to read."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from itertools import starmap
from typing import Any, Self, TypeVar
from uuid import UUID

from psycopg import OperationalError
from psycopg.errors import AdminShutdown
from psycopg.pq import Format
from psycopg.rows import TupleRow

from domain.shared.aggregate import Aggregate
from infrastructure.database import Role, assert_durable, connection_pool, unavailable
from infrastructure.event_log.changes import HEAD, Changes
from infrastructure.event_log.exclusive import Exclusive, Turn
from infrastructure.event_log.group_commit import GroupCommit
from infrastructure.event_log.recorded import COLUMNS, RecordedEvent
from infrastructure.event_log.saves import Appended, FoundSave, Save
from infrastructure.event_log.snapshots import Snapshots
from infrastructure.event_log.statement import LAST_VERSION, Encoded, encode_save
from infrastructure.sending import Columns, Sender

FIND = b"SELECT digest, position, originator_id FROM log.events WHERE actor = %s AND key = %s"
EVENTS_OF = (
    b"SELECT " + COLUMNS + b" FROM log.events WHERE originator_id = %s"
    b" AND originator_version > %s AND originator_version <= %s AND position <= %s ORDER BY originator_version"
)
READ = b"SELECT " + COLUMNS + b" FROM log.events WHERE position > %s ORDER BY position LIMIT %s"
KNOWN = b"SELECT key FROM log.events WHERE actor = %s AND key = ANY(%s)"
OWNER = b"SELECT owner FROM log.claims WHERE scope = %s AND value = %s"
LAST_POSITION = 2**63 - 1
A = TypeVar("A", bound=Aggregate)


class EventLog:
    """A process's way to the log; open it in the event loop that uses it. Every call may raise DatabaseUnavailable."""

    def __init__(self, database_url: str, *, name: str = "q2c", readers: int = 4) -> None:
        self._readers = connection_pool(database_url, Role.WRITER, f"{name} read", max_size=readers)
        self._changes = Changes(database_url, f"{name} listen")
        self._commit = GroupCommit(database_url, name, self._changes.saw)
        self._exclusive = Exclusive(database_url, f"{name} exclusive")
        self.snapshots = Snapshots(self.rows)

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def open(self) -> None:
        """Connect. Raises DatabaseUnavailable."""
        await self._commit.open()
        try:
            with unavailable():
                await self._readers.open(wait=True, timeout=5)
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Write what is waiting to be written, then disconnect."""
        await self._commit.close()
        await self._changes.close()
        await self._exclusive.close()
        await self.snapshots.close()
        await self._readers.close()

    def listen(self, channel: str, heard: Callable[[], None]) -> None:
        """Call it at every notice on that channel of the database, and whenever some may have been lost."""
        self._changes.listen(channel, heard)

    async def append(self, save: Save) -> Appended:
        """Keep the save. It is on disk when this answers.

        Raises Stale, KeyReused, ClaimTaken, NotStorable, LogBusy (nothing was written) or LogUnavailable (unknown).
        """
        return await self.append_encoded(encode_save(save))

    async def append_encoded(self, save: Encoded) -> Appended:
        """The same for a save whose events are bytes already."""
        return await self._commit.append(save)

    async def find(self, actor: str, key: str) -> FoundSave | None:
        """What the actor saved under this key, if anything. None does not say that a lost append will not come yet."""
        rows = await self.rows(FIND, [actor, key])
        return FoundSave(*rows[0]) if rows else None

    async def owner_of(self, scope: str, value: str) -> UUID | None:
        """Who claimed this value, if anybody."""
        rows = await self.rows(OWNER, [scope, value])
        return rows[0][0] if rows else None

    async def known_keys(self, actor: str, keys: Sequence[str]) -> set[str]:
        """Those of the keys under which the actor has saved something."""
        return {row[0] for row in await self.rows(KNOWN, [actor, list(keys)])}

    async def load(self, kind: type[A], id: UUID) -> A:
        """The aggregate as it is, at version 0 where there is none. Raises OfAnotherKind, UnknownTopic."""
        return await self.snapshots.load(kind, id)

    async def events_of(
        self,
        originator_id: UUID,
        *,
        after_version: int = -1,
        up_to_version: int | None = None,
        up_to_position: int | None = None,
    ) -> list[RecordedEvent]:
        """One aggregate's events in order."""
        version = LAST_VERSION if up_to_version is None else up_to_version
        position = LAST_POSITION if up_to_position is None else up_to_position
        return await self._events(EVENTS_OF, [originator_id, after_version, version, position])

    async def read(self, after_position: int, limit: int) -> list[RecordedEvent]:
        """The next events of the whole log, at most `limit`. No earlier position will ever be filled later."""
        return await self._events(READ, [after_position, limit])

    async def pages(self, after_position: int, upto: int, size: int) -> AsyncGenerator[list[RecordedEvent]]:
        """The whole log from after one position up to another, or to its end: at most `size` events at a time.

        The next ones are read while these are worked on. Close it where it is not read to its end.
        """
        ahead = self._ahead(after_position, upto, size)
        try:
            while ahead is not None and (page := await ahead):
                ahead = self._ahead(page[-1].position, upto, size)
                await asyncio.sleep(0)  # it is asked for before whoever works on these lets nobody else have a turn
                yield page
        finally:
            if ahead is not None:
                ahead.cancel()
                await asyncio.gather(ahead, return_exceptions=True)

    def _ahead(self, position: int, upto: int, size: int) -> asyncio.Task[list[RecordedEvent]] | None:
        # Positions are dense: so many are left.
        left = min(size, upto - position)
        return asyncio.create_task(self.read(position, left)) if left > 0 else None

    async def head(self) -> int:
        """The last position; 0 while the log is empty."""
        rows = await self.rows(HEAD, [])
        return int(rows[0][0])

    async def position_at(self, instant: datetime) -> int:
        """The last position recorded at or before the instant; 0 before the first event."""
        rows = await self.rows(b"SELECT log.position_at(%s)", [instant])
        return int(rows[0][0])

    async def wait_beyond(self, position: int, timeout: float) -> int:
        """Wait until the log is longer than `position`, at most `timeout` seconds; returns the last position known."""
        return await self._changes.wait_beyond(position, timeout)

    def changes(self, after_position: int = 0) -> AsyncIterator[int]:
        """The head of the log each time that it is seen to have moved, for ever."""
        return self._changes.since(after_position)

    def exclusive(self, name: str) -> AbstractAsyncContextManager[Turn]:
        """Hold a name against every process of this database, first come first served, for a much contended aggregate.

        In this process the next one begins as soon as a turn is passed on.
        Raises LogBusy where it is not free in time. It spares conflicts; that nothing is written twice, append sees to.
        """
        return self._exclusive(name)

    async def assert_durable(self) -> None:
        """Raises NotDurable where the server acknowledges what is not on disk."""
        with unavailable():
            async with self._readers.connection() as connection:
                await assert_durable(connection)

    async def rows(self, query: bytes, arguments: Sequence[Any] | Mapping[str, Any]) -> list[TupleRow]:
        """What a query of the log answers; a statement that answers nothing but that it was done, none."""
        with unavailable():
            try:
                return await self._fetch(query, arguments)
            except OperationalError as error:
                # A read may be asked again: one lost connection, found at rest in the pool, fails no reader.
                if error.sqlstate is not None and not isinstance(error, AdminShutdown):
                    raise
                await self._readers.check()
                return await self._fetch(query, arguments)

    async def _events(self, query: bytes, arguments: Sequence[Any]) -> list[RecordedEvent]:
        return list(starmap(RecordedEvent, await self.rows(query, arguments)))

    async def _fetch(self, query: bytes, arguments: Sequence[Any] | Mapping[str, Any]) -> list[TupleRow]:
        async with self._readers.connection() as connection:
            return await Sender.of(connection).ask(connection, query, arguments, _tuples, Format.BINARY)


def _tuples(_: Columns) -> type[tuple[Any, ...]]:
    return tuple
