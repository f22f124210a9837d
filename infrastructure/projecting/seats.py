"""Which read models a worker keeps up: as many as the others, and whatever nobody else does.

A seat is a courtesy: it spares workers each other's work. That nothing is applied twice, the row lock of the position
sees to; that nothing is left, whoever stands by and sees a read model stand still.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection

import psycopg
from psycopg import AsyncConnection

from infrastructure.projecting import schemas
from infrastructure.projecting.applying import DATABASE_GONE
from infrastructure.watched import WatchedConnection

logger = logging.getLogger("q2c.projecting")

EVERY = 0.4
"""Seconds between two looks at who keeps what: half a stall after somebody's death."""
_PATIENCE = 2.0
"""Seconds in which Postgres must answer."""
_PRESENT, _SEAT = 1905, 1904
"""The first numbers of the advisory locks of workers and of seats."""
_LOCKS = """
    select count(*) filter (where classid = %(present)s) as workers, coalesce(
        array_agg(objid) filter (where classid = %(seat)s), '{}')::bigint[] as taken
    from pg_locks where locktype = 'advisory' and granted and classid in (%(present)s, %(seat)s)
    and database = (select oid from pg_database where datname = current_database())"""
_NUMBERS = "select name, hashtext(name)::oid::bigint from unnest(%s::text[]) as name"


class Seats:
    """One worker's. Until it knows, and while it cannot know, it keeps everything."""

    def __init__(self, database_url: str, names: Collection[str]) -> None:
        self._database_url = database_url
        self._names = sorted(names)
        self._mine: set[str] = set()
        self._others: frozenset[str] = frozenset()

    def are_others(self, name: str) -> bool:
        """Whether another worker keeps this read model up."""
        return name in self._others

    async def keep(self) -> None:
        """Take and give up seats until cancelled."""
        while True:
            try:
                async with await schemas.projector(self._database_url) as connection:
                    await self._sit(connection)
            except (*DATABASE_GONE, psycopg.Error) as error:
                logger.debug("Who keeps which read model is unknown: %s", type(error).__name__)
            finally:
                self._mine, self._others = set(), frozenset()
            await asyncio.sleep(EVERY)

    async def _sit(self, connection: WatchedConnection) -> None:
        connection.patience = _PATIENCE
        # One that stands still loses its seats.
        await connection.execute("select set_config('idle_session_timeout', %s, false)", [str(schemas.FROZEN)])
        await connection.execute("select pg_advisory_lock_shared(%s, 0)", [_PRESENT])
        rows = await (await connection.execute(_NUMBERS, [self._names])).fetchall()
        numbers: dict[str, int] = dict(rows)
        while True:
            await self._look(connection, numbers)
            await asyncio.sleep(EVERY)

    async def _look(self, connection: AsyncConnection, numbers: dict[str, int]) -> None:
        cursor = await connection.execute(_LOCKS, {"present": _PRESENT, "seat": _SEAT})
        workers, taken = await cursor.fetchone() or (1, [])
        share = -(-len(self._names) // max(workers, 1))
        for name in sorted(self._mine, reverse=True)[: max(len(self._mine) - share, 0)]:
            # From this moment on it is left alone here; whoever has a share left takes it at the next look.
            self._others |= {name}
            self._mine.discard(name)
            await connection.execute("select pg_advisory_unlock(%s, hashtext(%s))", [_SEAT, name])
        for name in self._names:
            if len(self._mine) < share and name not in self._mine and numbers[name] not in taken:
                await self._take(connection, name)
        self._others = frozenset(self._names) - self._mine

    async def _take(self, connection: AsyncConnection, name: str) -> None:
        cursor = await connection.execute("select pg_try_advisory_lock(%s, hashtext(%s))", [_SEAT, name])
        if (await cursor.fetchone() or [False])[0]:
            self._mine.add(name)
