"""The history of an aggregate at any point is what had happened by then, no more and no less."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from features.projecting.bookkeeping import NOON, Account, book, happened, open_account, save
from infrastructure.event_log import EventLog
from infrastructure.history import BuiltOnTheFuture, Change, History, history


def test_each_event_tells_who_what_and_what_it_changed(database_url: str) -> None:
    async def feature() -> History | None:
        async with EventLog(database_url) as log:
            account = await open_account(log)
            await book(log, account, 1, Decimal("0.10"))
            return await history(log, account)

    told = asyncio.run(feature())
    assert told is not None
    assert (told.kind, told.version, told.as_of) == ("features.Account", 2, 2)
    assert told.state == {"owner": "grace", "balance": "0.10"}
    opened, booked = told.entries
    assert (opened.event, opened.happened) == ("features.Account.Opened", "account opened")
    assert opened.changes == [Change("balance", None, "0"), Change("owner", None, "grace")]
    assert (booked.actor, booked.command, booked.position, booked.effective_at) == ("ada", "book", 2, NOON)
    assert booked.fields == {"amount": "0.10"}
    assert booked.changes == [Change("balance", "0", "0.10")]


def test_as_of_a_position_or_an_instant_is_a_prefix(database_url: str) -> None:
    async def feature() -> None:
        async with EventLog(database_url) as log:
            account, other = await open_account(log), await open_account(log)
            while_written = {}
            for version in range(1, 31):
                appended = await book(log, account, version, Decimal(version))
                while_written[appended] = await history(log, account)
                await book(log, other, version, Decimal(-1))
            whole = await history(log, account)
            assert whole is not None
            for appended, then in while_written.items():
                by_position = await history(log, account, as_of=appended.position)
                assert by_position == then == await history(log, account, as_of=appended.recorded_at)
                assert by_position is not None
                assert by_position.entries == whole.entries[: by_position.version]

    asyncio.run(feature())


def test_what_takes_effect_later_is_left_out(database_url: str) -> None:
    async def feature() -> None:
        async with EventLog(database_url) as log:
            account = await open_account(log)
            later = happened(Account.Booked, account, 2, amount=Decimal(5), timestamp=NOON + timedelta(days=3))
            back_dated = happened(Account.Booked, account, 3, amount=Decimal(2), timestamp=NOON + timedelta(days=1))
            await save(log, later, back_dated)
            told = await history(log, account, effective=(NOON + timedelta(days=2)).date())
            assert told is not None
            assert told.state["balance"] == "2"
            assert [entry.version for entry in told.entries] == [1, 3]
            assert await history(log, account, effective=NOON - timedelta(seconds=1)) is None

    asyncio.run(feature())


def test_a_state_that_never_stood_is_not_made_up(database_url: str) -> None:
    async def feature() -> None:
        async with EventLog(database_url) as log:
            account = uuid4()
            opened = happened(Account.Opened, account, 1, owner="grace", timestamp=NOON + timedelta(days=3))
            await save(log, opened, happened(Account.Booked, account, 2, amount=Decimal(2)))
            with pytest.raises(BuiltOnTheFuture):
                await history(log, account, effective=NOON)

    asyncio.run(feature())
