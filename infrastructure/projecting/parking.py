"""What a read model could not process: the event is parked with its aggregate, and the others go on.

From then on the aggregate's later events are counted and not applied, since effects need their order. Only a rebuild
beside the live tables leaves that state: what else was recorded meanwhile has to come in its place, too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import class_row
from psycopg.sql import SQL, Identifier

from infrastructure.event_log import RecordedEvent
from infrastructure.projecting.applying import CannotApply

MOST = 1_000
"""So many aggregates may be parked; one more, and the read model stops: that is not a few odd events."""
FEW = 20
"""So many may be parked whatever else was applied; beyond, more must have been applied than are parked."""


@dataclass(frozen=True, slots=True)
class Parked:
    """An aggregate that is left out of a read model, the first event that could not be processed, and why not."""

    originator_id: UUID
    position: int
    topic: str
    problem: str
    """Statement and kind of failure, without any value."""
    later: int
    """How many events of the aggregate have come since, and wait behind it."""


def is_no_exception(parked: Collection[UUID], applied: int) -> bool:
    """Whether one more would rather be the read model's fault than the event's."""
    return len(parked) >= MOST or len(parked) >= max(FEW, applied)


async def park(connection: AsyncConnection, event: RecordedEvent, refused: CannotApply) -> None:
    """Leave the event's aggregate out from here on, in the schema that the connection has entered."""
    await connection.execute(
        "insert into parked (originator_id, position, topic, problem) values (%s, %s, %s, %s)",
        [event.originator_id, event.position, event.topic, f"{refused.statement}: {refused.problem}"],
    )


async def count(connection: AsyncConnection, waiting: Iterable[RecordedEvent]) -> None:
    """More events of parked aggregates have come."""
    found = Counter(event.originator_id for event in waiting)
    if found:
        await connection.execute(
            "update parked set later = later + more from unnest(%s::uuid[], %s::integer[]) as came (id, more)"
            " where originator_id = id",
            [list(found), list(found.values())],
        )


async def listed(connection: AsyncConnection, schema: str) -> list[Parked]:
    """What is parked in the read model of this schema, in log order."""
    exists = await connection.execute("select to_regclass(%s) is not null", [f'"{schema}".parked'])
    if not (await exists.fetchone() or [False])[0]:
        return []  # made by a version that knew no parking
    statement = SQL("select originator_id, position, topic, problem, later from {}.parked order by position")
    async with connection.cursor(row_factory=class_row(Parked)) as cursor:
        await cursor.execute(statement.format(Identifier(schema)))
        return await cursor.fetchall()
