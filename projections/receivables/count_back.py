"""Days sales outstanding by count-back: how many of the latest days' billings the receivables are made of."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

from domain.shared.money import EXACT, round_half_up


def count_back(net_receivables: Decimal, billings: Mapping[date, Decimal], as_of: date) -> Decimal:
    """Days, to one decimal. `billings` are gross, by the first day of their month, none after `as_of`.

    Month by month backwards, a month's billings are taken off and its days added (those up to `as_of` in the first);
    the month that is larger than what is left counts in proportion.
    """
    days, left, month = Decimal(0), net_receivables, as_of.replace(day=1)
    length = as_of.day
    first = min(billings, default=month)
    while left > 0 and month >= first:
        billed = billings.get(month, Decimal(0))
        if billed >= left:
            return round_half_up(EXACT.add(days, EXACT.divide(EXACT.multiply(left, Decimal(length)), billed)), 1)
        days, left = days + length, EXACT.subtract(left, billed)
        month = (month - timedelta(days=1)).replace(day=1)
        length = monthrange(month.year, month.month)[1]
    return round_half_up(days, 1)


def share(part: Decimal, whole: Decimal, factor: int) -> Decimal:
    """part / whole x factor, to one decimal."""
    return round_half_up(EXACT.divide(EXACT.multiply(part, Decimal(factor)), whole), 1)


def share_if_any(part: Decimal, whole: Decimal, factor: int) -> Decimal | None:
    """The same; None where there is no whole."""
    return share(part, whole, factor) if whole > 0 else None
