"""A read model made anew from the log beside the live one, and put in its place or compared with it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial

from psycopg import AsyncConnection
from psycopg.sql import SQL, Identifier

from infrastructure.event_log import EventLog
from infrastructure.projecting import parking, schemas, scratch
from infrastructure.projecting.advancing import Advance, advance
from infrastructure.projecting.feed import Convoy, Reading
from infrastructure.projecting.models import fingerprint
from infrastructure.projecting.schemas import TableHash, alone
from projections.shared import ReadModel

BATCH = 2_000
"""Events to apply in one transaction while nobody waits for them."""

Progress = Callable[[int, int], object]
"""Told how many of how many events are done."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One table of a read model, live and as the log gives it anew, at the same position."""

    model: str
    table: str
    position: int
    live: TableHash | None
    rebuilt: TableHash | None

    @property
    def same(self) -> bool:
        """Whether every row is the same."""
        return self.live == self.rebuilt


async def prepare(model: type[ReadModel], log: EventLog, database_url: str) -> None:
    """See that the read model exists as its source now says: created empty if new, rebuilt if made by other source."""
    async with await schemas.projector(database_url) as connection, alone(connection, model.NAME):
        live = await schemas.standing(connection, model.NAME)
        if live is None:
            await schemas.create(connection, model, model.NAME)
        elif live.fingerprint != fingerprint(model):
            await _rebuild(connection, model, log)


async def rebuild(model: type[ReadModel], log: EventLog, database_url: str, progress: Progress | None = None) -> None:
    """Make the read model anew and swap it in; until then readers see the old one. Its failure, if any, is forgotten.

    What is parked is tried anew in its place, and parked again if it must. Raises `CannotApply` where the read model
    itself must be wrong; the live one is then as it was.
    """
    async with await schemas.projector(database_url) as connection, alone(connection, model.NAME):
        await _rebuild(connection, model, log, progress)


async def rebuild_together(
    models: Iterable[type[ReadModel]],
    log: EventLog,
    database_url: str,
    progress: Callable[[type[ReadModel], int, int], object] | None = None,
) -> None:
    """The same with several at once, for which each event is read and decoded once.

    Where some cannot be made, raises the first one's `CannotApply` once the others are done.
    """
    convoy = Convoy(log, BATCH)

    async def one(model: type[ReadModel]) -> None:
        told = partial(progress, model) if progress else None
        async with await schemas.projector(database_url) as connection, alone(connection, model.NAME):
            # Not before its turn has come: whoever makes it now may in turn wait for one of those that would wait here.
            reading = convoy.join(model.NAME)
            try:
                await _rebuild(connection, model, log, told, reading)
            finally:
                await convoy.leave(model.NAME)

    for outcome in await asyncio.gather(*map(one, models), return_exceptions=True):
        if outcome is not None:
            raise outcome


async def retry(model: type[ReadModel], log: EventLog, database_url: str, progress: Progress | None = None) -> None:
    """Let a read model that has stopped try its next event again, and what it has parked from the beginning.

    Raises as `rebuild` does.
    """
    async with await schemas.projector(database_url) as connection:
        if not await parking.listed(connection, model.NAME):
            await schemas.set_failure(connection, model.NAME, None)
            return
    await rebuild(model, log, database_url, progress)


async def verify(
    model: type[ReadModel], log: EventLog, database_url: str, progress: Progress | None = None
) -> list[Comparison]:
    """Make the read model anew in a scratch schema and compare it with the live one, which goes on meanwhile.

    What is parked in either is compared as one more table: where the code was mended since, a `retry` makes them equal.
    """
    scratch = f"{model.NAME}__verify"
    async with await schemas.projector(database_url) as connection, alone(connection, model.NAME):
        async with connection.transaction():
            await connection.execute("set transaction isolation level repeatable read")
            standing = await schemas.standing(connection, model.NAME)
            live = await schemas.table_hashes(connection, model.NAME) if standing else {}
            live |= await schemas.parked_hash(connection, model.NAME)
        position = standing.position if standing else 0
        try:
            await schemas.create(connection, model, scratch)
            await catch_up(connection, model, scratch, log, upto=position, progress=progress)
            rebuilt = await schemas.table_hashes(connection, scratch)
            rebuilt |= await schemas.parked_hash(connection, scratch)
        finally:
            await schemas.drop(connection, scratch)
    tables = sorted(live.keys() | rebuilt.keys())
    return [Comparison(model.NAME, table, position, live.get(table), rebuilt.get(table)) for table in tables]


async def _rebuild(
    connection: AsyncConnection,
    model: type[ReadModel],
    log: EventLog,
    progress: Progress | None = None,
    reading: Reading | None = None,
) -> None:
    beside, old = f"{model.NAME}__next", f"{model.NAME}__old"
    await schemas.drop(connection, old)
    await schemas.create(connection, model, beside)
    try:
        head = await log.head()
        position = await catch_up(connection, model, beside, log, upto=head, progress=progress, reading=reading)
        if head:
            await schemas.analyze(connection, beside)
        async with connection.transaction():
            live = await _hold(connection, model.NAME)
            await _hold(connection, beside)
            # The live one may have gone on since; no reader may see it go back.
            await catch_up(connection, model, beside, log, upto=live, since=position)
            if live is not None:
                await schemas.rename(connection, model.NAME, old)
            await schemas.rename(connection, beside, model.NAME)
    except BaseException:
        await _forget(connection, beside)
        raise
    await schemas.drop(connection, old)
    await scratch.drop_all(connection, model)


async def _forget(connection: AsyncConnection, schema: str) -> None:
    if not connection.closed:
        await schemas.drop(connection, schema)


async def _hold(connection: AsyncConnection, schema: str) -> int | None:
    """Keep every worker from moving the read model until the transaction ends."""
    if await schemas.standing(connection, schema) is None:
        return None
    statement = SQL("select position from {}.position for update").format(Identifier(schema))
    row = await (await connection.execute(statement)).fetchone()
    return int(row[0]) if row else None


async def catch_up(
    connection: AsyncConnection,
    model: type[ReadModel],
    schema: str,
    log: EventLog,
    *,
    upto: int | None,
    since: int = 0,
    progress: Progress | None = None,
    reading: Reading | None = None,
) -> int:
    """Apply the log to a schema that nobody else works on; answers the position reached."""
    await schemas.enter(connection, schema)
    standing = await schemas.standing(connection, schema)
    if standing is None or standing.fingerprint != fingerprint(model):
        raise RuntimeError(f"{schema} is not made by this version: somebody else works on it")
    position, goal, reader = since, upto or 0, model()
    async with aclosing(reading(goal) if reading else log.pages(since, goal, BATCH)) as pages:
        async for events in pages:
            if await advance(connection, reader, standing.made_at, position, events) is not Advance.DONE:
                raise RuntimeError(f"{schema} is not at position {position}: somebody else works on it")
            position = events[-1].position
            if progress:
                progress(position, goal)
    return position
