"""A process whose clients all count with one counter, each in its turn, and say what they were told."""

from __future__ import annotations

import asyncio
import sys
from uuid import UUID

from features.event_log.counters import counted, save
from infrastructure.event_log import EventLog, LogBusy, Stale

CLIENTS = 8


async def count(database_url: str, id: UUID, times: int) -> None:
    """Each client counts so many times, and prints each attempt: the key, and the position or `refused`."""

    async def client(log: EventLog) -> None:
        done = 0
        while done < times:
            given = save(counted(id, 1 + len(await log.events_of(id))))
            try:
                position: object = (await log.append(given)).position
                done += 1
            except (Stale, LogBusy):
                position = "refused"
            print(given.key, position, flush=True)

    async with EventLog(database_url) as log:
        await asyncio.gather(*(client(log) for _ in range(CLIENTS)))


if __name__ == "__main__":
    asyncio.run(count(sys.argv[1], UUID(sys.argv[2]), int(sys.argv[3])))
