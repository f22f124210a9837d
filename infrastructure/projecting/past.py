"""Read models as they stood at past positions, each made from the log in a scratch schema of its own.

A scratch schema is kept for whoever asks next, until it has not been asked for in an hour or there are too many.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any

from psycopg import AsyncConnection, AsyncCursor
from psycopg.errors import UndefinedTable
from psycopg.rows import TupleRow, dict_row
from psycopg.sql import SQL, Identifier, Literal
from psycopg_pool import AsyncConnectionPool

from infrastructure.database import Role, connect, connection_pool, unavailable
from infrastructure.event_log import EventLog
from infrastructure.exporting import Format, Lines
from infrastructure.points import Point, position_at
from infrastructure.projecting import schemas
from infrastructure.projecting.models import fingerprint
from infrastructure.projecting.reading import PostgresReader, cursor_for
from infrastructure.projecting.rebuilding import Progress, alone, catch_up
from infrastructure.projecting.schemas import TableHash
from projections.shared import ReadModel, Row

KEPT = 32
"""How many scratch schemas there may be; the one that was not asked for the longest goes first."""
UNUSED_FOR = timedelta(hours=1)
PATIENCE = 10.0
"""Seconds that an asker waits for a scratch schema before being told how far it is."""
AT_ONCE = 2
"""How many a process makes at a time."""
MOST_WAITING = 20

_MARK = "__as_of_"
_SCHEMAS = """
select nspname, clock_timestamp() - used > %s
from pg_namespace, cast(obj_description(oid, 'pg_namespace') as timestamptz) as used
where strpos(nspname, %s) > 0 order by used desc nulls last
"""
"""The scratch schemas, the last used first, and whether each has not been used for so long."""


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
        self._fingerprints: dict[str, str] = {}
        self._at_once = asyncio.Semaphore(AT_ONCE)
        self._pool: AsyncConnectionPool[AsyncConnection[TupleRow]] | None = None

    async def reader_for(self, model: str, point: Point, patience: float = PATIENCE) -> PostgresReader:
        """Reads the model as it was then. Raises `NotYet`, `PastInTheMaking`, `CannotApply`, `DatabaseUnavailable`."""
        position = await position_at(self._log, point)
        schema = await self.made(model, position, patience)
        if self._pool is None:
            settings = {"default_transaction_read_only": "on"}
            self._pool = connection_pool(self._database_url, Role.READER, "q2c past", settings=settings, min_size=0)
            await self._pool.open()
        return PastReader(schema, self._pool)

    async def instant_of(self, point: Point) -> datetime | None:
        """When it was: the instant itself, or when the event at that position was recorded; None at position 0."""
        if isinstance(point, datetime):
            return point
        recorded = await self._log.read(point - 1, 1) if point else []
        return recorded[0].recorded_at if recorded else None

    async def made(
        self, model: str, position: int, patience: float | None = PATIENCE, progress: Progress | None = None
    ) -> str:
        """The schema that holds the model as of a position, once it is there. Raises as `reader_for` does."""
        schema = f"{self._models[model].NAME}{_MARK}{int(position)}"
        making = self._makings.get(schema)
        if making is None:
            if len(self._makings) >= MOST_WAITING:
                raise PastInTheMaking(model, 0, position)
            making = asyncio.create_task(self._make(self._models[model], position, schema, progress), name=schema)
            self._makings[schema] = making
            making.add_done_callback(lambda _: self._makings.pop(schema, None))
        try:
            async with asyncio.timeout(patience):
                # It goes on for the others, and for the next time, whoever loses patience.
                await asyncio.shield(making)
        except TimeoutError:
            raise PastInTheMaking(model, self._done.get(schema, 0), position) from None
        return schema

    async def hashes(self, model: str, position: int) -> dict[str, TableHash]:
        """Rows and hash of each table as of a position. Raises as `reader_for` does, but has all patience."""
        schema = await self.made(model, position, None)
        async with await schemas.projector(self._database_url) as connection:
            return await schemas.table_hashes(connection, schema)

    async def export(self, model: str, position: int, folder: Path, form: Format) -> None:
        """Write each table as of a position to a file of its name. Raises as `hashes` does."""
        schema = await self.made(model, position, None)
        async with await connect(self._database_url, Role.READER, "q2c past") as connection:
            for table in await schemas.table_names(connection, schema):
                with (folder / f"{table}.{form}").open("wb") as file:
                    await _write(connection, Identifier(schema, table), form, file)

    async def aclose(self) -> None:
        """Give up what is being made; the next asker goes on with it."""
        makings = list(self._makings.values())
        for making in makings:
            making.cancel()
        await asyncio.gather(*makings, return_exceptions=True)
        if self._pool is not None:
            await self._pool.close()

    async def _make(self, model: type[ReadModel], position: int, schema: str, progress: Progress | None) -> None:
        def told(done: int, goal: int) -> None:
            self._done[schema] = done
            if progress:
                progress(done, goal)

        try:
            async with self._at_once, await schemas.projector(self._database_url) as connection:
                async with alone(connection, schema):
                    since = await self._begun(connection, model, schema)
                    if since < position:
                        await catch_up(connection, model, schema, self._log, upto=position, since=since, progress=told)
                await _tidy(connection)
        finally:
            self._done.pop(schema, None)

    async def _begun(self, connection: AsyncConnection, model: type[ReadModel], schema: str) -> int:
        """How far the schema is; begun anew where it is not there, or was made by other source. It is in use."""
        if model.NAME not in self._fingerprints:
            self._fingerprints[model.NAME] = fingerprint(model)
        standing = await schemas.standing(connection, schema)
        if standing is not None and standing.fingerprint == self._fingerprints[model.NAME]:
            await _note_use(connection, schema)
            return standing.position
        async with connection.transaction():
            await schemas.create(connection, model, schema)
            await _note_use(connection, schema)
        return 0


class PastReader(PostgresReader):
    """A reader of one scratch schema among many that share a pool: the schema is named anew for each query."""

    @asynccontextmanager
    async def _answer(self, row: type[Row], sql: str, values: dict[str, Any]) -> AsyncIterator[AsyncCursor[Row]]:
        try:
            with unavailable():
                async with self._pool.connection() as connection, connection.transaction():
                    # A prepared statement would mean another schema's tables.
                    connection.prepare_threshold = None
                    await connection.execute(SQL("set local search_path to {}").format(Identifier(self._schema)))
                    async with cursor_for(connection, row) as cursor:
                        yield await cursor.execute(sql.encode(), values)
        except UndefinedTable:
            model, _, position = self._schema.partition(_MARK)
            raise PastInTheMaking(model, 0, int(position)) from None


async def _write(connection: AsyncConnection, table: Identifier, form: Format, file: IO[bytes]) -> None:
    """The rows in the order of all their columns, so that the same rows give the same file."""
    async with connection.transaction(), connection.cursor("rows", row_factory=dict_row) as cursor:
        await cursor.execute(SQL('select it.* from {} it order by it::text collate "C"').format(table))
        lines = Lines(form, [column.name for column in cursor.description or ()])
        file.write(lines.header())
        async for row in cursor:
            file.write(lines.line(row))


async def _note_use(connection: AsyncConnection, schema: str) -> None:
    row = await (await connection.execute("select clock_timestamp()::text")).fetchone()
    now = Literal(row[0] if row else "")
    await connection.execute(SQL("comment on schema {} is {}").format(Identifier(schema), now))


async def _tidy(connection: AsyncConnection) -> None:
    """Drop what is too much or too old."""
    async with alone(connection, _MARK):
        cursor = await connection.execute(_SCHEMAS, [UNUSED_FOR, _MARK])
        for number, (schema, is_old) in enumerate(await cursor.fetchall()):
            if number >= KEPT or is_old:
                await schemas.drop(connection, schema)
