"""Whoever waits for the log's growth hears of it soon, whatever is said on its channel, or not said at all."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import psycopg
import pytest

from features.event_log.counters import counted, save
from infrastructure.database import Role, connect
from infrastructure.event_log import EventLog

LONG = 30.0
"""Seconds in which even a busy machine gets there; whoever hears nothing waits longer."""


async def _hears(database_url: str, log: EventLog, other: EventLog) -> None:
    """What another process appends, and notices on a channel of one's own."""
    heard = asyncio.Event()
    log.listen("credentials", heard.set)
    beyond = await log.head()
    waiting = asyncio.create_task(log.wait_beyond(beyond, LONG))
    position = (await other.append(save(counted(uuid4(), 1)))).position
    assert await waiting == position
    heard.clear()
    async with await connect(database_url, Role.READER, "anybody") as anybody, asyncio.timeout(LONG):
        while not heard.is_set():
            await anybody.execute("NOTIFY credentials")
            await asyncio.sleep(0)


@pytest.mark.parametrize("payload", ["hello", "-1", "9" * 7_000, "١٢"])
def test_a_notice_that_is_no_position_is_passed_over(database_url: str, payload: str) -> None:
    async def feature() -> None:
        async with EventLog(database_url) as log, EventLog(database_url) as other:
            await _hears(database_url, log, other)
            async with await connect(database_url, Role.READER, "anybody") as anybody:
                await anybody.execute(f"NOTIFY log, '{payload}'")
            await _hears(database_url, log, other)

    asyncio.run(feature())


def test_a_process_that_cannot_listen_just_then_listens_again(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = asyncio.Event()

    def no_more_files(_: int) -> int:
        failed.set()
        raise OSError(24, "Too many open files")

    async def feature() -> None:
        async with EventLog(database_url) as log, EventLog(database_url) as other:
            await _hears(database_url, log, other)
            with monkeypatch.context() as patch:
                patch.setattr("infrastructure.line.os.dup", no_more_files)
                await asyncio.to_thread(_end_listeners, database_url)
                await failed.wait()
            await _hears(database_url, log, other)

    asyncio.run(feature())


def _end_listeners(database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as administrator:
        administrator.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name LIKE '% listen' AND datname = current_database()"
        )


def test_a_notice_that_is_lost_makes_it_late_and_no_more(database_url: str) -> None:
    """Events get into the log, and nobody is told: its end is looked at all the same, now and then."""

    async def feature() -> None:
        async with EventLog(database_url) as log, EventLog(database_url) as other:
            await _hears(database_url, log, other)
            for _ in range(2):
                beyond = await log.head()
                waiting = asyncio.create_task(log.wait_beyond(beyond, LONG))
                await asyncio.to_thread(_append_in_silence, database_url)
                assert await waiting == beyond + 1

    asyncio.run(feature())


def _append_in_silence(database_url: str) -> None:
    with psycopg.connect(database_url) as owner:
        owner.execute(
            "INSERT INTO log.events SELECT position + 1, gen_random_uuid(), 1, recorded_at, topic, state, metadata"
            " FROM log.events ORDER BY position DESC LIMIT 1"
        )
