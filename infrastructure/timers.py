"""Does what has become due by the mere passing of time, through the same commands as anybody else.

Everything takes effect when it is done, not when it became due: an invoice bears the day on which it is really issued,
so that its buyer has the whole term of payment even if the worker stood still; its tax point is the scheduled day all
the same. Instalments that became due meanwhile are billed in the order of their days, so that numbers follow them.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

from application.billing import InvoiceInstalment
from application.contracting import ExpireContract
from application.quoting import ExpireQuote
from application.unit_of_work import Envelope, Reaction
from domain.shared.party import local_date
from infrastructure.database import DatabaseUnavailable
from infrastructure.event_log import LogBusy
from infrastructure.projecting import ReadModelBehind, ReadModelParked
from infrastructure.wiring import System
from projections import timers
from projections.timers import Timer

logger = logging.getLogger("q2c.timers")

ACTOR = "timer"
PAUSE = 5.0
"""Seconds between two rounds."""
BATCH = 200
REST = timedelta(minutes=5)
"""What was just recorded is left alone for so long: who enters past deals sends and accepts a quote within moments."""
NOT_AGAIN_FOR = timedelta(hours=1)
"""How long something that was refused is left alone."""

PutOff = dict[str, datetime]
"""What was refused, by its key, and until when it is left alone."""


async def run_timers(system: System) -> None:
    """Do what is due, for ever. Raises what the database raises."""
    put_off: PutOff = {}
    while True:
        await run_due(system, put_off, rest=REST)
        await asyncio.sleep(PAUSE)


async def run_due(system: System, put_off: PutOff | None = None, *, rest: timedelta = timedelta()) -> int:
    """Do, once, everything that is due now but for what was recorded less than `rest` ago; how many things were done.

    A refusal is recorded, hinders nothing else, and is not asked for again while `put_off` keeps it in mind.
    """
    now = system.clock.now()
    put_off = {} if put_off is None else put_off
    for key in [key for key, until in put_off.items() if until <= now]:
        del put_off[key]
    done = 0
    async for timer in _due(system, now, rest):
        asked = _asked(timer)
        if asked.key not in put_off:
            if await _do(system, asked, now):
                done += 1
            else:
                put_off[asked.key] = now + NOT_AGAIN_FOR
    return done


async def _due(system: System, now: datetime, rest: timedelta) -> AsyncIterator[Timer]:
    """What is due at the seller's place, once the read model has seen everything; nothing while it is behind."""
    head = await system.log.head()
    if head == 0:
        return
    try:
        await system.positions.reached("timers", head)
    except ReadModelBehind as behind:
        logger.info("%s: what is due waits", behind)
        return
    except ReadModelParked:
        pass  # what is due of others is due all the same
    reader = await system.readers.reader_for("timers")
    # No place on earth is a whole day ahead of UTC.
    until, after, more = now.date() + timedelta(days=1), None, True
    while more:
        batch = await timers.running(reader, until, after, BATCH, rest=rest)
        for timer in batch:
            if timer.due_on <= local_date(now, timer.time_zone):
                yield timer
        after, more = (batch[-1] if batch else None), len(batch) == BATCH


async def _do(system: System, asked: Reaction, now: datetime) -> bool:
    try:
        await system.application.execute(asked.command, Envelope(key=asked.key, actor=ACTOR, at=now), asked.on)
    except (LogBusy, DatabaseUnavailable):
        raise
    except Exception as problem:
        # Refused or broken: what is due after it must go on.
        await system.policies.record_refusal(asked, await system.log.head(), problem)
        return False
    return True


def _asked(timer: Timer) -> Reaction:
    """The command, and a key that names the business fact: asking twice has one effect."""
    subject = timer.subject_id
    if timer.kind == "invoice_instalment":
        command = InvoiceInstalment(contract_id=subject, number=timer.number)
        return Reaction(f"invoice of {subject} instalment {timer.number}", command)
    if timer.kind == "expire_quote":
        fact = f"expiry of {subject} revision {timer.revision} due on {timer.due_on}"
        return Reaction(fact, ExpireQuote(), subject)
    return Reaction(f"end of {subject} due on {timer.due_on}", ExpireContract(), subject)
