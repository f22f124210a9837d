"""A worker as a process of its own that keeps the ledger: `python -m features.operating.standing_by URL`."""

from __future__ import annotations

import asyncio
import sys

from features.operating.ledger import Ledger, known_ledger
from infrastructure.event_log import EventLog
from infrastructure.projecting import Runner


async def _work(database_url: str) -> None:
    async with EventLog(database_url, name="q2c worker") as log:
        await Runner(log, database_url, {Ledger.NAME: Ledger}, batch=20).run()


if __name__ == "__main__":
    with known_ledger():
        asyncio.run(_work(sys.argv[1]))
