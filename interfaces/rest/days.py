"""Which days a report is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import Depends

from interfaces.rest.instants import From, To
from interfaces.rest.requests import ParameterInvalid


@dataclass(frozen=True, slots=True)
class Days:
    """From one day to another, both included; None is the start or the end of all."""

    first: date | None
    last: date | None


async def _days(first: From = None, last: To = None) -> Days:
    if first is not None and last is not None and first > last:
        raise ParameterInvalid(f"{first} lies after {last}.")
    return Days(first, last)


AskedDays = Annotated[Days, Depends(_days)]
