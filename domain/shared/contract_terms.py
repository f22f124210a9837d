"""What turns an accepted quote into a contract instead of an order: a term, and how it is billed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Literal

from domain.shared.periods import (
    Period,
    Recurrence,
    check_recurrence,
    invoice_date,
    periods,
    proration,
    whole_period,
)
from domain.shared.refusal import Invalid

BillingTrigger = Literal["schedule", "fulfilment"]


@dataclass(frozen=True, slots=True)
class ScheduledShare:
    """A share of the contract's value and the day on which it is invoiced."""

    invoice_date: date
    weight: Decimal
    """In proportion to the other shares (percentages, or any other unit)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractTerms:
    """The term, both days included, and either a payment schedule or billing by fulfilment, never both."""

    starts_on: date
    ends_on: date
    billing_trigger: BillingTrigger
    recurrence: Recurrence | None = None
    """How often an equal share is invoiced, where no schedule says otherwise; without either, all at the start."""
    schedule: tuple[ScheduledShare, ...] = ()


@dataclass(frozen=True, slots=True)
class BillingShare:
    """A share as it is billed: on which day, of what weight, for the time from which day on."""

    invoice_date: date
    weight: Decimal
    accrues_from: date


MOST_SHARES = 1200
"""A hundred years of months."""


def shares_of(terms: ContractTerms) -> list[BillingShare]:
    """The schedule as agreed, or one share for each billing period of the term; at most one more than `MOST_SHARES`."""
    if terms.billing_trigger == "fulfilment":
        return []
    if terms.schedule:
        agreed = sorted(terms.schedule, key=lambda share: share.invoice_date)
        return [BillingShare(share.invoice_date, share.weight, share.invoice_date) for share in agreed]
    if terms.recurrence is None:
        return [BillingShare(terms.starts_on, Decimal(1), terms.starts_on)]
    recurrence, begin = terms.recurrence, terms.starts_on
    return [
        BillingShare(invoice_date(recurrence, period), _weight(recurrence, begin, period), period.start)
        for period in islice(periods(recurrence, begin, terms.ends_on), MOST_SHARES + 1)
    ]


def _weight(recurrence: Recurrence, anchor: date, period: Period) -> Decimal:
    """1 for a whole period; a period that the term cuts counts in proportion."""
    share = proration(recurrence, whole_period(recurrence, anchor, period.start), period)
    return Decimal(share.numerator) / Decimal(share.denominator)


def check_contract_terms(terms: ContractTerms) -> None:
    """Refuse a term that ends before it begins, a schedule beside billing by fulfilment, and one that bills nothing."""
    if terms.ends_on < terms.starts_on:
        raise Invalid("A contract does not end before it starts.", pointer="/contract_terms/ends_on")
    if terms.billing_trigger == "fulfilment" and (terms.schedule or terms.recurrence):
        raise Invalid("A contract is billed by schedule or by fulfilment, never both.", pointer="/contract_terms")
    if terms.recurrence is not None:
        check_recurrence(terms.recurrence, "/contract_terms/recurrence")
    for index, share in enumerate(terms.schedule):
        if share.weight <= 0:
            raise Invalid("A share is positive.", pointer=f"/contract_terms/schedule/{index}/weight")
    shares = shares_of(terms)
    if len(shares) > MOST_SHARES:
        raise Invalid(f"A contract is billed in at most {MOST_SHARES} instalments.", pointer="/contract_terms")
    if terms.billing_trigger == "schedule" and not sum(share.weight for share in shares):
        raise Invalid("The term is too short for one day of this recurrence.", pointer="/contract_terms/recurrence")
