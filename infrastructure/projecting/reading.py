"""How queries read: typed rows of one read model's tables, with a role that can only read."""

from __future__ import annotations

import dataclasses
from collections.abc import Awaitable, Callable
from typing import Any, LiteralString, TypeVar, cast

from psycopg import AsyncConnection, AsyncCursor
from psycopg.errors import UndefinedTable
from psycopg.rows import TupleRow, class_row, scalar_row
from psycopg_pool import AsyncConnectionPool

from infrastructure.database import Role, connection_pool, unavailable
from infrastructure.projecting.waiting import ReadModelBehind
from projections.shared import Row

Answer = TypeVar("Answer")
Fetch = Callable[[AsyncCursor[Row]], Awaitable[Answer]]
"""Takes an answer out of a cursor."""


class PostgresReader:
    """A `projections.shared.Reader` of one schema. Its pool belongs to `Readers`."""

    def __init__(self, schema: str, pool: AsyncConnectionPool[AsyncConnection[TupleRow]]) -> None:
        self._schema, self._pool = schema, pool

    @property
    def schema(self) -> str:
        """Whose tables it reads."""
        return self._schema

    async def rows(self, row: type[Row], sql: LiteralString, **values: Any) -> list[Row]:
        """Every row; columns bear the dataclass's field names, or there is one column of a plain type.

        Raises `DatabaseUnavailable`, and `ReadModelBehind` while there are no tables.
        """
        return await self._ask(row, sql, values, AsyncCursor.fetchall)

    async def row(self, row: type[Row], sql: LiteralString, **values: Any) -> Row | None:
        """The first row, or None. Raises as `rows` does."""
        return await self._ask(row, sql, values, AsyncCursor.fetchone)

    async def _ask(
        self, row: type[Row], sql: LiteralString, values: dict[str, Any], fetch: Fetch[Row, Answer]
    ) -> Answer:
        try:
            with unavailable():
                connection = await self._pool.getconn()
                try:
                    return await fetch(await cursor_for(connection, row).execute(sql, values))
                finally:
                    await self._pool.putconn(connection)
        except UndefinedTable:
            # Its tables are not made yet, or are just being exchanged for others.
            raise ReadModelBehind(self._schema, 0) from None


def cursor_for(connection: AsyncConnection[TupleRow], row: type[Row]) -> AsyncCursor[Row]:
    if dataclasses.is_dataclass(row):
        return connection.cursor(row_factory=class_row(cast(type[Row], row)))
    return connection.cursor(row_factory=scalar_row)


class Readers:
    """The readers of a process: one small pool for each schema that is read, opened when first asked for."""

    def __init__(self, database_url: str, *, connections: int = 4) -> None:
        self._database_url = database_url
        self._connections = connections
        self._pools: dict[str, AsyncConnectionPool[AsyncConnection[TupleRow]]] = {}

    async def reader_for(self, schema: str) -> PostgresReader:
        """Reads the read model of this name, or another schema with its tables; queries need not name the schema."""
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
        return PostgresReader(schema, pool)

    async def aclose(self) -> None:
        """Close every connection."""
        pools, self._pools = list(self._pools.values()), {}
        for pool in pools:
            await pool.close()
