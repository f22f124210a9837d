"""Several workers share the read models; what one of them leaves, the others take."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from decimal import Decimal

from features.projecting.bookkeeping import Books, Owners, book, open_account
from features.projecting.working import PATIENCE, caught_up, runner
from infrastructure.database import Role, connect
from infrastructure.event_log import EventLog

HELD = """select count(*)::int from pg_locks where locktype = 'advisory' and classid = 1904 and granted
    and database = (select oid from pg_database where datname = current_database()) group by pid order by 1"""


async def until_held(database_url: str, *shares: int) -> None:
    """Wait until so many workers keep so many read models each."""
    async with asyncio.timeout(PATIENCE), await connect(database_url, Role.READER, "test") as connection:
        while [row[0] for row in await (await connection.execute(HELD)).fetchall()] != list(shares):
            await connection.execute("select pg_sleep(0.01)")


def test_workers_share_the_read_models_and_take_over_what_is_left(database_url: str) -> None:
    async def feature() -> None:
        async with EventLog(database_url) as log, EventLog(database_url) as other_log:
            account = await open_account(log)
            async with runner(log, database_url, Books, Owners) as positions:
                await until_held(database_url, 2)
                async with AsyncExitStack() as second:
                    await second.enter_async_context(runner(other_log, database_url, Books, Owners))
                    await until_held(database_url, 1, 1)
                    await book(log, account, 1, Decimal(1))
                    await caught_up(positions, log, "books")
                    await caught_up(positions, log, "owners")
                await until_held(database_url, 2)
                await book(log, account, 2, Decimal(1))
                await caught_up(positions, log, "books")
                await caught_up(positions, log, "owners")

    asyncio.run(feature())
