"""The worker process: keeps the read models up to date, and catches up on policies after a crash."""

from __future__ import annotations

import asyncio
import importlib.util
import logging
import signal

from infrastructure.database import DatabaseUnavailable
from infrastructure.event_log import EventLog
from infrastructure.projecting import Runner, read_models
from infrastructure.servers.provided import database
from infrastructure.settings import Settings

logger = logging.getLogger("q2c.worker")

_BACKOFF = 1.0


def main() -> None:
    """Work on the database that the settings name until SIGTERM or SIGINT."""
    settings = Settings()
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("q2c").setLevel(settings.log_level.upper())
    with database(settings) as url:
        asyncio.run(work_until_told(url))


async def work_until_told(database_url: str) -> None:
    """Work until SIGTERM or SIGINT; what is half done then is left out, and done by the next worker."""
    working = asyncio.create_task(work(database_url))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, working.cancel)
    try:
        await working
    except asyncio.CancelledError:
        logger.info("The worker stops")


async def work(database_url: str) -> None:
    """Run until cancelled. Waits for a database that does not answer, now or later."""
    log = EventLog(database_url, name="q2c worker")
    await _open(log)
    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(Runner(log, database_url, read_models()).run())
            if importlib.util.find_spec("infrastructure.wiring") is not None:
                wiring = importlib.import_module("infrastructure.wiring")
                if hasattr(wiring, "policy_runner"):
                    tasks.create_task(wiring.policy_runner(log))
    finally:
        await log.close()


async def _open(log: EventLog) -> None:
    said = False
    while True:
        try:
            return await log.open()
        except DatabaseUnavailable as error:
            if not said:
                logger.warning("%s; trying again until it answers", error)
            said = True
            await asyncio.sleep(_BACKOFF)


if __name__ == "__main__":
    main()
