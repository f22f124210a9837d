"""What the policies keep: up to where they have reacted, and what they asked for in vain."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import TupleRow, class_row
from psycopg_pool import AsyncConnectionPool

from application.unit_of_work import Reaction
from domain.shared.refusal import Refusal
from infrastructure.database import Role, connection_pool, unavailable

logger = logging.getLogger("q2c.policies")

REFUSED = b"""
    INSERT INTO policies.refusals (key, command, subject, position, code, detail) VALUES (%s, %s, %s, %s, %s, %s)
    ON CONFLICT (key) DO UPDATE SET position = excluded.position, code = excluded.code, detail = excluded.detail,
        refused_at = excluded.refused_at"""


KNOWN = b"SELECT key FROM policies.refusals WHERE key = ANY(%s)"
LATEST = b"""
    SELECT command, subject, position, code, detail, refused_at FROM policies.refusals
    ORDER BY position DESC, refused_at DESC LIMIT %s"""


@dataclass(frozen=True, slots=True)
class Refused:
    """What a policy or timer asked for in vain, and why; it stays on the list when somebody has done it by hand."""

    command: str
    subject: UUID | None
    position: int
    """Of the event after which it was asked for."""
    code: str
    detail: str
    refused_at: datetime


async def latest_refusals(connection: AsyncConnection[TupleRow], limit: int) -> list[Refused]:
    """The last things that were asked for in vain."""
    async with connection.cursor(row_factory=class_row(Refused)) as cursor:
        await cursor.execute(LATEST, [limit])
        return await cursor.fetchall()


class PolicyState:
    """The tables of the policies."""

    def __init__(self, database_url: str) -> None:
        self._pool: AsyncConnectionPool[AsyncConnection[TupleRow]] = connection_pool(
            database_url, Role.WRITER, "q2c policies", min_size=0, max_size=2
        )

    async def open(self) -> None:
        """Ready to connect when first needed."""
        await self._pool.open()

    async def close(self) -> None:
        """Disconnect."""
        await self._pool.close()

    async def record_refusal(self, reaction: Reaction, position: int, problem: Exception) -> None:
        """Keep what was asked for in vain, for somebody to look at: of a breakdown its kind, as its text may quote."""
        command = type(reaction.command).__name__
        if isinstance(problem, Refusal):
            code, detail = problem.code(), problem.detail
        else:
            code, detail = "failed", type(problem).__name__
        logger.warning("%s came to nothing after position %s: %s", command, position, code)
        await self._record([reaction.key, command, reaction.on, position, code, detail])

    async def record_unreadable(self, topic: str, subject: UUID, position: int) -> None:
        """Keep that nobody knows what would have followed from an event, since it cannot be read."""
        logger.error("Policies cannot read %s at position %s", topic, position)
        await self._record([f"what follows from position {position}", "", subject, position, "unreadable", topic])

    async def _record(self, row: Sequence[Any]) -> None:
        with unavailable():
            async with self._pool.connection() as connection:
                await connection.execute(REFUSED, row)

    async def known_refusals(self, keys: Sequence[str]) -> set[str]:
        """Those of the keys under which something was asked for in vain."""
        with unavailable():
            async with self._pool.connection() as connection:
                cursor = await connection.execute(KNOWN, [list(keys)])
                return {row[0] for row in await cursor.fetchall()}

    async def position(self) -> int:
        """Up to where everything has been reacted to."""
        with unavailable():
            async with self._pool.connection() as connection:
                row = await (await connection.execute(b"SELECT position FROM policies.position")).fetchone()
        return int(row[0]) if row else 0

    async def advance(self, position: int) -> None:
        """Everything up to there has been reacted to. Never goes back."""
        with unavailable():
            async with self._pool.connection() as connection:
                await connection.execute(b"UPDATE policies.position SET position = greatest(position, %s)", [position])
