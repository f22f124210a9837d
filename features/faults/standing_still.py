"""A process that counts once, and stands still on the way.

`python -m features.faults.standing_still URL COUNTER HOW`
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from uuid import UUID

import psycopg

from features.event_log.counters import counted, save
from features.event_log.holding import BLOCKED
from infrastructure.event_log import Appended, EventLog, LogBusy, LogUnavailable, Stale, exclusive, group_commit

NAME = "frozen"
HOLD = 1_000
"""Milliseconds after which the name is taken from who stands still; ten times less than otherwise."""


async def waiting(log: EventLog, url: str, counter: UUID) -> str:
    """Stand still while the append waits for the log; then hear what has become of it, as clients do."""
    asking = asyncio.create_task(_ask(log, counter, NAME))
    await _stand_still_once_blocked(url)
    return await asking


async def anew(log: EventLog, url: str, counter: UUID) -> str:
    """The same, but then believe that it was not written, as so much time has passed, and do it under another key."""
    asking = asyncio.create_task(_ask(log, counter, NAME))
    await _stand_still_once_blocked(url)
    asking.cancel()
    while True:
        try:
            return await _ask(log, counter, f"{NAME} again")
        except Stale:
            pass


async def holding(log: EventLog, _: str, counter: UUID) -> str:
    """Stand still while holding the name, after the load and before the append."""
    async with log.exclusive(str(counter)):
        version = len(await log.events_of(counter))
        os.kill(os.getpid(), signal.SIGSTOP)
        try:
            return _word(await log.append(save(counted(counter, version + 1, note=NAME), key=NAME)))
        except Stale:
            return "stale"


async def _ask(log: EventLog, counter: UUID, key: str) -> str:
    while True:
        version = len(await log.events_of(counter))
        try:
            return _word(await log.append(save(counted(counter, version + 1, note=NAME), key=key)))
        except (LogBusy, LogUnavailable):
            pass


def _word(appended: Appended) -> str:
    return "replayed" if appended.replayed else "written"


async def _stand_still_once_blocked(url: str) -> None:
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as watching:
        while not await (await watching.execute(BLOCKED)).fetchall():
            pass  # each look is a round trip to the server
    os.kill(os.getpid(), signal.SIGSTOP)


async def _count(url: str, counter: UUID, how: str) -> None:
    exclusive.HOLD, group_commit.LOCK_TIMEOUT = HOLD, 60_000
    async with EventLog(url, name=NAME) as log:
        print(await {"waiting": waiting, "anew": anew, "holding": holding}[how](log, url, counter))


if __name__ == "__main__":
    asyncio.run(_count(sys.argv[1], UUID(sys.argv[2]), sys.argv[3]))
