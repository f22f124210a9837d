"""What of a worker keeps the read models up: `python -m interfaces.benchmark.keeping URL`.

Policies would answer to events that are copied, and are the measurement of deals.
"""

from __future__ import annotations

import sys

import uvloop

from infrastructure.collecting import collect_seldom
from infrastructure.event_log import EventLog
from infrastructure.projecting import Runner, read_models


async def keep(url: str) -> None:
    """Until the process is ended."""
    async with EventLog(url, name="q2c worker") as log:
        await Runner(log, url, read_models()).run()


if __name__ == "__main__":
    collect_seldom()
    uvloop.run(keep(sys.argv[1]))
