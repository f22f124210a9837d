"""Read models as they stood at past positions, each made from the log in a scratch schema of its own.

A scratch schema is kept for whoever asks next, until it has not been asked for in an hour or there are too many.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.errors import UndefinedTable
from psycopg.rows import TupleRow, dict_row
from psycopg.sql import SQL, Identifier
from psycopg_pool import AsyncConnectionPool

from infrastructure.database import Role, connect, connection_pool, unavailable
from infrastructure.event_log import EventLog
from infrastructure.exporting import Format, Lines
from infrastructure.points import Point, position_at
from infrastructure.projecting import schemas, scratch
from infrastructure.projecting.reading import PostgresReader, makes
from infrastructure.projecting.rebuilding import Progress, catch_up
from infrastructure.projecting.schemas import TableHash
from infrastructure.projecting.scratch import Scratch
from infrastructure.projecting.waiting import is_complete
from projections.shared import ReadModel, Row

PATIENCE = 10.0
"""Seconds that an asker waits for a scratch schema before being told how far it is."""
AT_ONCE = 2
"""How many a process makes at a time."""
MOST_WAITING = 20
"""How many may be made or wait for it."""
NOTED_EVERY = 60.0
"""Seconds for which a note that a scratch schema is in use suffices."""


class PastInTheMaking(Exception):
    """The past is being made from the log; ask again in a moment."""

    def __init__(self, model: str, done: int, goal: int) -> None:
        super().__init__(f"{model} as of {goal}: {done:,} of {goal:,} events are done.")
        self.done, self.goal = done, goal


class Past:
    """Gives readers of any read model as of any position. Those who ask for the same share what is made."""

    def __init__(self, log: EventLog, database_url: str, models: Mapping[str, type[ReadModel]]) -> None:
        self._log, self._database_url, self._models = log, database_url, models
        self._makings: dict[str, asyncio.Task[None]] = {}
        self._done: dict[str, int] = {}
        self._noted: dict[str, float] = {}
        self._at_once = asyncio.Semaphore(AT_ONCE)
        self._pool: AsyncConnectionPool[AsyncConnection[TupleRow]] | None = None

    async def reader_for(self, model: str, point: Point, patience: float = PATIENCE) -> PastReader:
        """Reads the model as it was then. Raises `NotYet`, `PastInTheMaking`, `CannotApply`, `DatabaseUnavailable`."""
        position = await position_at(self._log, point)
        return PastReader(await self.made(model, position, patience), await self._opened())

    async def instant_of(self, point: Point) -> datetime | None:
        """When it was: the instant itself, or when the event at that position was recorded; None at position 0."""
        if isinstance(point, datetime):
            return point
        recorded = await self._log.read(point - 1, 1) if point else []
        return recorded[0].recorded_at if recorded else None

    async def made(
        self, model: str, position: int, patience: float | None = PATIENCE, progress: Progress | None = None
    ) -> Scratch:
        """The schema that holds the model as of a position, once it is there. Raises as `reader_for` does."""
        kind = self._models[model]
        found = await self._finished(kind, position)
        if found is None:
            await self._wait_for(kind, position, patience, progress)
            found = await self._finished(kind, position)
        if found is None:
            raise PastInTheMaking(model, 0, position)
        await self._note_use(found.schema)
        return found

    async def hashes(self, model: str, position: int) -> dict[str, TableHash]:
        """Rows and hash of each table as of a position. Raises as `reader_for` does, but has all patience."""
        found = await self.made(model, position, None)
        async with await schemas.projector(self._database_url) as connection:
            return await schemas.table_hashes(connection, found.schema)

    async def export(self, model: str, position: int, folder: Path, form: Format) -> None:
        """Write each table as of a position to a file of its name. Raises as `hashes` does."""
        found = await self.made(model, position, None)
        async with await connect(self._database_url, Role.READER, "q2c past") as connection:
            for table in await schemas.table_names(connection, found.schema):
                with (folder / f"{table}.{form}").open("wb") as file:
                    await _write(connection, Identifier(found.schema, table), form, file)

    async def aclose(self) -> None:
        """Give up what is being made; the next asker goes on with it."""
        makings = list(self._makings.values())
        for making in makings:
            making.cancel()
        await asyncio.gather(*makings, return_exceptions=True)
        if self._pool is not None:
            await self._pool.close()

    async def _opened(self) -> AsyncConnectionPool[AsyncConnection[TupleRow]]:
        if self._pool is None:
            settings = {"default_transaction_read_only": "on"}
            self._pool = connection_pool(self._database_url, Role.READER, "q2c past", settings=settings, min_size=0)
        await self._pool.open()
        return self._pool

    async def _finished(self, model: type[ReadModel], position: int) -> Scratch | None:
        """What has been made already: nobody who asks for it waits behind what is being made."""
        pool = await self._opened()
        with unavailable():
            async with pool.connection() as connection:
                found = await scratch.look(connection, model, scratch.name_of(model, position))
        return found if found is not None and found.position == position else None

    async def _wait_for(
        self, model: type[ReadModel], position: int, patience: float | None, progress: Progress | None
    ) -> None:
        schema = scratch.name_of(model, position)
        making = self._makings.get(schema)
        if making is None:
            if len(self._makings) >= MOST_WAITING:
                raise PastInTheMaking(model.NAME, 0, position)
            making = asyncio.create_task(self._make(model, position, schema, progress), name=schema)
            self._makings[schema] = making
            making.add_done_callback(partial(self._no_longer_making, schema))
        try:
            async with asyncio.timeout(patience):
                # It goes on for the others, and for the next time, whoever loses patience.
                await asyncio.shield(making)
        except TimeoutError:
            raise PastInTheMaking(model.NAME, self._done.get(schema, 0), position) from None

    def _no_longer_making(self, schema: str, making: asyncio.Task[None]) -> None:
        self._makings.pop(schema, None)
        if not making.cancelled():
            making.exception()  # seen, though nobody may have had the patience to hear it

    async def _make(self, model: type[ReadModel], position: int, schema: str, progress: Progress | None) -> None:
        def told(done: int, goal: int) -> None:
            self._done[schema] = done
            if progress:
                progress(done, goal)

        try:
            async with self._at_once, await schemas.projector(self._database_url) as connection:
                with unavailable():
                    async with schemas.alone(connection, schema):
                        since = await scratch.begun(connection, model, schema, position)
                        await catch_up(connection, model, schema, self._log, upto=position, since=since, progress=told)
                    await scratch.tidy(connection)
        finally:
            self._done.pop(schema, None)

    async def _note_use(self, schema: str) -> None:
        now = asyncio.get_running_loop().time()
        self._noted = {one: at for one, at in self._noted.items() if now - at < NOTED_EVERY}
        if schema not in self._noted:
            self._noted[schema] = now
            async with await schemas.projector(self._database_url) as connection:
                await scratch.note_use(connection, schema)


class PastReader(PostgresReader):
    """A reader of one scratch schema among many that share a pool: the schema is named anew for each query."""

    def __init__(self, of: Scratch, pool: AsyncConnectionPool[AsyncConnection[TupleRow]]) -> None:
        super().__init__(of.schema, pool)
        self._of = of

    def complete(self, showing: UUID | None = None) -> bool:
        """Whether nothing is left out of it. Raises `ReadModelParked` as `Positions.complete` does."""
        return is_complete(scratch.named(self._schema)[0], self._of.parked, showing)

    async def _ask(self, row: type[Row], sql: str, values: dict[str, Any]) -> list[Row]:
        try:
            with unavailable():
                async with self._pool.connection() as connection, connection.transaction():
                    # A prepared statement would mean another schema's tables.
                    connection.prepare_threshold = None
                    await connection.execute(SQL("set local search_path to {}").format(Identifier(self._schema)))
                    await self._check(connection)
                    cursor = await connection.execute(sql.encode(), values)
                    made = makes(row)([column.name for column in cursor.description or ()])
                    return [made(each) for each in await cursor.fetchall()]
        except UndefinedTable:
            raise self._not_there(0) from None

    async def _check(self, connection: AsyncConnection) -> None:
        """Somebody may be making it anew. Whoever has read its position keeps it from being dropped until the end."""
        row = await (await connection.execute("select position from position")).fetchone()
        if row != (self._of.position,):
            raise self._not_there(int(row[0]) if row else 0)

    def _not_there(self, done: int) -> PastInTheMaking:
        return PastInTheMaking(scratch.named(self._schema)[0], done, self._of.position)


async def _write(connection: AsyncConnection, table: Identifier, form: Format, file: IO[bytes]) -> None:
    """The rows in the order of all their columns, so that the same rows give the same file."""
    async with connection.transaction(), connection.cursor("rows", row_factory=dict_row) as cursor:
        await cursor.execute(SQL('select it.* from {} it order by it::text collate "C"').format(table))
        lines = Lines(form, [column.name for column in cursor.description or ()])
        file.write(lines.header())
        async for row in cursor:
            file.write(lines.line(row))
