"""Which time a query means: now by the injected clock, or the days that it names."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from fastapi import Depends, Query, Request

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)


def _now(request: Request) -> datetime:
    now: datetime = request.app.state.clock.now()
    return now


Now = Annotated[datetime, Depends(_now)]
"""This instant, in UTC."""
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
