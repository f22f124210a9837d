"""Builds that are wrong in one way each: what judges the real one has to catch them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from psycopg import AsyncConnection, Connection

from infrastructure.database import Role, connect, unavailable
from infrastructure.event_log import Appended, EventLog, FoundSave, LogError, Save
from infrastructure.work import Work

SEQUENCED = """
    CREATE SCHEMA sequenced;
    CREATE TABLE sequenced.events (position bigserial PRIMARY KEY, originator_id uuid NOT NULL)"""

LATE_KEYS = """
    CREATE SCHEMA late;
    CREATE TABLE late.keys (actor text, key text, digest bytea, position bigint, PRIMARY KEY (actor, key));
    GRANT USAGE ON SCHEMA late TO q2c_writer;
    GRANT SELECT, INSERT ON late.keys TO q2c_writer"""

UNFLUSHED = "-c%20synchronous_commit%3Doff"


@dataclass(frozen=True, slots=True)
class Row:
    """What a reader of the sequenced log sees."""

    position: int
    originator_id: UUID


class SequencedLog:
    """Takes positions from a sequence, without a lock: whoever is first to commit is not whoever came first."""

    def __init__(self, database_url: str) -> None:
        self._url = database_url

    @staticmethod
    def prepare(connection: Connection[Any]) -> None:
        """Make its table, beside the log."""
        connection.execute(SEQUENCED)

    async def append(self, save: Save) -> int:
        """The position of the last event."""
        async with await AsyncConnection.connect(self._url) as connection:
            ids = [event.originator_id for event in save.events]
            inserted = await connection.execute(
                "INSERT INTO sequenced.events (originator_id) SELECT unnest(%s::uuid[]) RETURNING position", [ids]
            )
            return max(int(position) for (position,) in await inserted.fetchall())

    async def read(self, after_position: int, limit: int) -> Sequence[Row]:
        """The next events, as far as one can tell."""
        async with await AsyncConnection.connect(self._url) as connection:
            found = await connection.execute(
                "SELECT position, originator_id FROM sequenced.events WHERE position > %s ORDER BY position LIMIT %s",
                [after_position, limit],
            )
            return [Row(*row) for row in await found.fetchall()]


class UncheckedReads(EventLog):
    """Forgets what a save was decided on."""

    async def append(self, save: Save) -> Appended:
        """See `EventLog.append`."""
        return await super().append(replace(save, reads=()))


class LateKeys(EventLog):
    """Keeps the idempotency key once the save is committed, in a statement of its own."""

    def __init__(self, database_url: str) -> None:
        super().__init__(database_url)
        self._url = database_url

    @staticmethod
    def prepare(connection: Connection[Any]) -> None:
        """Make the table of keys."""
        connection.execute(LATE_KEYS)

    async def append(self, save: Save) -> Appended:
        """See `EventLog.append`."""
        if found := await self.find(save.actor, save.key):
            (last,) = await self.read(found.position - 1, 1)
            return Appended(found.position, last.recorded_at, replayed=True)
        appended = await super().append(replace(save, key=str(uuid4())))
        with unavailable():
            async with await connect(self._url, Role.WRITER, "late keys") as connection:
                await connection.execute(
                    "INSERT INTO late.keys VALUES (%s, %s, %s, %s)",
                    [save.actor, save.key, save.digest, appended.position],
                )
        return appended

    async def find(self, actor: str, key: str) -> FoundSave | None:
        """See `EventLog.find`."""
        rows = await self.rows(b"SELECT digest, position FROM late.keys WHERE actor = %s AND key = %s", [actor, key])
        return FoundSave(rows[0][0], rows[0][1], UUID(int=0)) if rows else None


class Hasty(EventLog):
    """Says that a save is kept, and writes it when it is closed: all is well unless it is killed before."""

    def __init__(self, database_url: str, *, name: str) -> None:
        super().__init__(database_url, name=name)
        self._saves: list[Save] = []

    async def append(self, save: Save) -> Appended:
        """See `EventLog.append`."""
        self._saves.append(save)
        return _told(await self.head() + sum(len(each.events) for each in self._saves))

    async def close(self) -> None:
        """See `EventLog.close`."""
        for save in self._saves:
            await super().append(save)
        await super().close()


class Silent(EventLog):
    """Says that a save is kept, whatever has become of it: all is well while there is no trouble."""

    async def append(self, save: Save) -> Appended:
        """See `EventLog.append`."""
        try:
            return await super().append(save)
        except LogError:
            return _told(0)


class Undurable(EventLog):
    """Says that a save is kept before the disk has it."""

    def __init__(self, database_url: str, *, name: str) -> None:
        super().__init__(f"{database_url}&options={UNFLUSHED}", name=name)

    async def assert_durable(self) -> None:
        """See `EventLog.assert_durable`."""


def _told(position: int) -> Appended:
    return Appended(position, datetime.now(UTC), replayed=False)


class TrustsCopies(Work):
    """Never says that it looked at a copy, so that what a copy refuses is refused for good."""

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, False if name == "trusted_a_copy" else value)
