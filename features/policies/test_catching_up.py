"""Policies catch up on what was left undone, wherever the log's end is."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import psycopg
import pytest

from features.api import SetClock
from features.event_log.counters import counted, save
from infrastructure import catching_up
from infrastructure.catching_up import catch_up
from infrastructure.event_log import EventLog
from infrastructure.policies import PolicyState
from infrastructure.wiring import open_system

LONG = 30.0


def test_policies_go_back_with_the_log(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An older log takes the log's place: what is recorded then, where something else was before, is looked at."""
    monkeypatch.setattr(catching_up, "PAUSE", 0.1)

    async def feature() -> None:
        later = SetClock(datetime.now(UTC) + timedelta(days=1))  # nobody is about to react any more
        async with open_system(database_url, "test", later) as system:
            running = asyncio.create_task(catch_up(system.application, system.log, system.policies, later))
            async with asyncio.timeout(LONG):
                await _append(system.log, 5)
                await _is_at(system.policies, 5)
                await asyncio.to_thread(_restore_an_older_one, database_url, 2)
                await _append(system.log, 2)
                await _is_at(system.policies, 4)
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

    asyncio.run(feature())


async def _append(log: EventLog, events: int) -> None:
    for _ in range(events):
        await log.append(save(counted(uuid4(), 1)))


async def _is_at(policies: PolicyState, position: int) -> None:
    while await policies.position() != position:
        pass  # each look is a round trip to the server


def _restore_an_older_one(database_url: str, position: int) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("alter table log.events disable trigger append_only")
        connection.execute("delete from log.events where position > %s", [position])
        connection.execute("alter table log.events enable always trigger append_only")
        connection.execute("update policies.position set position = %s", [position])
