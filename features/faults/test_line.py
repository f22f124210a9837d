"""A connection whose socket is watched all along answers as the driver's own would, whatever happens to it."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import weakref
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import psycopg
import pytest
import uvloop

from infrastructure.database import connect, connect_sync, connection_pool
from infrastructure.sending import Sender
from infrastructure.watched import WatchedConnection

LONG = 20.0
"""Seconds after which something hangs."""
Run = Callable[[Coroutine[Any, Any, None]], None]
both = pytest.mark.parametrize("run", [asyncio.run, uvloop.run], ids=["asyncio", "uvloop"])


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[WatchedConnection]:
    async with asyncio.timeout(LONG), await connect(url, None, "line") as connection:
        yield connection


async def answer(connection: psycopg.AsyncConnection, sql: bytes, *values: object) -> object:
    row = await (await connection.execute(sql, values)).fetchone()
    return row and row[0]


@both
def test_more_than_the_socket_takes_at_once_goes_through(database_url: str, run: Run) -> None:
    async def feature() -> None:
        async with connected(database_url) as connection:
            much = "x" * (32 * 2**20)
            assert await answer(connection, b"select length(%s)", much) == len(much)
            assert await answer(connection, b"select %s::text", much) == much

    run(feature())


@both
def test_whoever_stops_waiting_leaves_a_connection_that_answers(database_url: str, run: Run) -> None:
    async def feature() -> None:
        async with connected(database_url) as connection:
            for _ in range(3):
                waiting = asyncio.create_task(answer(connection, b"select pg_sleep(60)"))
                # A server that is told to stop before it has begun would begin all the same.
                while not has_begun(database_url, connection):
                    await asyncio.sleep(0)
                waiting.cancel()
                assert isinstance((await asyncio.gather(waiting, return_exceptions=True))[0], asyncio.CancelledError)
                assert await answer(connection, b"select 1") == 1

    run(feature())


@both
def test_a_connection_that_was_lost_at_rest_says_so_and_the_next_one_answers(database_url: str, run: Run) -> None:
    """Whatever comes next may have the number of its socket."""

    async def feature() -> None:
        for _ in range(3):
            async with connected(database_url) as connection:
                assert await answer(connection, b"select 1") == 1
                hang_up(database_url, connection)
                with pytest.raises(psycopg.OperationalError):
                    await answer(connection, b"select 1")
            async with connected(database_url) as connection:
                assert await answer(connection, b"select 2") == 2

    run(feature())


@both
def test_a_connection_that_is_lost_with_words_unread_says_so(database_url: str, run: Run) -> None:
    """The socket has an error then, after which uvloop tells of nothing any more that happens to it."""

    async def feature() -> None:
        async with connected(database_url) as connection:
            server = connection.info.backend_pid
            os.kill(server, signal.SIGSTOP)
            try:
                waiting = asyncio.create_task(answer(connection, b"select 1"))
                while connection.pgconn.transaction_status != psycopg.pq.TransactionStatus.ACTIVE:
                    await asyncio.sleep(0)
                hang_up(database_url, connection, within=0)
            finally:
                os.kill(server, signal.SIGCONT)
            hang_up(database_url, connection)
            with pytest.raises(psycopg.OperationalError):
                await waiting

    run(feature())


@both
def test_a_connection_that_is_lost_amid_a_statement_says_so(database_url: str, run: Run) -> None:
    async def feature() -> None:
        async with connected(database_url) as connection:
            waiting = asyncio.create_task(answer(connection, b"select pg_sleep(60)"))
            while connection.pgconn.transaction_status != psycopg.pq.TransactionStatus.ACTIVE:
                await asyncio.sleep(0)
            await asyncio.to_thread(hang_up, database_url, connection)
            with pytest.raises(psycopg.OperationalError):
                await waiting
        async with connected(database_url) as connection:
            assert await answer(connection, b"select 2") == 2

    run(feature())


@both
def test_what_the_server_says_unasked_is_kept(database_url: str, run: Run) -> None:
    async def feature() -> None:
        async with connected(database_url) as connection:
            await connection.execute(b"listen line")
            assert await answer(connection, b"select 1") == 1
            with connect_sync(database_url, None, "line") as other:
                other.execute("select pg_notify('line', 'heard')")
            await asyncio.sleep(0)
            heard = [notice.payload async for notice in connection.notifies(timeout=LONG, stop_after=1)]
            assert heard == ["heard"]
            assert await answer(connection, b"select 2") == 2

    run(feature())


@both
def test_more_who_ask_than_connections_are_all_answered(database_url: str, run: Run) -> None:
    async def feature() -> None:
        async with asyncio.timeout(LONG), connection_pool(database_url, None, "line", max_size=2) as pool:

            async def asked(number: int) -> object:
                async with pool.connection() as connection:
                    if number % 7 == 0:  # a connection that is lost is replaced, and fails nobody else
                        await connection.close()
                        return number
                    return await answer(connection, b"select %s::int", number)

            assert await asyncio.gather(*map(asked, range(100))) == list(range(100))
            assert pool.get_stats()["requests_waiting"] == 0

    run(feature())


@both
def test_a_connection_that_is_closed_is_let_go(database_url: str, run: Run) -> None:
    async def feature() -> None:
        async with connected(database_url) as connection:
            assert await Sender.of(connection).ask(connection, "select 1", {}, lambda _: tuple) == [(1,)]
            gone = weakref.ref(connection)
        del connection
        gc.collect()
        assert gone() is None

    run(feature())


def has_begun(url: str, connection: WatchedConnection) -> bool:
    """Whether the server is at work on what was asked."""
    with connect_sync(url, None, "line") as other:
        query = "select state = 'active' and query ~ 'pg_sleep' from pg_stat_activity where pid = %s"
        found = other.execute(query, [connection.info.backend_pid]).fetchone()
    return bool(found and found[0])


def hang_up(url: str, connection: WatchedConnection, *, within: int = 5_000) -> None:
    """The server ends it, and has done so within these milliseconds."""
    with connect_sync(url, None, "line") as other:
        other.execute("select pg_terminate_backend(%s, %s)", [connection.info.backend_pid, within])
