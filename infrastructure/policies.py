"""What stands behind the policies: the record of what they asked for in vain, and catching up after a crash.

The process that carries out a command carries out its reactions right after. Only what a crash left undone is left for
the catching up, which asks for everything again: a reaction's key makes a second time harmless.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from psycopg import AsyncConnection
from psycopg.rows import TupleRow
from psycopg_pool import AsyncConnectionPool

from application.unit_of_work import Envelope, Reaction
from domain.shared.refusal import Refusal
from infrastructure.clock import Clock
from infrastructure.database import Role, connection_pool, unavailable
from infrastructure.event_log import EventLog, RecordedEvent

if TYPE_CHECKING:
    from infrastructure.application import Application

logger = logging.getLogger("q2c.policies")

BATCH = 500
GRACE = timedelta(seconds=3)
"""The process that appended an event has this long to react to it, before catching up does it instead."""
REFUSED = b"""
    INSERT INTO policies.refusals (key, command, subject, position, code, detail) VALUES (%s, %s, %s, %s, %s, %s)
    ON CONFLICT (key) DO UPDATE SET position = excluded.position, code = excluded.code, detail = excluded.detail,
        refused_at = excluded.refused_at"""


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

    async def record_refusal(self, reaction: Reaction, position: int, refusal: Refusal) -> None:
        """Keep what was asked for in vain, for somebody to look at."""
        command = type(reaction.command).__name__
        logger.warning("%s was refused after position %s: %s", command, position, refusal.code())
        row = [reaction.key, command, reaction.on, position, refusal.code(), refusal.detail]
        with unavailable():
            async with self._pool.connection() as connection:
                await connection.execute(REFUSED, row)

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


async def catch_up(application: Application, log: EventLog, state: PolicyState, clock: Clock) -> None:
    """React, for ever, to what no living process has reacted to."""
    position = await state.position()
    while True:
        recorded = await log.read(position, BATCH)
        ripe = [each for each in recorded if clock.now() - each.recorded_at >= GRACE]
        for each in ripe:
            await _react(application, each)
        if ripe:
            position = ripe[-1].position
            await state.advance(position)
        elif recorded:
            await asyncio.sleep((GRACE - (clock.now() - recorded[0].recorded_at)).total_seconds())
        else:
            await log.wait_beyond(position, 60)


async def _react(application: Application, recorded: RecordedEvent) -> None:
    metadata = recorded.metadata
    envelope = Envelope(
        key=str(metadata["correlation_id"]),
        actor=str(metadata["actor"]),
        on_behalf_of=metadata["on_behalf_of"],
        at=recorded.event.timestamp,
        correlation_id=metadata["correlation_id"],
        causation_depth=int(metadata["causation_depth"]),
    )
    await application.react([recorded], envelope)
