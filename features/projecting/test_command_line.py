"""History and read models as the command line tells them."""

from __future__ import annotations

import asyncio
import json
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from typer.testing import CliRunner, Result

from features.projecting.bookkeeping import Books, book, open_account
from features.projecting.working import caught_up, runner
from infrastructure.event_log import EventLog
from infrastructure.projecting.schemas import projector
from interfaces.cli import application
from projections.shared import ReadModel


@pytest.fixture
def account(database_url: str, monkeypatch: pytest.MonkeyPatch) -> UUID:
    """An account with an entry, in the books; its books are a read model as any other."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setitem(ReadModel.MODELS, Books.NAME, Books)

    async def write() -> UUID:
        async with EventLog(database_url) as log, runner(log, database_url) as positions:
            account = await open_account(log)
            await book(log, account, 1, Decimal("0.10"))
            await caught_up(positions, log)
            return account

    return asyncio.run(write())


def q2c(*arguments: str) -> Result:
    return CliRunner().invoke(application(), arguments)


def test_history_tells_when_who_and_what(account: UUID) -> None:
    told = q2c("history", str(account)).output
    for expected in ("features.Account", "2024-05-01 12:00", "ada", "account booked", "balance: 0 → 0.10"):
        assert expected in told
    assert "account booked" not in q2c("history", str(account), "--as-of", "1").output
    as_json = json.loads(q2c("history", str(account), "--json").output)
    assert [entry["happened"] for entry in as_json["entries"]] == ["account opened", "account booked"]
    assert q2c("history", str(account), "--effective", "2024-04-30").exit_code == 1
    assert q2c("history", str(uuid4())).exit_code == 1
    assert q2c("history", str(account), "--as-of", "yesterday").exit_code == 2


def test_read_models_are_seen_to(account: UUID, database_url: str) -> None:
    status = json.loads(q2c("projection", "status", "books", "--json").output)
    assert [(each["name"], each["state"], each["rows"]["entries"]) for each in status] == [("books", "current", 1)]
    assert q2c("projection", "verify", "books").exit_code == 0
    asyncio.run(_spoil(database_url))
    assert q2c("projection", "verify", "books", "--json").exit_code == 1
    assert q2c("projection", "rebuild", "books").exit_code == 0
    assert "same" in q2c("projection", "verify", "books").output
    assert q2c("projection", "status", "nobody").exit_code == 2


async def _spoil(database_url: str) -> None:
    async with await projector(database_url) as connection:
        await connection.execute("delete from books.entries")
