"""Which time a query means: now by the injected clock, a past point of the log, or the days that it names."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from fastapi import Depends, Query, Request

from interfaces.rest.requests import ParameterInvalid

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
AsOf = Annotated[
    date | None, Query(ge=FIRST_DAY, le=LAST_DAY, description="As of the end of this day; today where not given.")
]
From = Annotated[
    date | None,
    Query(alias="from", ge=FIRST_DAY, le=LAST_DAY, description="The first day; without it, from the start."),
]
To = Annotated[
    date | None, Query(alias="to", ge=FIRST_DAY, le=LAST_DAY, description="The last day; without it, to the end.")
]

PAST = frozenset(("position", "instant"))
"""Parameters that ask for what was."""
Position = Annotated[int | None, Query(ge=0, lt=2**63, description="A position of the log.")]
Instant = Annotated[datetime | None, Query(description="An instant with its time zone: what was recorded by then.")]


def one_point(position: int | None, instant: datetime | None) -> int | datetime | None:
    """The position or the instant, whichever is given."""
    if position is not None and instant is not None:
        raise ParameterInvalid("A point is a position or an instant, not both.")
    return checked_instant(instant) if position is None else position


def checked_instant(instant: datetime | None) -> datetime | None:
    """Refuse an instant that names no time zone, or lies beyond all business."""
    if instant is not None and instant.tzinfo is None:
        raise ParameterInvalid("An instant names its time zone, such as 2026-03-02T10:00:00Z.")
    if instant is not None and not FIRST_DAY <= instant.date() <= LAST_DAY:
        raise ParameterInvalid(f"An instant lies between {FIRST_DAY} and {LAST_DAY}.")
    return instant


async def _past_point(
    position: Annotated[Position, Query(description="As of this position of the log.")] = None,
    instant: Annotated[
        Instant, Query(description="As of this instant with its time zone, by when it was recorded.")
    ] = None,
) -> int | datetime | None:
    return one_point(position, instant)


PastPoint = Annotated[int | datetime | None, Depends(_past_point)]
"""As of which point of the log; None is now."""


async def _now(request: Request, point: PastPoint) -> datetime:
    now: datetime = request.app.state.clock.now()
    return now if point is None else await request.app.state.system.past.instant_of(point) or now


Now = Annotated[datetime, Depends(_now)]
"""This instant, in UTC; of the past point that is asked for, if any, since what is overdue depends on it."""
