"""When an older log takes the log's place, read models that are ahead of it follow it all the same."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import psycopg
import pytest

from features.house.processes import eventually
from features.projecting.bookkeeping import Books, book, open_account
from features.projecting.working import caught_up, runner
from infrastructure.event_log import EventLog
from infrastructure.projecting import status, verify


def test_a_read_model_ahead_of_the_log_is_made_anew(database_url: str, caplog: pytest.LogCaptureFixture) -> None:
    async def feature() -> None:
        async with EventLog(database_url) as log, runner(log, database_url) as positions:
            account = await open_account(log)
            for version in range(1, 11):
                await book(log, account, version, Decimal(1))
            await caught_up(positions, log)
            await asyncio.to_thread(_forget_all_after, database_url, 5)
            await asyncio.to_thread(eventually, lambda: _position(database_url) == 5, "the read model went back, too")
            assert all(table.same for table in await verify(Books, log, database_url))
            await book(log, account, 5, Decimal(2))
            assert await caught_up(positions, log) == 6
            assert all(table.same for table in await verify(Books, log, database_url))

    asyncio.run(feature())
    assert "went back" in caplog.text


def _position(database_url: str) -> int:
    return asyncio.run(status(database_url, {"books": Books}))[0].position


def _forget_all_after(database_url: str, position: int) -> None:
    """As if the log had been restored from a backup of that time, and the read models had not."""
    with psycopg.connect(database_url) as connection:
        connection.execute("alter table log.events disable trigger append_only")
        connection.execute("delete from log.events where position > %s", [position])
        connection.execute("alter table log.events enable always trigger append_only")
