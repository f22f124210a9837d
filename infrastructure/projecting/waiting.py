"""Waiting until a read model has reached a position, so that a query sees what its caller has just done."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import psycopg
from psycopg import AsyncConnection
from psycopg.sql import SQL, Composed, Identifier, Literal

from infrastructure.database import Role, connect
from infrastructure.projecting.applying import DATABASE_GONE

_SHORTEST = 0.005
_LONGEST = 0.05
"""Seconds between two looks at the positions, growing while nothing comes."""
_FRESH = 0.5
"""Seconds for which a look tells what is parked to those who do not wait."""
_PATIENCE = 1.0


class ReadModelBehind(Exception):
    """The read model has not reached the position in time, or has stopped before it; asking again later may succeed."""

    def __init__(self, model: str, position: int, *, failed: bool = False) -> None:
        state = "has stopped before" if failed else "has not reached"
        super().__init__(f"{model} {state} position {position}")
        self.model, self.position, self.failed = model, position, failed


class ReadModelParked(Exception):
    """What was asked for is left out of the read model until an operator has repaired it."""

    def __init__(self, model: str) -> None:
        super().__init__(f"{model} has parked it")
        self.model = model


@dataclass(frozen=True, slots=True, eq=False)
class _Wait:
    model: str
    position: int
    done: asyncio.Future[None]


@dataclass(frozen=True, slots=True)
class Look:
    """How one read model was last seen."""

    position: int
    failed: bool
    parked: frozenset[UUID]
    """The aggregates that are left out of it."""


Looks = Mapping[str, Look]


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
        self._looks: Looks = {}
        self._looked_at = float("-inf")

    async def reached(self, model: str, position: int, timeout: float = 5.0) -> None:
        """Return once the effects of everything up to `position` are visible in `model`.

        Raises `ReadModelBehind` after `timeout` seconds, or at once if the read model has stopped at an event before;
        `ReadModelParked` if what was saved with the event at that position is parked.
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

    async def complete(self, model: str, showing: UUID | None = None) -> bool:
        """Whether nothing is left out of the read model, as of a moment ago. No query while others have just looked.

        Raises `ReadModelParked` where the aggregate to be shown is itself left out.
        """
        if asyncio.get_running_loop().time() - self._looked_at > _FRESH or model not in self._looks:
            try:
                await self.reached(model, 0, _PATIENCE)
            except ReadModelBehind:
                return True  # whoever reads now will learn by that itself that nothing is there
        return is_complete(model, self._looks[model].parked, showing)

    async def parked(self) -> dict[str, int]:
        """How many aggregates are left out of each read model that lacks any, as of a moment ago."""
        for model in self.models:
            await self.complete(model)
        return {model: len(look.parked) for model, look in self._looks.items() if look.parked}

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
                await self._answer(await self._look())
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

    async def _answer(self, looks: Looks) -> None:
        arrived: dict[str, list[_Wait]] = defaultdict(list)
        for wait in self._waits:
            look = looks.get(wait.model)
            if look and look.position >= wait.position:
                arrived[wait.model].append(wait)
            elif look and look.failed and not wait.done.done():
                wait.done.set_exception(ReadModelBehind(wait.model, wait.position, failed=True))
        for model, waits in arrived.items():
            lacking = await self._lacking(model, [wait.position for wait in waits]) if looks[model].parked else set()
            for wait in waits:
                if wait.done.done():
                    continue
                if wait.position in lacking:
                    wait.done.set_exception(ReadModelParked(model))
                else:
                    wait.done.set_result(None)

    async def _look(self) -> Looks:
        """Each read model that has been made."""
        connection = await self._connected()
        if any(wait.model not in self._made for wait in self._waits):
            cursor = await connection.execute(
                "select schemaname from pg_tables where tablename = 'parked' and schemaname = any(%s)", [self.models]
            )
            self._made = sorted(row[0] for row in await cursor.fetchall())
        if not self._made:
            return {}
        begun = asyncio.get_running_loop().time()
        cursor = await connection.execute(_all_positions(self._made))
        self._looks = {
            name: Look(position, failed, frozenset(parked))
            for name, position, failed, parked in await cursor.fetchall()
        }
        self._looked_at = begun
        return self._looks

    async def _lacking(self, model: str, positions: Sequence[int]) -> set[int]:
        """Those of the positions at which a save ends that has, somewhere in it, an event of a parked aggregate."""
        connection = await self._connected()
        cursor = await connection.execute(_LACKING.format(Identifier(model)), [list(positions)])
        return {row[0] for row in await cursor.fetchall()}

    async def _connected(self) -> AsyncConnection:
        if self._connection is None:
            self._connection = await connect(
                self._database_url, Role.READER, "q2c positions", settings={"statement_timeout": 3_000}
            )
        return self._connection

    async def _disconnect(self) -> None:
        connection, self._connection, self._made = self._connection, None, []
        if connection is not None:
            await connection.close()


def is_complete(model: str, parked: Collection[UUID], showing: UUID | None) -> bool:
    """Whether nothing is left out. Raises `ReadModelParked` where the aggregate to be shown is itself left out."""
    if showing in parked:
        raise ReadModelParked(model)
    return not parked


_LACKING = SQL("""
    select asked from unnest(%s::bigint[]) asked where exists (
        select from log.events e join {}.parked p on p.originator_id = e.originator_id and p.position <= e.position
        where e.position <= asked and e.position > coalesce((
            select before.position from log.events before where before.position < asked and before.key is not null
            order by before.position desc limit 1), 0))
""")


def _all_positions(models: Sequence[str]) -> Composed:
    one = SQL(
        "select {}, position, failure is not null, array(select originator_id from {}.parked order by 1)"
        " from {}.position"
    )
    return SQL(" union all ").join(one.format(Literal(name), Identifier(name), Identifier(name)) for name in models)
