"""A wait ends when the effects are there to be read, or says in time that they are not."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest

from features.projecting.bookkeeping import book, open_account
from features.projecting.working import PATIENCE, caught_up, runner
from infrastructure.event_log import EventLog
from infrastructure.projecting import Positions, Readers, ReadModelBehind
from infrastructure.projecting.schemas import projector


def test_many_wait_at_once_and_each_for_its_own_position(database_url: str) -> None:
    async def feature() -> None:
        async with EventLog(database_url) as log, runner(log, database_url) as positions:
            account = await open_account(log)
            waits: list[asyncio.Task[None]] = []
            for version in range(1, 51):
                appended = await book(log, account, version, Decimal(1))
                waits.append(asyncio.create_task(positions.reached("books", appended.position, PATIENCE)))
            await asyncio.gather(*waits)

    asyncio.run(feature())


def test_a_wait_for_what_never_comes_ends(database_url: str) -> None:
    async def feature() -> None:
        async with EventLog(database_url) as log, runner(log, database_url) as positions:
            await open_account(log)
            head = await caught_up(positions, log)
            with pytest.raises(ReadModelBehind) as behind:
                await positions.reached("books", head + 1, 0.05)
            assert (behind.value.model, behind.value.position, behind.value.failed) == ("books", head + 1, False)

    asyncio.run(feature())


def test_a_read_model_that_nobody_has_made_yet_is_behind(database_url: str) -> None:
    async def feature() -> None:
        positions = Positions(database_url, ["books"])
        with pytest.raises(ReadModelBehind):
            await positions.reached("books", 1, 0.05)
        async with EventLog(database_url) as log, runner(log, database_url):
            await open_account(log)
            await positions.reached("books", 1, PATIENCE)
        await positions.aclose()

    asyncio.run(feature())


def test_what_was_there_is_looked_for_again_over_a_new_connection(database_url: str) -> None:
    """A server that was killed may have lost the last moves of a read model, which are made again from the log."""

    async def feature() -> None:
        async with EventLog(database_url) as log, runner(log, database_url) as positions:
            await open_account(log)
            head = await caught_up(positions, log)
        readers = Readers(database_url)
        reader = await readers.reader_for("books", head)
        async with await projector(database_url) as connection:
            await connection.execute("update books.position set position = position - 1")
            with pytest.raises(ReadModelBehind):
                await reader.rows(int, "select entries from accounts")
            await connection.execute("update books.position set position = position + 1")
            assert await reader.rows(int, "select entries from accounts") == [0]
        await readers.aclose()

    asyncio.run(feature())


def test_a_wait_given_up_disturbs_no_other(database_url: str) -> None:
    async def feature() -> None:
        async with EventLog(database_url) as log:
            positions = Positions(database_url, ["books"])
            given_up = asyncio.create_task(positions.reached("books", 1, PATIENCE))
            kept = asyncio.create_task(positions.reached("books", 1, PATIENCE))
            await asyncio.sleep(0)
            given_up.cancel()
            async with runner(log, database_url):
                await open_account(log)
                await kept
            assert given_up.cancelled()
            await positions.aclose()

    asyncio.run(feature())
