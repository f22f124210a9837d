"""Read models that follow the log at its end move in one transaction; an unusual one keeps none of the others."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import psycopg
import pytest
from psycopg import AsyncConnection
from psycopg.sql import SQL, Identifier

from features.projecting.bookkeeping import Account, Books, Owners, keep_apart, open_account
from infrastructure.database import connect_sync
from infrastructure.event_log import EventLog, RecordedEvent
from infrastructure.projecting import schemas
from infrastructure.projecting.advancing import Move
from infrastructure.projecting.group_move import FEW, GroupMove
from projections.shared import Effect, Effects, ReadModel, Recorded


class Failing(Books):
    """Cannot process what the others can."""

    NAME = "failing"

    def opened(self, event: Account.Opened, recorded: Recorded) -> Effects:
        yield Effect("update accounts set owner = %(owner)s where false", {"owner": ""}, rows=1)


keep_apart()


@dataclass
class Stage:
    """Read models that have seen nothing yet, what there is to see, and the group that they move in."""

    connection: AsyncConnection
    moves: dict[str, Move]
    group: GroupMove

    async def moved(self) -> list[bool]:
        return await asyncio.gather(*(self.move(name) for name in self.moves))

    async def move(self, name: str) -> bool:
        while not self.group.is_open:
            await asyncio.sleep(0)
        return await self.group.move(self.moves[name])

    async def stand(self) -> dict[str, tuple[int, str]]:
        """Of each, its position and the transaction that has moved it."""
        found = {}
        for name in self.moves:
            statement = SQL("select position, xmin::text from {}.position").format(Identifier(name))
            cursor = await self.connection.execute(statement)
            position, transaction = await cursor.fetchone() or (-1, "")
            found[name] = position, transaction
        return found


@asynccontextmanager
async def stage(database_url: str, *models: type[ReadModel], accounts: int = 3) -> AsyncIterator[Stage]:
    group = GroupMove(database_url, apart=0)
    moving = asyncio.create_task(group.run())
    try:
        async with EventLog(database_url) as log, await schemas.projector(database_url) as connection:
            for number in range(accounts):
                await open_account(log, f"owner {number}")
            events: Sequence[RecordedEvent] = await log.read(0, accounts)
            moves = {}
            for model in models:
                await schemas.create(connection, model, model.NAME)
                standing = await schemas.standing(connection, model.NAME)
                assert standing is not None
                moves[model.NAME] = Move(model(), standing.made_at, 0, events)
            yield Stage(connection, moves, group)
    finally:
        moving.cancel()
        await asyncio.gather(moving, return_exceptions=True)


def test_they_share_a_transaction(database_url: str) -> None:
    async def feature() -> None:
        async with stage(database_url, Books, Owners) as on:
            assert await on.moved() == [True, True]
            books, owners = (await on.stand()).values()
            assert books == owners
            assert books[0] == 3

    asyncio.run(feature())


def test_what_one_cannot_process_changes_nothing(database_url: str) -> None:
    async def feature() -> None:
        async with stage(database_url, Books, Failing) as on:
            assert await on.moved() == [False, False]
            assert [position for position, _ in (await on.stand()).values()] == [0, 0]

    asyncio.run(feature())


def test_what_another_worker_holds_is_moved_by_nobody_else(database_url: str) -> None:
    async def feature() -> None:
        async with stage(database_url, Books, Owners) as on, await schemas.projector(database_url) as other:
            async with other.transaction():
                await other.execute("select from owners.position for update")
                assert await on.moved() == [False, False]
            assert [position for position, _ in (await on.stand()).values()] == [0, 0]

    asyncio.run(feature())


def test_another_making_is_left_alone(database_url: str) -> None:
    async def feature() -> None:
        async with stage(database_url, Books) as on:
            await schemas.create(on.connection, Books, "books")
            assert await on.moved() == [False]
            assert [position for position, _ in (await on.stand()).values()] == [0]

    asyncio.run(feature())


def test_whoever_has_much_to_catch_up_keeps_nobody_waiting(database_url: str) -> None:
    async def feature() -> None:
        async with stage(database_url, Books, accounts=FEW + 1) as on:
            assert await on.moved() == [False]

    asyncio.run(feature())


def test_a_lost_connection_is_replaced(database_url: str) -> None:
    async def feature() -> None:
        async with stage(database_url, Books, Owners) as on:
            assert await on.move("books")
            with connect_sync(database_url, None, "feature") as administrator:
                administrator.execute(
                    "select pg_terminate_backend(pid, 5000) from pg_stat_activity"
                    " where application_name = 'q2c projections' and pid <> %s and datname = current_database()",
                    [on.connection.info.backend_pid],
                )
            with pytest.raises(psycopg.OperationalError):
                await on.move("owners")
            assert await on.move("owners")

    asyncio.run(feature())
