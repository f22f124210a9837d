"""Whoever gives up on a connection, while it is made or when it is lent, is heard, and leaves nothing behind."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from psycopg_pool import AsyncConnectionPool

from infrastructure.database import connect, connection_pool
from infrastructure.event_log import EventLog
from infrastructure.watched import WatchedConnection

LONG = 10.0
"""Seconds in which even a busy machine gets there."""


@pytest.fixture
def no_collector() -> Iterator[None]:
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("no_collector")
def test_giving_up_a_half_made_connection_hangs_up() -> None:
    async def give_up() -> asyncio.Task[object]:
        asked, hung_up = asyncio.Event(), asyncio.Event()

        async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            while await reader.read(1024):
                asked.set()
            hung_up.set()
            writer.close()

        async with asyncio.timeout(LONG), await asyncio.start_server(say_nothing, "127.0.0.1") as server:
            port = server.sockets[0].getsockname()[1]
            connecting = asyncio.create_task(connect(f"postgresql://nobody@127.0.0.1:{port}/none", None, "test"))
            await asked.wait()
            connecting.cancel()
            await asyncio.wait([connecting])
            await hung_up.wait()
            return connecting

    assert asyncio.run(give_up()).cancelled()


def test_giving_up_just_when_the_pool_lends_is_heard(database_url: str) -> None:
    async def give_up() -> asyncio.Task[object]:
        async with connection_pool(database_url, None, "test", max_size=1) as pool:
            lent = await pool.getconn()
            waiting = asyncio.create_task(pool.getconn())
            while not pool.get_stats().get("requests_waiting"):
                await asyncio.sleep(0)
            await pool.putconn(lent)
            waiting.cancel()
            await asyncio.wait([waiting])
            async with asyncio.timeout(LONG), pool.connection():
                return waiting

    assert asyncio.run(give_up()).cancelled()


def test_giving_up_just_when_the_pool_is_full_is_heard(database_url: str) -> None:
    async def give_up() -> asyncio.Task[None]:
        async with connection_pool(database_url, None, "test", min_size=1) as pool:
            waiting = asyncio.create_task(pool.wait())
            while not pool.get_stats().get("pool_available"):
                await asyncio.sleep(0)
            waiting.cancel()
            await asyncio.wait([waiting])
            return waiting

    assert asyncio.run(give_up()).cancelled()


def test_a_log_that_is_opened_by_halves_lets_go_of_what_it_has(
    database_url: str, administrator: psycopg.Connection[tuple[object, ...]]
) -> None:
    """Or a worker that tries again and again would hold one connection more each time."""
    name = str(conninfo_to_dict(database_url)["dbname"])

    def connections() -> tuple[object, ...] | None:
        return administrator.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = %s", [name]).fetchone()

    async def give_up() -> None:
        opening = asyncio.create_task(EventLog(database_url).open())
        while not any("read" in task.get_name() for task in asyncio.all_tasks()):  # those of the second thing it opens
            await asyncio.sleep(0)
        opening.cancel()
        await asyncio.wait([opening])

    async def let_go() -> None:
        async with asyncio.timeout(LONG):
            await give_up()
            while connections() != (0,):
                await asyncio.sleep(0)

    administrator.execute(sql.SQL("ALTER DATABASE {} CONNECTION LIMIT 1").format(sql.Identifier(name)))
    asyncio.run(let_go())


def test_whoever_is_told_to_end_while_connections_are_looked_through_ends(database_url: str) -> None:
    """The pool asks each of its connections whether it is there, and takes being cancelled for one more that is not."""

    async def feature() -> None:
        pool = connection_pool(database_url, None, "test", min_size=2, max_size=2)
        async with pool:
            await pool.wait()
            looking, is_asked = asyncio.create_task(_look_for_ever(pool)), asyncio.Event()
            really = WatchedConnection.wait

            async def swallowed(connection: WatchedConnection, *arguments: Any, **options: Any) -> Any:
                if not is_asked.is_set():
                    is_asked.set()
                    await asyncio.Event().wait()  # a network that tells nothing
                return await really(connection, *arguments, **options)

            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(WatchedConnection, "wait", swallowed)
                async with asyncio.timeout(LONG):
                    await is_asked.wait()
                    looking.cancel()
                    await asyncio.wait([looking])

    asyncio.run(feature())


async def _look_for_ever(pool: AsyncConnectionPool[Any]) -> None:
    while True:
        await pool.check()
        await asyncio.sleep(0)
