"""How queries read: typed rows of one read model's tables, with a role that can only read."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from operator import itemgetter
from time import monotonic
from typing import Any, LiteralString

from psycopg import AsyncConnection
from psycopg.errors import UndefinedTable
from psycopg.rows import TupleRow
from psycopg_pool import AsyncConnectionPool

from infrastructure.database import Role, connection_pool, unavailable
from infrastructure.projecting.waiting import ReadModelBehind
from infrastructure.sending import Columns, RowOf, Sender
from projections.shared import Row


class PostgresReader:
    """A `projections.shared.Reader` of one schema. Its pool belongs to `Readers`."""

    def __init__(self, schema: str, pool: AsyncConnectionPool[AsyncConnection[TupleRow]], reached: int = 0) -> None:
        self._schema, self._pool = schema, pool
        self._reached, self._since = reached, monotonic()

    @property
    def schema(self) -> str:
        """Whose tables it reads."""
        return self._schema

    async def rows(self, row: type[Row], sql: LiteralString, **values: Any) -> list[Row]:
        """Every row; columns bear the dataclass's field names, or there is one column of a plain type.

        Raises `DatabaseUnavailable`, and `ReadModelBehind` while there are no tables.
        """
        return await self._ask(row, sql, values)

    async def row(self, row: type[Row], sql: LiteralString, **values: Any) -> Row | None:
        """The first row, or None. Raises as `rows` does."""
        found = await self._ask(row, sql, values)
        return found[0] if found else None

    async def _ask(self, row: type[Row], sql: str, values: dict[str, Any]) -> list[Row]:
        try:
            with unavailable():
                connection = await self._pool.getconn()
                try:
                    sender = Sender.of(connection)
                    if self._reached and sender.since > self._since:
                        await self._check_reached(connection, sender)
                    return await sender.ask(connection, sql, values, makes(row))
                finally:
                    await self._pool.putconn(connection)
        except UndefinedTable:
            # Its tables are not made yet, or are just being exchanged for others.
            raise ReadModelBehind(self._schema, 0) from None

    async def _check_reached(self, connection: AsyncConnection[TupleRow], sender: Sender) -> None:
        # Read models are not flushed with every move: a server that was killed meanwhile is back with older ones.
        [position] = await sender.ask(connection, "select position from position", {}, makes(int))
        if position < self._reached:
            raise ReadModelBehind(self._schema, self._reached)


def makes(row: type[Row]) -> RowOf[Row]:
    """How rows of this type are made: of a dataclass, or of the value of the one column."""
    if not dataclasses.is_dataclass(row):
        return lambda _: itemgetter(0)

    def makes_of(columns: Columns) -> Callable[[Sequence[Any]], Row]:
        return lambda values: row(**dict(zip(columns, values, strict=True)))

    return makes_of


class Readers:
    """The readers of a process: one small pool for each schema that is read, opened when first asked for."""

    def __init__(self, database_url: str, *, connections: int = 4) -> None:
        self._database_url = database_url
        self._connections = connections
        self._pools: dict[str, AsyncConnectionPool[AsyncConnection[TupleRow]]] = {}

    async def reader_for(self, schema: str, reached: int = 0) -> PostgresReader:
        """Reads the read model of this name, which has just been seen to have `reached` that position; or, not having
        been looked at, another schema with its tables. Queries need not name the schema.
        """
        pool = self._pools.get(schema)
        if pool is None:
            # The path belongs to the connection, so that prepared statements stay good: they depend on it.
            settings = {"search_path": schema, "default_transaction_read_only": "on"}
            pool = connection_pool(
                self._database_url,
                Role.READER,
                f"q2c reader {schema}",
                settings=settings,
                min_size=0,
                max_size=self._connections,
            )
            self._pools[schema] = pool
            await pool.open()
        return PostgresReader(schema, pool, reached)

    async def aclose(self) -> None:
        """Close every connection."""
        pools, self._pools = list(self._pools.values()), {}
        for pool in pools:
            await pool.close()
