"""Scratch schemas, each a read model as of one past position: what stands in one, which are kept, which are in use."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.errors import InvalidSchemaName, UndefinedTable
from psycopg.sql import SQL, Identifier, Literal

from infrastructure.projecting import schemas
from infrastructure.projecting.models import fingerprint
from projections.shared import ReadModel

KEPT = 32
"""How many scratch schemas there may be; the one that was not asked for the longest goes first."""
UNUSED_FOR = timedelta(hours=1)

_MARK = "__as_of_"
_SCHEMAS = """
select nspname, clock_timestamp() - used > %s
from pg_namespace, cast(obj_description(oid, 'pg_namespace') as timestamptz) as used
where strpos(nspname, %s) > 0 order by used desc nulls last
"""
"""The scratch schemas, the last used first, and whether each has not been used for so long."""


@dataclass(frozen=True, slots=True)
class Scratch:
    """How a scratch schema stands that was made by this source from this log."""

    schema: str
    position: int
    parked: frozenset[UUID]
    """The aggregates that are left out of it."""


def name_of(model: type[ReadModel], position: int) -> str:
    """The schema of that read model as of that position."""
    return f"{model.NAME}{_MARK}{int(position)}"


def named(schema: str) -> tuple[str, int]:
    """The read model and the position that a scratch schema's name tells."""
    model, _, position = schema.partition(_MARK)
    return model, int(position)


async def look(connection: AsyncConnection, model: type[ReadModel], schema: str) -> Scratch | None:
    """What stands there; None where nothing does, or what was made by other source or before a rebuild of the live one.

    A rebuild is how what was mended in the log or in the code gets into a read model. It drops what was there before;
    that the live one was made later tells only of what was begun beside it, and nothing while the clock is behind.
    """
    try:
        standing = await schemas.standing(connection, schema)
        if standing is None or standing.fingerprint != fingerprint(model):
            return None
        live = await schemas.standing(connection, model.NAME)
        if live and standing.made_at < live.made_at <= await schemas.now(connection):
            return None
        statement = SQL("select originator_id from {}.parked").format(Identifier(schema))
        rows = await (await connection.execute(statement)).fetchall()
    except UndefinedTable:  # dropped between two of these statements
        return None
    return Scratch(schema, standing.position, frozenset(row[0] for row in rows))


async def begun(connection: AsyncConnection, model: type[ReadModel], schema: str, position: int) -> int:
    """How far the schema is on its way to a position; begun anew where it cannot be gone on with. It is in use."""
    found = await look(connection, model, schema)
    if found is not None and (found.position == position or not found.parked):
        await note_use(connection, schema)
        return found.position
    async with connection.transaction():
        await schemas.create(connection, model, schema)
        await note_use(connection, schema)
    return 0


async def note_use(connection: AsyncConnection, schema: str) -> None:
    """It was asked for just now."""
    row = await (await connection.execute("select clock_timestamp()::text")).fetchone()
    now = Literal(row[0] if row else "")
    with contextlib.suppress(InvalidSchemaName):  # gone meanwhile: the next one to ask makes it anew
        await connection.execute(SQL("comment on schema {} is {}").format(Identifier(schema), now))


async def tidy(connection: AsyncConnection) -> None:
    """Drop what is too much or too old, but for what is just being made."""
    cursor = await connection.execute(_SCHEMAS, [UNUSED_FOR, _MARK])
    for number, (schema, is_old) in enumerate(await cursor.fetchall()):
        if number >= KEPT or is_old:
            await _drop_unless_in_the_making(connection, schema)


async def drop_all(connection: AsyncConnection, model: type[ReadModel]) -> None:
    """Drop every past of the read model; one that is just being made is known by its age to be out of date."""
    cursor = await connection.execute(
        "select nspname from pg_namespace where starts_with(nspname, %s)", [f"{model.NAME}{_MARK}"]
    )
    for (schema,) in await cursor.fetchall():
        await _drop_unless_in_the_making(connection, schema)


async def _drop_unless_in_the_making(connection: AsyncConnection, schema: str) -> None:
    async with schemas.alone_at_once(connection, schema) as is_alone:
        if is_alone:
            await schemas.drop(connection, schema)
