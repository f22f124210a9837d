"""What of a payment schedule is left when a contract ends before its term: only used time is billed (C6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from uuid import UUID

from domain.contracting.schedule import Instalment
from domain.shared.contract_terms import ContractTerms
from domain.shared.money import Money
from domain.shared.periods import Period, prorated, proration, whole_period


@dataclass(frozen=True, slots=True)
class UnusedPart:
    """So much of a line of an invoice is for time after the contract's last day."""

    invoice_id: UUID
    line_id: str
    amount: Money
    """Without tax."""


@dataclass(frozen=True, slots=True)
class UsedInstalment:
    """What is left of an instalment."""

    number: int
    amount: Money


def used_share(terms: ContractTerms, schedule: Sequence[Instalment], number: int, last_day: date) -> Fraction:
    """The part of an instalment that is for the time up to that day; of an agreed schedule all or nothing."""
    instalment = next(one for one in schedule if one.number == number)
    if instalment.accrues_from > last_day:
        return Fraction(0)
    if terms.schedule:
        return Fraction(1)
    later = [one.accrues_from for one in schedule if one.accrues_from > instalment.accrues_from]
    end = min(later) - timedelta(days=1) if later else terms.ends_on
    if last_day >= end:
        return Fraction(1)
    period, used = Period(instalment.accrues_from, end), Period(instalment.accrues_from, last_day)
    if terms.recurrence is None:
        return Fraction(used.days, period.days)
    whole = whole_period(terms.recurrence, terms.starts_on, instalment.accrues_from)
    all_of_it = proration(terms.recurrence, whole, period)
    return proration(terms.recurrence, whole, used) / all_of_it if all_of_it else Fraction(1)


def used_part(amount: Money, share: Fraction) -> Money:
    """That share of an amount; all of it where all is used."""
    return amount if share == 1 else prorated(amount, share)
