"""Recurring billing periods, anchored to a day so that they never drift, and what a part of one is worth."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from domain.shared.money import Money
from domain.shared.refusal import Invalid

Rule = Literal["daily", "weekly", "monthly", "monthly_last_day", "quarterly", "yearly"]

_DAYS = {"daily": 1, "weekly": 7}
_MONTHS = {"monthly": 1, "monthly_last_day": 1, "quarterly": 3, "yearly": 12}


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurrence:
    """How often something is billed, and when within its period."""

    rule: Rule
    """`monthly_last_day` are calendar months, the others count from the anchor's day."""
    interval: int = 1
    """Every so many days, weeks, months, …"""
    invoicing: Literal["pre_paid", "post_paid"] = "pre_paid"
    offset_days: int = 0
    """Days after the period's first day (pre-paid) or last day (post-paid) until it is invoiced."""
    day_count: Literal["actual", "30/360"] = "actual"
    """How a part of a period is measured: in calendar days, or with every month of 30 days."""


@dataclass(frozen=True, slots=True)
class Period:
    """From a first to a last day, both included (BG-14)."""

    start: date
    end: date

    @property
    def days(self) -> int:
        """How many calendar days it has."""
        return (self.end - self.start).days + 1


def check_recurrence(recurrence: Recurrence, pointer: str = "/recurrence") -> None:
    """Refuse with `Invalid` what does not recur; `pointer` is where it stands in the command."""
    if not 1 <= recurrence.interval <= 1000:
        raise Invalid("An interval is 1 to 1,000.", pointer=f"{pointer}/interval")
    if not 0 <= recurrence.offset_days <= 366:
        raise Invalid("An offset is at most a year.", pointer=f"{pointer}/offset_days")
    if recurrence.day_count != "actual" and recurrence.rule not in _MONTHS:
        raise Invalid("Days and weeks are measured in actual days.", pointer=f"{pointer}/day_count")


def whole_period(recurrence: Recurrence, anchor: date, day: date) -> Period:
    """The period that the day lies in, of those that begin at the anchor's day: 31 January, 28 February, 31 March."""
    index = _index(recurrence, anchor, day)
    return Period(_begin(recurrence, anchor, index), _begin(recurrence, anchor, index + 1) - timedelta(days=1))


def next_period(
    recurrence: Recurrence, start: date, ends_on: date | None = None, anchor: date | None = None
) -> Period | None:
    """The period to bill from `start` on, cut at the contract's end; None when that has passed.

    Without an anchor the start is the anchor; with one, the first period is the part up to the anchor's next turn.
    """
    if ends_on is not None and start > ends_on:
        return None
    end = whole_period(recurrence, anchor or start, start).end
    return Period(start, end if ends_on is None else min(end, ends_on))


def periods(recurrence: Recurrence, starts_on: date, ends_on: date, anchor: date | None = None) -> Iterator[Period]:
    """All periods of a term: they follow one another without gap or overlap."""
    start = starts_on
    while period := next_period(recurrence, start, ends_on, anchor or starts_on):
        yield period
        start = period.end + timedelta(days=1)


def invoice_date(recurrence: Recurrence, period: Period) -> date:
    """The day on which the period is invoiced."""
    day = period.start if recurrence.invoicing == "pre_paid" else period.end
    return day + timedelta(days=recurrence.offset_days)


def proration(recurrence: Recurrence, whole: Period, part: Period) -> Fraction:
    """What share of a whole period a part of it is: exact, and the shares of all parts add up to 1."""
    if not (whole.start <= part.start <= part.end <= whole.end):
        raise Invalid("A part of a period lies within it.", pointer="/period")
    after = part.end + timedelta(days=1)
    return _elapsed(recurrence, whole, after) - _elapsed(recurrence, whole, part.start)


def prorated(amount: Money, share: Fraction) -> Money:
    """That share of an amount, rounded to the minor unit."""
    return amount.share(Decimal(share.numerator), Decimal(share.denominator))


def _elapsed(recurrence: Recurrence, whole: Period, until: date) -> Fraction:
    """The share of the period that has passed as that day begins."""
    if until > whole.end:
        return Fraction(1)
    if recurrence.day_count == "actual" or recurrence.rule not in _MONTHS:
        return Fraction((until - whole.start).days, whole.days)
    months = (until.year - whole.start.year) * 12 + until.month - whole.start.month
    days = months * 30 + min(until.day, 30) - min(whole.start.day, 30)
    return min(Fraction(days, 30 * _MONTHS[recurrence.rule] * recurrence.interval), Fraction(1))


def _begin(recurrence: Recurrence, anchor: date, index: int) -> date:
    """The first day of the index-th period, counted from the anchor itself and never from the period before."""
    if recurrence.rule in _DAYS:
        return anchor + timedelta(days=index * recurrence.interval * _DAYS[recurrence.rule])
    months = anchor.month - 1 + index * recurrence.interval * _MONTHS[recurrence.rule]
    year, month = anchor.year + months // 12, months % 12 + 1
    day = 1 if recurrence.rule == "monthly_last_day" else anchor.day
    return date(year, month, min(day, monthrange(year, month)[1]))


def _index(recurrence: Recurrence, anchor: date, day: date) -> int:
    """Which period, counted from the anchor's, the day lies in."""
    if recurrence.rule in _DAYS:
        return (day - anchor).days // (recurrence.interval * _DAYS[recurrence.rule])
    months = (day.year - anchor.year) * 12 + day.month - anchor.month
    index = months // (recurrence.interval * _MONTHS[recurrence.rule])
    return index - 1 if _begin(recurrence, anchor, index) > day else index
