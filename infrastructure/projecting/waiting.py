"""Waiting until a read model has reached a position, so that a query sees what its caller has just done."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import psycopg
from psycopg import AsyncConnection
from psycopg.sql import SQL, Composed, Identifier, Literal

from infrastructure.database import Role, connect
from infrastructure.projecting.applying import DATABASE_GONE

_SHORTEST = 0.005
_LONGEST = 0.05
"""Seconds between two looks at the positions, growing while nothing comes."""


class ReadModelBehind(Exception):
    """The read model has not reached the position in time, or has stopped before it; asking again later may succeed."""

    def __init__(self, model: str, position: int, *, failed: bool = False) -> None:
        state = "has stopped before" if failed else "has not reached"
        super().__init__(f"{model} {state} position {position}")
        self.model, self.position, self.failed = model, position, failed


@dataclass(frozen=True, slots=True, eq=False)
class _Wait:
    model: str
    position: int
    done: asyncio.Future[None]


class Positions:
    """Serves every wait of a process with one connection, which asks only while somebody waits."""

    def __init__(self, database_url: str, models: Iterable[str]) -> None:
        self._database_url = database_url
        self.models = sorted(models)
        self._waits: set[_Wait] = set()
        self._poller: asyncio.Task[None] | None = None
        self._connection: AsyncConnection | None = None
        self._arrived = asyncio.Event()
        self._made: list[str] = []

    async def reached(self, model: str, position: int, timeout: float = 5.0) -> None:
        """Return once the effects of everything up to `position` are visible in `model`.

        Raises `ReadModelBehind` after `timeout` seconds, or at once if the read model has stopped at an event before.
        """
        if model not in self.models:
            raise KeyError(model)
        wait = _Wait(model, position, asyncio.get_running_loop().create_future())
        self._waits.add(wait)
        self._arrived.set()
        if self._poller is None or self._poller.done():
            self._poller = asyncio.create_task(self._poll(), name="positions of read models")
        try:
            async with asyncio.timeout(timeout):
                await wait.done
        except TimeoutError:
            raise ReadModelBehind(model, position) from None
        finally:
            self._waits.discard(wait)

    async def aclose(self) -> None:
        """Stop asking; whoever still waits is told that the read model is behind."""
        if self._poller is not None:
            self._poller.cancel()
            await asyncio.gather(self._poller, return_exceptions=True)
        for wait in self._waits:
            if not wait.done.done():
                wait.done.set_exception(ReadModelBehind(wait.model, wait.position))
        await self._disconnect()

    async def _poll(self) -> None:
        pause = _SHORTEST
        while self._waits:
            self._arrived.clear()
            try:
                self._answer(await self._positions())
            except (*DATABASE_GONE, psycopg.errors.UndefinedTable):
                await self._disconnect()
            pause = await self._pause(pause)

    async def _pause(self, pause: float) -> float:
        try:
            async with asyncio.timeout(pause):
                await self._arrived.wait()
        except TimeoutError:
            return min(pause * 1.3, _LONGEST)
        return _SHORTEST

    def _answer(self, positions: dict[str, tuple[int, bool]]) -> None:
        for wait in self._waits:
            position, failed = positions.get(wait.model, (0, False))
            if wait.done.done():
                continue
            if position >= wait.position:
                wait.done.set_result(None)
            elif failed:
                wait.done.set_exception(ReadModelBehind(wait.model, wait.position, failed=True))

    async def _positions(self) -> dict[str, tuple[int, bool]]:
        """The position of each read model that has been made, and whether it has stopped there."""
        if self._connection is None:
            self._connection = await connect(self._database_url, Role.READER, "q2c positions")
        if any(wait.model not in self._made for wait in self._waits):
            cursor = await self._connection.execute(
                "select schemaname from pg_tables where tablename = 'position' and schemaname = any(%s)", [self.models]
            )
            self._made = sorted(row[0] for row in await cursor.fetchall())
        if not self._made:
            return {}
        cursor = await self._connection.execute(_all_positions(self._made))
        return {name: (position, failed) for name, position, failed in await cursor.fetchall()}

    async def _disconnect(self) -> None:
        connection, self._connection, self._made = self._connection, None, []
        if connection is not None:
            await connection.close()


def _all_positions(models: Sequence[str]) -> Composed:
    one = SQL("select {}, position, failure is not null from {}.position")
    return SQL(" union all ").join(one.format(Literal(name), Identifier(name)) for name in models)
