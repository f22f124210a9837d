"""A read model is moved by whom it belongs to, from where it is, in the making that was begun; or nothing is done."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from psycopg import AsyncConnection

from features.projecting.bookkeeping import Account, Books, keep_apart, open_account
from infrastructure.event_log import EventLog, RecordedEvent
from infrastructure.projecting import schemas
from infrastructure.projecting.advancing import Advance, Moved, advance
from infrastructure.projecting.schemas import Standing
from projections.shared import Effect, Effects, Recorded


class SwappedAmid(Books):
    """Another making takes this one's place while its events are applied."""

    NAME = "books"

    def opened(self, event: Account.Opened, recorded: Recorded) -> Effects:
        yield from super().opened(event, recorded)
        yield Effect("update position set made_at = clock_timestamp() where %(all)s", {"all": True})


keep_apart()


@asynccontextmanager
async def three_events(
    database_url: str, model: type[Books] = Books
) -> AsyncIterator[tuple[AsyncConnection, Standing, Sequence[RecordedEvent]]]:
    """A read model that has seen nothing yet, and what there is to see."""
    async with EventLog(database_url) as log, await schemas.projector(database_url) as connection:
        for owner in ("ada", "bob", "eve"):
            await open_account(log, owner)
        await schemas.create(connection, model, "books")
        await schemas.enter(connection, "books")
        standing = await schemas.standing(connection, "books")
        assert standing is not None
        yield connection, standing, await log.read(0, 3)


async def seen(connection: AsyncConnection) -> tuple[int, int, int]:
    """Position, events applied, accounts."""
    cursor = await connection.execute("select position, applied, (select count(*) from accounts) from position")
    position, applied, accounts = await cursor.fetchone() or (0, 0, 0)
    return position, applied, accounts


def test_what_follows_is_applied_once(database_url: str) -> None:
    async def feature() -> None:
        async with three_events(database_url) as (connection, ours, events):
            assert await advance(connection, Books(), ours.made_at, 0, events[:2]) is Advance.DONE
            assert await seen(connection) == (2, 2, 2)
            assert await advance(connection, Books(), ours.made_at, 0, events[:2]) is Advance.ELSEWHERE
            assert await advance(connection, Books(), ours.made_at, 2, events[2:]) is Advance.DONE
            assert await seen(connection) == (3, 3, 3)

    asyncio.run(feature())


def test_another_making_is_left_alone(database_url: str) -> None:
    async def feature() -> None:
        async with three_events(database_url) as (connection, theirs, events):
            ours = replace(theirs, made_at=theirs.made_at - timedelta(seconds=1))
            assert await advance(connection, Books(), ours.made_at, 0, events) is Advance.ELSEWHERE
            assert await seen(connection) == (0, 0, 0)

    asyncio.run(feature())


def test_what_another_worker_holds_is_left_alone(database_url: str) -> None:
    async def feature() -> None:
        async with (
            three_events(database_url) as (connection, ours, events),
            await schemas.projector(database_url) as other,
        ):
            await schemas.enter(other, "books")
            async with other.transaction():
                await other.execute("select from position for update")
                assert await advance(connection, Books(), ours.made_at, 0, events) is Advance.HELD
            assert await seen(connection) == (0, 0, 0)

    asyncio.run(feature())


def test_nothing_is_kept_where_another_making_comes_between(database_url: str) -> None:
    async def feature() -> None:
        async with three_events(database_url, SwappedAmid) as (connection, ours, events):
            with pytest.raises(Moved):
                await advance(connection, SwappedAmid(), ours.made_at, 0, events[:1])
            assert await seen(connection) == (0, 0, 0)
            assert await schemas.standing(connection, "books") == ours

    asyncio.run(feature())
