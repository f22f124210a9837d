"""What a connection has prepared stays known, and is no more than what it needs, whatever happens on the way."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import Any

import pytest
from psycopg import AsyncConnection

from features.projecting.bookkeeping import Account, Books, Owners, book, happened, open_account, save
from features.projecting.working import caught_up, runner
from infrastructure.event_log import EventLog
from infrastructure.projecting import Readers, advancing, group_move, rebuild, rebuilding, schemas
from infrastructure.projecting.advancing import Advance, advance
from projections.shared import ReadModel

BATCHES = 40


class WiderBooks(Books):
    """By another version, one of whose columns is of another type."""

    tables = Books.tables.replace("entries int not null", "entries bigint not null")


WiderBooks.NAME = Books.NAME
ReadModel.MODELS.pop("features", None)


@pytest.mark.parametrize("parked", [False, True])
def test_a_worker_that_leaves_something_out_prepares_its_statements_once(database_url: str, parked: bool) -> None:
    async def feature() -> None:
        async with EventLog(database_url) as log:
            bad, good = await open_account(log), await open_account(log)
            if parked:
                await save(log, happened(Account.Misfiled, bad, 2))
            begun = await log.head()
            for version in range(1, BATCHES + 1):
                await book(log, good, version, Decimal(1))
            async with await schemas.projector(database_url) as connection:
                await schemas.create(connection, Books, "books")
                await _apply(connection, log, 0, begun)
            async with await schemas.projector(database_url) as connection:  # as of a worker that was started anew
                prepared = [await _apply(connection, log, after, 1) for after in range(begun, await log.head())]
            assert prepared[-1] == prepared[5] < 20

    asyncio.run(feature())


async def _apply(connection: AsyncConnection, log: EventLog, after: int, events: int) -> int:
    """How many statements are prepared then."""
    await schemas.enter(connection, "books")
    standing = await schemas.standing(connection, "books")
    assert standing is not None
    assert await advance(connection, Books(), standing.made_at, after, await log.read(after, events)) is Advance.DONE
    row = await (await connection.execute("select count(*) from pg_prepared_statements")).fetchone()
    return int((row or [0])[0])


@pytest.fixture
def singly(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Grows whenever events are applied one by one. A short log counts as a long one, and each read model is moved by
    itself, like one that has much to catch up."""
    monkeypatch.setattr(rebuilding, "BATCH", 5)
    monkeypatch.setattr(group_move, "FEW", 0)
    applied, really = list[int](), advancing._one_by_one

    async def one_by_one(connection: AsyncConnection, model: ReadModel, *rest: Any) -> Advance:
        applied.append(1)
        return await really(connection, model, *rest)

    monkeypatch.setattr(advancing, "_one_by_one", one_by_one)
    return applied


def test_a_worker_that_has_made_a_read_model_anew_applies_events_together(database_url: str, singly: list[int]) -> None:
    async def feature() -> None:
        async with EventLog(database_url) as log, await schemas.projector(database_url) as connection:
            async with runner(log, database_url, Owners) as positions:
                account = await open_account(log)
                for version in range(1, BATCHES):
                    await book(log, account, version, Decimal(1))  # nothing to owners
                await caught_up(positions, log, "owners")
            await connection.execute("update owners.position set fingerprint = 'of last year'")
            async with runner(log, database_url, Owners) as positions:
                while not await schemas.is_made(connection, Owners):
                    pass  # each look is a round trip to the server
                for _ in range(5):
                    await open_account(log)
                    await caught_up(positions, log, "owners")

    asyncio.run(feature())
    assert singly == []


def test_a_query_goes_on_when_a_column_is_of_another_type(database_url: str) -> None:
    async def feature() -> None:
        readers = Readers(database_url)
        async with EventLog(database_url) as log:
            async with runner(log, database_url) as positions:
                account = await open_account(log)
                await book(log, account, 1, Decimal(1))
                await caught_up(positions, log)

            async def entries() -> object:
                reader = await readers.reader_for("books")
                return await reader.row(int, "select entries from accounts where id = %(id)s", id=account)

            before = [await entries() for _ in range(2)]
            await rebuild(WiderBooks, log, database_url)
            assert [*before, *[await entries() for _ in range(2)]] == [1] * 4
        await readers.aclose()

    asyncio.run(feature())
