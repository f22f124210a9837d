"""What is made anew from the log is what was there; a changed read model is made anew by itself."""

from __future__ import annotations

import asyncio
from decimal import Decimal

from features.projecting.bookkeeping import Books, book, open_account
from features.projecting.working import caught_up, runner
from infrastructure.event_log import EventLog
from infrastructure.projecting import rebuild, schemas, status, table_hashes, verify
from infrastructure.projecting.schemas import projector

KNOWN_ROWS = """
    select relname, reltuples::int from pg_class where relnamespace = 'books'::regnamespace and relkind = 'r'
    and reltuples > 0"""


async def _write(log: EventLog, entries: int = 30) -> None:
    for number in range(4):
        account = await open_account(log, f"owner {number}")
        for version in range(1, entries + 1):
            await book(log, account, version, Decimal(version) / 4)


def test_a_rebuild_yields_the_rows_that_were_live(database_url: str) -> None:
    async def feature() -> None:
        async with EventLog(database_url) as log, runner(log, database_url, batch=7) as positions:
            await _write(log)
            await caught_up(positions, log)
            live = await table_hashes(database_url, Books)
            seen: list[tuple[int, int]] = []
            await rebuild(Books, log, database_url, lambda done, goal: seen.append((done, goal)))
            assert seen[-1] == (124, 124)
            assert await table_hashes(database_url, Books) == live
            assert {name: table.rows for name, table in live.items()} == {"accounts": 4, "entries": 120}

    asyncio.run(feature())


def test_what_is_rebuilt_is_known_to_the_planner_at_once(database_url: str) -> None:
    async def feature() -> None:
        async with EventLog(database_url) as log:
            await _write(log)
            await rebuild(Books, log, database_url)
        async with await projector(database_url) as connection:
            known = await (await connection.execute(KNOWN_ROWS)).fetchall()
        assert dict(known) == {"accounts": 4, "entries": 120}

    asyncio.run(feature())


def test_a_read_model_is_rebuilt_while_events_arrive_and_nobody_sees_it_go_back(database_url: str) -> None:
    async def feature() -> None:
        async with EventLog(database_url) as log, runner(log, database_url) as positions:
            async with asyncio.TaskGroup() as tasks, await projector(database_url) as looking:
                writing = tasks.create_task(_write(log))
                rebuilding = tasks.create_task(_rebuild_until(writing, log, database_url))
                seen = [0]
                while not (writing.done() and rebuilding.done()):
                    standing = await schemas.standing(looking, "books")
                    seen.append(standing.position if standing else 0)
            await caught_up(positions, log)
            assert rebuilding.result() >= 2
            assert seen == sorted(seen)
            assert len(set(seen)) > 2
            assert all(table.same for table in await verify(Books, log, database_url))

    asyncio.run(feature())


async def _rebuild_until(writing: asyncio.Task[None], log: EventLog, database_url: str) -> int:
    times = 0
    while not writing.done() or times < 2:
        await rebuild(Books, log, database_url)
        times += 1
    return times


def test_rows_that_the_log_does_not_give_are_found(database_url: str) -> None:
    async def feature() -> None:
        async with EventLog(database_url) as log, runner(log, database_url) as positions:
            await _write(log, 3)
            await caught_up(positions, log)
            async with await projector(database_url) as connection:
                await connection.execute("update books.accounts set balance = balance + 0.01 where owner = 'ada'")
            same = {table.table: table.same for table in await verify(Books, log, database_url)}
            assert same == {"accounts": False, "entries": True}

    asyncio.run(feature())


def test_a_read_model_made_by_other_source_is_made_anew(database_url: str) -> None:
    async def feature() -> None:
        async with EventLog(database_url) as log:
            async with runner(log, database_url) as positions:
                await _write(log, 3)
                await caught_up(positions, log)
            async with await projector(database_url) as connection:
                await connection.execute("update books.position set fingerprint = 'of last year'")
                await connection.execute("delete from books.entries")
            assert [each.state for each in await status(database_url, {"books": Books})] == ["outdated"]
            async with runner(log, database_url) as positions:
                await _write(log, 1)
                await caught_up(positions, log)
            assert [each.rows["entries"] for each in await status(database_url, {"books": Books})] == [16]

    asyncio.run(feature())
