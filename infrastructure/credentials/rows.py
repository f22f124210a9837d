"""Statements on what is kept of credentials, as the database role that keeps them."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import TupleRow

from infrastructure.database import Role, connection_pool, unavailable

Values = Sequence[Any]


class Rows:
    """A pool of connections. Everything raises DatabaseUnavailable where there is none."""

    def __init__(self, database_url: str) -> None:
        self._pool = connection_pool(database_url, Role.CREDENTIALS, "q2c credentials", min_size=0, max_size=4)

    async def open(self) -> None:
        """Ready to connect when first needed."""
        await self._pool.open()

    async def close(self) -> None:
        """Disconnect."""
        await self._pool.close()

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[AsyncConnection[TupleRow]]:
        """For statements one after another, each by itself."""
        with unavailable():
            async with self._pool.connection() as connection:
                yield connection

    @asynccontextmanager
    async def together(self) -> AsyncIterator[AsyncConnection[TupleRow]]:
        """For statements of which all have their effect, or none."""
        async with self.connection() as connection, connection.transaction():
            yield connection

    async def one(self, sql: bytes, values: Values) -> TupleRow | None:
        """The first row that the statement answers."""
        async with self.connection() as connection:
            return await (await connection.execute(sql, values)).fetchone()

    async def all(self, sql: bytes, values: Values) -> list[TupleRow]:
        """All of them."""
        async with self.connection() as connection:
            return await (await connection.execute(sql, values)).fetchall()

    async def do(self, sql: bytes, values: Values) -> int:
        """How many rows the statement has changed."""
        async with self.connection() as connection:
            return (await connection.execute(sql, values)).rowcount


def digest(text: str) -> bytes:
    """What is kept in the place of something random and long that lets its holder in."""
    return hashlib.sha256(text.encode()).digest()
