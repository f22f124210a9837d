"""A worker inside the test process, or as a process of its own: `python -m features.projecting.working URL BATCH`."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator

from features.projecting.bookkeeping import Books, make_known
from infrastructure.event_log import EventLog
from infrastructure.projecting import Positions, Runner
from projections.shared import ReadModel

PATIENCE = 30.0
"""Seconds after which a test gives up."""


@contextlib.asynccontextmanager
async def runner(
    log: EventLog, database_url: str, *models: type[ReadModel], batch: int = 500
) -> AsyncIterator[Positions]:
    """Read models that follow the log, and a way to wait for them."""
    known = {model.NAME: model for model in models or (Books,)}
    running = asyncio.create_task(Runner(log, database_url, known, batch=batch).run())
    positions = Positions(database_url, known)
    try:
        yield positions
    finally:
        await positions.aclose()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def caught_up(positions: Positions, log: EventLog, model: str = "books") -> int:
    """Return once the read model has reached the log's head; answers that position."""
    head = await log.head()
    await positions.reached(model, head, PATIENCE)
    return head


async def _work(database_url: str, batch: int) -> None:
    async with EventLog(database_url) as log:
        await Runner(log, database_url, {"books": Books}, batch=batch).run()


if __name__ == "__main__":
    make_known()
    asyncio.run(_work(sys.argv[1], int(sys.argv[2])))
