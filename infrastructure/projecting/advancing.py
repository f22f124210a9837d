"""One read model moved forward: effects and position in one transaction, under the row lock of its position."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from uuid import UUID

import psycopg
from psycopg import AsyncConnection, Rollback
from psycopg.errors import DivisionByZero
from psycopg.pq import TransactionStatus

from infrastructure.event_log import RecordedEvent
from infrastructure.projecting import parking
from infrastructure.projecting.applying import (
    DATABASE_GONE,
    REFUSED,
    CannotApply,
    Together,
    execute_singly,
    execute_together,
    passes,
    plan,
)
from infrastructure.sending import ENTER, Sender, Statement
from projections.shared import ReadModel

logger = logging.getLogger("q2c.projecting")


BEGIN: Statement = ("begin", {})
_HOLD = """select 1 / count(*) from (select from position where position = %(position)s::bigint
    and made_at = %(made_at)s and not exists (select from parked) for update skip locked) as held"""
"""Divides by zero where the read model is not ours to move from there, or leaves something out: nothing that follows
is executed then."""
_MOVE = """update position set position = %(to)s::bigint, applied = applied + %(applied)s::bigint, failure = null
    where position = %(position)s::bigint and made_at = %(made_at)s"""
_MOVE_ON = """update position set position = %(to)s::bigint, failure = null
    where position = %(position)s::bigint and made_at = %(made_at)s and not exists (select from parked)
    and only_row in (select only_row from position for update skip locked)"""


class Advance(Enum):
    """What became of a batch."""

    DONE = "done"
    ELSEWHERE = "elsewhere"
    """The read model is not where these events begin: read its standing anew."""
    HELD = "held"
    """Another worker holds the read model."""


@dataclass(frozen=True, slots=True)
class Move:
    """A read model, and the events that follow the position where it stands."""

    model: ReadModel
    made_at: datetime
    """When it was begun to be made."""
    after: int
    events: Sequence[RecordedEvent]


class Moved(psycopg.OperationalError):
    """The read model was swapped for a rebuilt one meanwhile; nothing was changed."""


@dataclass(slots=True)
class _Lease:
    """The right to move a read model until the transaction ends, and how it stands."""

    outcome: Advance
    applied: int = 0
    parked: set[UUID] = field(default_factory=set)


async def advance(
    connection: AsyncConnection, model: ReadModel, made_at: datetime, after: int, events: Sequence[RecordedEvent]
) -> Advance:
    """Apply the events that follow position `after`, exactly once, in the schema that the connection has entered, which
    was begun to be made at `made_at`.

    An event that cannot be processed is parked with its aggregate. Raises `CannotApply` where so many are that the read
    model itself must be wrong; the events before are applied.
    """
    if passes(model, events) and await _pass(connection, made_at, after, events[-1].position):
        return Advance.DONE
    try:
        idle = connection.info.transaction_status is TransactionStatus.IDLE
        if idle and await at_once(connection, [Move(model, made_at, after, events)]):
            return Advance.DONE
        return await _together(connection, model, made_at, after, events)
    except DATABASE_GONE:
        raise
    except (CannotApply, psycopg.Error, *REFUSED):
        return await _one_by_one(connection, model, made_at, after, events)


async def _pass(connection: AsyncConnection, made_at: datetime, after: int, position: int) -> bool:
    """Move on where there is nothing to be done, which needs no transaction; whether that was as easy as that."""
    values = {"to": position, "position": after, "made_at": made_at}
    return await Sender.of(connection).send(connection, [(_MOVE_ON, values)]) == [1]


async def at_once(connection: AsyncConnection, moves: Sequence[Move], *, enter: bool = False) -> bool:
    """Two round trips to the database for all of them, as long as nothing is parked and nobody else holds one of them;
    whether it was as easy as that. Otherwise nothing has changed. `enter` their schemas, where the connection is in
    none.

    Raises what `advance` handles.
    """
    together = [_hold_and_move(move, enter=enter) for move in moves]
    try:
        for move, moved in zip(moves, await execute_together(connection, [BEGIN], together), strict=True):
            _check_moved(move.model, move.after, moved)
        await connection.commit()
    except DivisionByZero:
        await connection.rollback()
        return False
    except BaseException:
        if not connection.broken:
            await connection.rollback()
        raise
    return True


def _hold_and_move(move: Move, *, enter: bool) -> Together:
    steps = plan(move.model, move.events)
    first: list[Statement] = [(ENTER, {"schema": move.model.NAME})] if enter else []
    first.append((_HOLD, {"position": move.after, "made_at": move.made_at}))
    last = _moving(move.made_at, move.after, move.events[-1].position, len({step.position for step in steps}))
    return Together(type(move.model), first, steps, last)


async def _together(
    connection: AsyncConnection, model: ReadModel, made_at: datetime, after: int, events: Sequence[RecordedEvent]
) -> Advance:
    async with connection.transaction():
        lease = await _lease(connection, made_at, after)
        if lease.outcome is not Advance.DONE:
            raise Rollback
        steps = plan(model, [event for event in events if event.originator_id not in lease.parked])
        await parking.count(connection, [event for event in events if event.originator_id in lease.parked])
        move = _moving(made_at, after, events[-1].position, len({step.position for step in steps}))
        [moved] = await execute_together(connection, [], [Together(type(model), [], steps, move)])
        _check_moved(model, after, moved)
    return lease.outcome


async def _one_by_one(
    connection: AsyncConnection, model: ReadModel, made_at: datetime, after: int, events: Sequence[RecordedEvent]
) -> Advance:
    """Slow, and so that what cannot be processed leaves no trace but its row among the parked."""
    parked: list[CannotApply] = []
    stopped: CannotApply | None = None
    async with connection.transaction():
        lease = await _lease(connection, made_at, after)
        if lease.outcome is not Advance.DONE:
            raise Rollback
        position, applied = after, lease.applied
        for event in events:
            refused = await _apply_or_count(connection, model, lease, event)
            if refused is not None:
                if parking.is_no_exception(lease.parked, lease.applied):
                    stopped = refused
                    break
                await parking.park(connection, event, refused)
                lease.parked.add(event.originator_id)
                parked.append(refused)
            position = event.position
        sql, values = _moving(made_at, after, position, lease.applied - applied)
        _check_moved(model, after, (await connection.execute(sql.encode(), values)).rowcount)
    for refused in parked:
        logger.error("%s; its aggregate is parked, the others go on", refused)
    if stopped is not None:
        raise stopped
    return lease.outcome


async def _apply_or_count(
    connection: AsyncConnection, model: ReadModel, lease: _Lease, event: RecordedEvent
) -> CannotApply | None:
    """Why the event cannot be processed, if so."""
    if event.originator_id in lease.parked:
        await parking.count(connection, [event])
        return None
    try:
        async with connection.transaction():
            steps = plan(model, [event])
            await execute_singly(connection, type(model), steps)
    except CannotApply as refused:
        return refused
    lease.applied += bool(steps)
    return None


async def _lease(connection: AsyncConnection, made_at: datetime, after: int) -> _Lease:
    cursor = await connection.execute(
        "select (position, made_at) = (%s, %s), applied, array(select originator_id from parked)"
        " from position for update skip locked",
        [after, made_at],
    )
    row = await cursor.fetchone()
    if row is None:
        return _Lease(Advance.HELD)
    is_there, applied, parked = row
    return _Lease(Advance.DONE if is_there else Advance.ELSEWHERE, applied, set(parked))


def _moving(made_at: datetime, after: int, position: int, applied: int) -> Statement:
    return _MOVE, {"to": position, "applied": applied, "position": after, "made_at": made_at}


def _check_moved(model: ReadModel, after: int, rows: int) -> None:
    # Names are looked up anew in each statement: should a rebuilt schema have taken this one's place between the lock
    # and the effects, then its row tells, and nothing is kept.
    if rows != 1:
        raise Moved(f"{model.NAME} left position {after} while its events were applied")
