"""A process that writes until it is killed, and says what was acknowledged to it."""

from __future__ import annotations

import asyncio
import sys
from uuid import uuid4

from features.event_log.counters import counted, save
from infrastructure.event_log import EventLog


async def write(database_url: str) -> None:
    """Four clients that print the key, the position and the number of events of each save acknowledged."""

    async def client(log: EventLog) -> None:
        while True:
            given = save(counted(uuid4(), 1, 2, 3))
            answer = await log.append(given)
            print(given.key, answer.position, len(given.events), flush=True)

    async with EventLog(database_url) as log:
        await asyncio.gather(*(client(log) for _ in range(4)))


if __name__ == "__main__":
    asyncio.run(write(sys.argv[1]))
