"""Each event has its effects once, whoever applies it; what cannot be processed stops one read model, visibly."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

import pytest

from features.projecting.bookkeeping import Account, Books, Owners, book, happened, open_account, save
from features.projecting.working import PATIENCE, caught_up, runner
from infrastructure.event_log import EventLog
from infrastructure.projecting import (
    Parked,
    Readers,
    ReadModelBehind,
    ReadModelParked,
    read_models,
    retry,
    schemas,
    status,
)
from infrastructure.projecting.parking import FEW
from infrastructure.projecting.schemas import drop, projector


@dataclass(frozen=True)
class Balance:
    owner: str
    balance: Decimal
    entries: int


async def balance_of(database_url: str, account: UUID) -> Balance | None:
    readers = Readers(database_url)
    try:
        reader = await readers.reader_for("books")
        return await reader.row(Balance, "select owner, balance, entries from accounts where id = %(id)s", id=account)
    finally:
        await readers.aclose()


def test_what_was_done_is_read_after_waiting_for_it(database_url: str) -> None:
    async def feature() -> None:
        async with EventLog(database_url) as log, runner(log, database_url) as positions:
            account = await open_account(log)
            for number in range(20):
                appended = await book(log, account, number + 1, Decimal("0.10"))
                await positions.reached("books", appended.position, PATIENCE)
                expected = Balance("ada", Decimal("0.10") * (number + 1), number + 1)
                assert await balance_of(database_url, account) == expected

    asyncio.run(feature())


def test_two_workers_apply_nothing_twice(database_url: str) -> None:
    async def feature() -> None:
        async with EventLog(database_url) as log, EventLog(database_url) as other_log:
            account = await open_account(log)
            async with (
                runner(log, database_url, batch=3) as positions,
                runner(other_log, database_url, batch=4),
            ):
                for number in range(40):
                    await book(log, account, 5 * number + 1, *[Decimal(1)] * 5)
                await caught_up(positions, log)
            assert await balance_of(database_url, account) == Balance("ada", Decimal(200), 200)

    asyncio.run(feature())


def test_a_standby_takes_over(database_url: str) -> None:
    async def feature() -> None:
        async with EventLog(database_url) as log:
            account = await open_account(log)
            async with runner(log, database_url) as standby:
                async with runner(log, database_url) as positions:
                    await caught_up(positions, log)
                await book(log, account, 1, Decimal(7))
                await caught_up(standby, log)
            assert await balance_of(database_url, account) == Balance("ada", Decimal(7), 1)

    asyncio.run(feature())


def test_an_update_that_hits_no_row_parks_its_aggregate_and_the_others_go_on(
    database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def feature() -> None:
        async with EventLog(database_url) as log, runner(log, database_url, Books, Owners) as positions:
            account, other = await open_account(log, "a secret name"), await open_account(log)
            await book(log, account, 1, Decimal(1), Decimal(2))
            wrong = await save(log, happened(Account.Misfiled, account, 4), actor="a secret name")
            later = await book(log, account, 4, Decimal(3))
            for position in (wrong.position, later.position):
                with pytest.raises(ReadModelParked):
                    await positions.reached("books", position, PATIENCE)
            await book(log, other, 1, Decimal(4))
            await caught_up(positions, log)
            await caught_up(positions, log, "owners")
            assert await balance_of(database_url, account) == Balance("ada", Decimal(3), 2)
            assert await balance_of(database_url, other) == Balance("ada", Decimal(4), 1)
            books, owners = await status(database_url, {"books": Books, "owners": Owners})
            assert (books.state, books.lag, books.failure) == ("current", 0, None)
            problem = "update accounts set: touched 0 rows instead of 1"
            assert books.parked == [Parked(account, wrong.position, "features.Account.Misfiled", problem, later=1)]
            assert (owners.state, owners.lag, owners.rows, owners.parked) == ("current", 0, {"owners": 2}, [])

    asyncio.run(feature())
    said = [record.getMessage() for record in caplog.records if "books" in record.getMessage()]
    assert len(said) == 1
    assert "Misfiled" in said[0]
    assert "secret" not in caplog.text


def test_a_read_model_that_is_lost_is_made_again(database_url: str) -> None:
    async def feature() -> None:
        async with EventLog(database_url) as log, runner(log, database_url) as positions:
            account = await open_account(log)
            await caught_up(positions, log)
            async with await projector(database_url) as connection:
                await drop(connection, "books")
            await book(log, account, 1, Decimal(7))
            await caught_up(positions, log)
            assert await balance_of(database_url, account) == Balance("ada", Decimal(7), 1)

    asyncio.run(feature())


def test_a_read_model_that_can_process_next_to_nothing_stops_and_tries_again_when_told(database_url: str) -> None:
    async def feature() -> None:
        async with EventLog(database_url) as log, runner(log, database_url) as positions:
            # Entries of accounts that the books do not have yet: their updates hit no row.
            accounts = [UUID(int=number) for number in range(FEW + 2)]
            for account in accounts:
                await book(log, account, 0, Decimal(1))
            with pytest.raises(ReadModelBehind) as stopped:
                await positions.reached("books", await log.head(), PATIENCE)
            assert stopped.value.failed
            (books,) = await status(database_url, {"books": Books})
            assert (books.state, books.position, books.lag, len(books.parked)) == ("failed", FEW, 2, FEW)
            assert books.failure == (
                f"books cannot process features.Account.Booked at position {FEW + 1}: "
                "update accounts set: touched 0 rows instead of 1"
            )
            async with await projector(database_url) as connection:
                await connection.execute("delete from books.parked")
                await connection.execute("delete from books.entries")
                for account in accounts:
                    await connection.execute("insert into books.accounts values (%s, 'ada', 0, 0)", [account])
            await retry(Books, log, database_url)
            await caught_up(positions, log)
            assert await balance_of(database_url, accounts[-1]) == Balance("ada", Decimal(1), 1)

    asyncio.run(feature())


@pytest.mark.parametrize("busy", [False, True], ids=["nothing happens", "something happens all the time"])
def test_no_connection_is_left_alone(
    database_url: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, busy: bool
) -> None:
    # Everything thirty times as fast.
    monkeypatch.setattr(schemas, "LEFT_ALONE", schemas.LEFT_ALONE // 30)
    monkeypatch.setattr("infrastructure.projecting.runner._IDLE", 5 / 30)

    async def feature() -> None:
        models = read_models().values()
        async with EventLog(database_url) as log, runner(log, database_url, Books, *models) as positions:
            await open_account(log)
            await caught_up(positions, log)
            until = asyncio.get_running_loop().time() + 2 * schemas.LEFT_ALONE / 1000
            while asyncio.get_running_loop().time() < until:
                await (asyncio.gather(*(open_account(log) for _ in range(3))) if busy else asyncio.sleep(1))
            await open_account(log)
            await caught_up(positions, log)

    asyncio.run(feature())
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == []
