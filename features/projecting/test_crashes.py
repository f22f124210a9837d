"""A worker that is killed anywhere loses no event and repeats none."""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
from decimal import Decimal

from features.projecting.bookkeeping import Books, book, open_account
from features.projecting.working import PATIENCE, caught_up, runner
from infrastructure.event_log import EventLog
from infrastructure.projecting import Positions, verify

KILLS = 20
EVENTS_A_LIFE = 240
"""How far a worker gets before it is killed, at most."""


def test_a_worker_killed_again_and_again_applies_every_event_once(database_url: str) -> None:
    async def feature() -> None:
        async with EventLog(database_url) as log:
            account = await open_account(log)
            for number in range(KILLS * EVENTS_A_LIFE // 100):
                await book(log, account, 100 * number + 1, *[Decimal("0.01")] * 100)
            head = await log.head()
            reached, kills, chance = 0, 0, random.Random(20)
            while reached < head:
                goal = reached + chance.randint(EVENTS_A_LIFE // 2, EVENTS_A_LIFE)
                reached = await _live_and_die(database_url, min(head, goal))
                kills += 1
            assert kills >= KILLS
            async with runner(log, database_url) as positions:
                await caught_up(positions, log)
            assert all(table.same for table in await verify(Books, log, database_url))

    asyncio.run(feature())


async def _live_and_die(database_url: str, goal: int) -> int:
    """Start a worker and kill it once it is seen beyond `goal`; what it was doing then is left half done."""
    worker = subprocess.Popen([sys.executable, "-m", "features.projecting.working", database_url, "3"])
    positions = Positions(database_url, ["books"])
    try:
        await positions.reached("books", goal, PATIENCE)
    finally:
        worker.kill()
        worker.wait()
        await positions.aclose()
    return goal
