"""Read models are moved in groups: those that follow the log at its end share a transaction, which spares the database
and this process a transaction and several round trips for each.

It is a short way only. Where something is unusual about one of them, nothing has changed, and each is moved by itself
for a while: so it is for all of them as long as one lacks something.
"""

from __future__ import annotations

import asyncio
import logging

import psycopg
from psycopg import AsyncConnection

from infrastructure.projecting import schemas
from infrastructure.projecting.advancing import Move, at_once
from infrastructure.projecting.applying import DATABASE_GONE

logger = logging.getLogger("q2c.projecting")

FEW = 250
"""Events of a move that is made together with others. Whoever has more to catch up does so beside them."""
APART = 1.0
"""Seconds for which each is moved by itself, once something was unusual."""

_Group = list[tuple[Move, "asyncio.Future[bool]"]]


class GroupMove:
    """The read models of one worker, moved together over one connection."""

    def __init__(self, database_url: str, *, apart: float = APART) -> None:
        self._database_url, self._apart = database_url, apart
        self._waiting: _Group = []
        self._filled = asyncio.Event()
        self.is_open = False
        """Whether anybody is moved together with others now."""

    async def move(self, move: Move) -> bool:
        """Whether it has moved. Otherwise it has to be moved by itself.

        Raises `psycopg.OperationalError` where the connection was lost: whoever goes on by itself must not wait for one
        that may be dead, too.
        """
        if not self.is_open or len(move.events) > FEW:
            return False
        moved = asyncio.get_running_loop().create_future()
        self._waiting.append((move, moved))
        self._filled.set()
        return bool(await moved)

    async def run(self) -> None:
        """Move whoever waits, until cancelled."""
        while True:
            try:
                async with await schemas.projector(self._database_url) as connection:
                    await schemas.bound(connection)
                    while not connection.broken:
                        await self._move_on(connection)
                        await asyncio.sleep(self._apart)
            except (*DATABASE_GONE, psycopg.Error) as error:
                logger.debug("Read models are not moved together: %s", type(error).__name__)
                await asyncio.sleep(self._apart)

    async def _move_on(self, connection: AsyncConnection) -> None:
        """Until something is unusual."""
        is_done = self.is_open = True
        try:
            while is_done:
                await self._anybody(connection)
                await self._gather()
                self._filled.clear()
                is_done = await self._move_those(connection)
        finally:
            self.is_open = False
            self._tell(self._taken(), False, connection)
            self._filled.clear()

    async def _anybody(self, connection: AsyncConnection) -> None:
        """Until somebody waits. The server hangs up on whoever says nothing for long, which is no outage."""
        while not self._filled.is_set():
            try:
                async with asyncio.timeout(schemas.LEFT_ALONE / 1000 / 3):
                    await self._filled.wait()
            except TimeoutError:
                await connection.execute("")

    async def _move_those(self, connection: AsyncConnection) -> bool:
        """Whether all who wait have moved."""
        group, is_done = self._taken(), False
        try:
            is_done = await _at_once(connection, [move for move, _ in group])
        finally:
            self._tell(group, is_done, connection)
        return is_done

    def _taken(self) -> _Group:
        group, self._waiting = self._waiting, []
        return group

    @staticmethod
    def _tell(group: _Group, is_done: bool, connection: AsyncConnection) -> None:
        for _, moved in group:
            if moved.done():
                continue
            if connection.broken:
                moved.set_exception(psycopg.OperationalError("the connection of the group was lost"))
            else:
                moved.set_result(is_done)

    async def _gather(self) -> None:
        """Those who have heard of the same events come one after another, each in a turn of the event loop."""
        seen = 0
        while len(self._waiting) > seen:
            seen = len(self._waiting)
            await asyncio.sleep(0)


async def _at_once(connection: AsyncConnection, moves: list[Move]) -> bool:
    try:
        return await at_once(connection, moves, enter=True)
    except Exception as error:
        # Whatever it is, it comes again where it belongs: when that read model is moved by itself.
        logger.debug("A group of read models was not moved: %s", type(error).__name__)
        return False
