"""The worker process: keeps the read models up to date, does what is due, seals the log, and catches up on
policies after a crash."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable

import uvloop

from infrastructure import logs
from infrastructure.collecting import collect_seldom
from infrastructure.database import DatabaseUnavailable
from infrastructure.event_log import LogBusy
from infrastructure.migrate import refuse_another_form
from infrastructure.projecting import Runner, read_models
from infrastructure.proofs.keys import signer_of, signing_key
from infrastructure.proofs.ledgers import ACCESSES, EVENTS, Ledger
from infrastructure.proofs.reading import log_name
from infrastructure.proofs.sealer import Sealer, SealingRefused
from infrastructure.proofs.sink import sink_of
from infrastructure.servers.provided import database
from infrastructure.settings import Settings
from infrastructure.timers import run_timers
from infrastructure.wiring import open_system, run_policies

logger = logging.getLogger("q2c.worker")

_BACKOFF = 1.0
"""Seconds between attempts while something does not work."""
_STEADY = 30.0
"""Seconds after which what breaks off again is news."""


def main() -> None:
    """Work on the database that the settings name until SIGTERM or SIGINT."""
    settings = Settings()
    logs.configure(settings)
    collect_seldom()
    with database(settings) as url:
        refuse_another_form(url)
        uvloop.run(work_until_told(url, *(_sealer(url, settings, ledger) for ledger in (EVENTS, ACCESSES))))


def _sealer(url: str, settings: Settings, ledger: Ledger) -> Sealer:
    log = log_name(url, ledger)
    return Sealer(url, signer_of(signing_key(settings), log), sink_of(settings, log, ledger), ledger)


async def work_until_told(database_url: str, sealer: Sealer, accesses: Sealer) -> None:
    """Work until SIGTERM or SIGINT; what is half done then is left out, and done by the next worker."""
    working = asyncio.create_task(work(database_url, sealer, accesses))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, working.cancel)
    try:
        await working
    except asyncio.CancelledError:
        logger.info("The worker stops")


async def work(database_url: str, sealer: Sealer, accesses: Sealer) -> None:
    """Run until cancelled. Waits for a database that does not answer, now or later."""

    async def everything() -> None:
        async with open_system(database_url, "q2c worker") as system, asyncio.TaskGroup() as tasks:
            tasks.create_task(Runner(system.log, database_url, read_models()).run())
            tasks.create_task(_for_ever("Policies", lambda: run_policies(system)))
            tasks.create_task(_for_ever("Timers", lambda: run_timers(system)))
            tasks.create_task(_for_ever("Sealing", lambda: sealer.run(system.log)))
            tasks.create_task(_for_ever("Sealing accesses", accesses.run))

    await _for_ever("The worker", everything)


async def _for_ever(who: str, job: Callable[[], Awaitable[None]]) -> None:
    """Do it, and again from the start whenever it breaks off; says so once for each outage."""
    said, clock = "", asyncio.get_running_loop().time
    while True:
        begun = clock()
        try:
            await job()
        except (DatabaseUnavailable, LogBusy, SealingRefused) as error:
            trouble = str(error)
        except Exception as error:
            # Not its text: that may quote values.
            trouble = type(error).__name__
        else:
            trouble = "came to an end"
        if trouble != said or clock() - begun > _STEADY:
            logger.error("%s: %s; trying again until it works", who, trouble)
        said = trouble
        await asyncio.sleep(_BACKOFF)


if __name__ == "__main__":
    main()
