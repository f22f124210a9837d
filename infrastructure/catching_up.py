"""Catching up on policies after a crash.

The process that carries out a command carries out its reactions right after. What a crash left undone is left for here,
where everything is asked for again: a reaction's key makes a second time harmless.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import takewhile

import msgspec

from application.policies import reactions_to
from application.unit_of_work import Envelope
from infrastructure.application import POLICY, Application
from infrastructure.clock import Clock
from infrastructure.event_log import EventLog, RecordedEvent, UnknownTopic
from infrastructure.policies import PolicyState

BATCH = 500
PAUSE = 60
"""Seconds after which one looks again, though nothing was heard."""
GRACE = timedelta(seconds=3)
"""The process that appended an event has this long to react to it, before catching up does it instead."""


async def catch_up(application: Application, log: EventLog, state: PolicyState, clock: Clock) -> None:
    """React, for ever, to what no living process has reacted to."""
    position = await state.position()
    while True:
        recorded = await log.read(position, BATCH)
        ripe = _ripe(recorded, clock.now())
        for each in await _unanswered(log, state, ripe):
            await react_to(application, each)
        if ripe:
            position = ripe[-1].position
            await state.advance(position)
        elif recorded:
            await asyncio.sleep((GRACE - (clock.now() - recorded[0].recorded_at)).total_seconds())
        else:
            await log.wait_beyond(position, PAUSE)
            # An older log may have taken this one's place meanwhile, and with it an older position.
            position = await state.position()


def _ripe(recorded: Sequence[RecordedEvent], now: datetime) -> list[RecordedEvent]:
    """The first of them, up to where somebody may still be about to react. What was recorded ahead of its time, by a
    clock that was set right since, is not waited for."""
    return list(takewhile(lambda each: abs(now - each.recorded_at) >= GRACE, recorded))


async def _unanswered(log: EventLog, state: PolicyState, recorded: Sequence[RecordedEvent]) -> list[RecordedEvent]:
    """Those after which something is asked for that nobody has done or refused yet."""
    recorded = [each for each in recorded if await _is_readable(each, state)]
    asked = {each.position: [reaction.key for reaction in reactions_to(each.event)] for each in recorded}
    keys = [key for each in asked.values() for key in each]
    answered = await log.known_keys(POLICY, keys) | await state.known_refusals(keys)
    return [each for each in recorded if not answered.issuperset(asked[each.position])]


async def _is_readable(recorded: RecordedEvent, state: PolicyState) -> bool:
    """Whether it can be told what follows; if not, somebody has to look at it, and what comes after it must go on."""
    try:
        _ = recorded.event, recorded.metadata
    except (UnknownTopic, msgspec.MsgspecError):
        await state.record_unreadable(recorded.topic, recorded.originator_id, recorded.position)
        return False
    return True


async def react_to(application: Application, recorded: RecordedEvent) -> None:
    """Carry out what the policies ask for after one event, on behalf of whoever began it."""
    metadata = recorded.metadata
    envelope = Envelope(
        key=str(metadata["correlation_id"]),
        actor=str(metadata["actor"]),
        on_behalf_of=metadata["on_behalf_of"],
        at=recorded.event.timestamp,
        correlation_id=metadata["correlation_id"],
        causation_depth=int(metadata["causation_depth"]),
        behind=tuple(metadata.get("behind", ())),
        other_accounts=tuple(metadata.get("other_accounts", ())),
    )
    await application.react([recorded], envelope)
