"""What values commands take, as annotations that every interface reads: the REST bodies, their OpenAPI, the imports."""

from __future__ import annotations

import dataclasses
import re
from datetime import date
from decimal import Decimal
from types import NoneType
from typing import Annotated, Any
from uuid import UUID

from annotated_types import Ge, Gt, Le, Lt, MaxLen, MinLen

from domain.shared.personal import SEALED
from domain.shared.refusal import Invalid

Text = Annotated[str, MinLen(1), MaxLen(500)]
OptionalText = Annotated[str, MaxLen(500)]
Code = Annotated[str, MinLen(1), MaxLen(50)]
LongText = Annotated[str, MinLen(1), MaxLen(5000)]
Currency = Annotated[str, MinLen(3), MaxLen(3)]
Amount = Annotated[Decimal, Gt(0), Lt(10**13)]
"""Positive, in major units, no finer than its currency."""
NotNegative = Annotated[Decimal, Ge(0), Lt(10**13)]
Quantity = Annotated[Decimal, Gt(0), Lt(10**9)]
Percent = Annotated[Decimal, Ge(0), Le(100)]
Number = Annotated[int, Ge(1), Lt(10**6)]

DECIMALS = 12
DIGITS = 15
LONGEST = 5000
SURROGATE = re.compile("[\ud800-\udfff]")
FREE = frozenset((NoneType, bool, int, UUID))
"""Their own types say what they may be."""
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)


def check_values(value: Any) -> None:
    """Refuse with `Invalid` what no field may hold, however deep: what fits no sum, calendar or column."""
    if isinstance(value, str):
        _check_text(value)
    elif isinstance(value, Decimal):
        _check_decimal(value)
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            _check_within(str(index), item)
    elif isinstance(value, date):
        _check_date(value)
    else:
        for name in _fields(type(value)):
            field = getattr(value, name)
            if type(field) not in FREE:
                _check_within(name, field)


def _check_within(step: str, value: Any) -> None:
    """Where it is refused is put together only then: there are thousands of values in a long document."""
    try:
        check_values(value)
    except Invalid as invalid:
        invalid.pointer = f"/{step}{invalid.pointer}"
        raise


_FIELDS: dict[type, tuple[str, ...]] = {}


def _fields(kind: type) -> tuple[str, ...]:
    """The names, found once for each class: there are a thousand lines in a quote."""
    if kind not in _FIELDS:
        _FIELDS[kind] = (
            tuple(field.name for field in dataclasses.fields(kind)) if dataclasses.is_dataclass(kind) else ()
        )
    return _FIELDS[kind]


def _check_date(value: date) -> None:
    if not FIRST_DAY <= date(value.year, value.month, value.day) <= LAST_DAY:
        raise Invalid(f"A date lies between {FIRST_DAY} and {LAST_DAY}.")


def _check_decimal(value: Decimal) -> None:
    exponent = value.as_tuple().exponent
    # Not a comparison with a number: that would be computed, and may be too large for it.
    if not isinstance(exponent, int) or exponent < -DECIMALS or (value and value.adjusted() >= DIGITS):
        raise Invalid(f"A number has at most {DECIMALS} decimals and {DIGITS} digits before them.")


def _check_text(value: str) -> None:
    if len(value) > LONGEST:
        raise Invalid(f"A text has at most {LONGEST} characters.")
    if "\x00" in value or (not value.isascii() and SURROGATE.search(value)):
        raise Invalid("A text has no NUL character and no lone surrogate.")
    if value.isspace():
        raise Invalid("A text is more than blanks.")
    if SEALED in value:
        # It would be opened for whoever may read it here, wherever it was copied from.
        raise Invalid(f"A text does not contain {SEALED!r}.")
