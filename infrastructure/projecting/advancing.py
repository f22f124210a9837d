"""One read model moved forward: effects and position in one transaction, under the row lock of its position."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

import psycopg
from psycopg import AsyncConnection, Rollback

from infrastructure.event_log import RecordedEvent
from infrastructure.projecting.applying import DATABASE_GONE, CannotApply, Step, execute_singly, execute_together, plan
from projections.shared import ReadModel


class Advance(Enum):
    """What became of a batch."""

    DONE = "done"
    ELSEWHERE = "elsewhere"
    """The read model is not where these events begin: read its standing anew."""
    HELD = "held"
    """Another worker holds the read model."""


async def advance(
    connection: AsyncConnection, model: ReadModel, made_by: str, after: int, events: Sequence[RecordedEvent]
) -> Advance:
    """Apply the events that follow position `after`, exactly once, in the schema that the connection has entered.

    Raises `CannotApply` for an event that cannot be processed; those before it are applied.
    """
    try:
        return await _advance(connection, model, made_by, after, events, singly=False)
    except DATABASE_GONE:
        raise
    except (CannotApply, psycopg.Error):
        return await _advance_singly(connection, model, made_by, after, events)


async def _advance_singly(
    connection: AsyncConnection, model: ReadModel, made_by: str, after: int, events: Sequence[RecordedEvent]
) -> Advance:
    for event in events:
        outcome = await _advance(connection, model, made_by, after, [event], singly=True)
        if outcome is not Advance.DONE:
            return outcome
        after = event.position
    return Advance.DONE


async def _advance(
    connection: AsyncConnection,
    model: ReadModel,
    made_by: str,
    after: int,
    events: Sequence[RecordedEvent],
    *,
    singly: bool,
) -> Advance:
    steps = plan(model, events)
    async with connection.transaction():
        outcome = await _lease(connection, made_by, after)
        if outcome is not Advance.DONE:
            raise Rollback
        await execute_steps(connection, type(model), steps, after, events[-1].position, singly=singly)
    return outcome


async def execute_steps(
    connection: AsyncConnection,
    model: type[ReadModel],
    steps: Sequence[Step],
    after: int,
    position: int,
    *,
    singly: bool,
) -> None:
    """The effects and the new position. Raises `Moved` if the read model is not at `after` any more."""
    await (execute_singly if singly else execute_together)(connection, model, steps)
    # Names are looked up anew in each statement: should a rebuilt schema have taken this one's place between the lock
    # and the effects, then its position tells, and nothing is kept.
    cursor = await connection.execute(
        "update position set position = %s, failure = null where position = %s", [position, after]
    )
    if cursor.rowcount != 1:
        raise Moved(f"{model.NAME} left position {after} while its events were applied")


class Moved(psycopg.OperationalError):
    """The read model was swapped for a rebuilt one meanwhile; nothing was changed."""


async def _lease(connection: AsyncConnection, made_by: str, after: int) -> Advance:
    cursor = await connection.execute("select position, fingerprint from position for update skip locked")
    row = await cursor.fetchone()
    if row is None:
        return Advance.HELD
    return Advance.DONE if row == (after, made_by) else Advance.ELSEWHERE
