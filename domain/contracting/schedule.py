"""The payment schedule of a contract: when which share of each line is invoiced."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from domain.shared.contract_terms import ContractTerms, ScheduledShare
from domain.shared.document import Line
from domain.shared.money import Money, total
from domain.shared.periods import Period, Recurrence, invoice_date, periods, proration, whole_period


@dataclass(frozen=True, slots=True)
class Instalment:
    """One row of the payment schedule; the amounts, without tax and charges, add up to the contract's value (C2)."""

    number: int
    invoice_date: date
    weight: Decimal
    amount: Money


def shares_of(terms: ContractTerms) -> Sequence[ScheduledShare]:
    """The schedule as agreed, or one share for each billing period of the term."""
    if terms.billing_trigger == "fulfilment":
        return ()
    if terms.schedule:
        return sorted(terms.schedule, key=lambda share: share.invoice_date)
    recurrence = terms.recurrence
    if recurrence is None:
        return (ScheduledShare(terms.starts_on, Decimal(1)),)
    return [
        ScheduledShare(invoice_date(recurrence, period), _weight(recurrence, terms.starts_on, period))
        for period in periods(recurrence, terms.starts_on, terms.ends_on)
    ]


def _weight(recurrence: Recurrence, anchor: date, period: Period) -> Decimal:
    """1 for a whole period; a period that the term cuts counts in proportion."""
    share = proration(recurrence, whole_period(recurrence, anchor, period.start), period)
    return Decimal(share.numerator) / Decimal(share.denominator)


def schedule_of(lines: Sequence[Line], terms: ContractTerms, currency: str) -> tuple[Instalment, ...]:
    """The payment schedule in amounts. Each line is split by itself, so that no cent of any line is created or lost."""
    shares = shares_of(terms)
    whole, done = sum((share.weight for share in shares), Decimal(0)), Decimal(0)
    instalments = []
    for number, share in enumerate(shares, 1):
        parts = (part_of(line.line_extension_amount, done, share.weight, whole) for line in lines)
        instalments.append(Instalment(number, share.invoice_date, share.weight, total(parts, currency)))
        done += share.weight
    return tuple(instalments)


def part_of(amount: Money, done: Decimal, weight: Decimal, whole: Decimal) -> Money:
    """The part of an amount that `weight` has after the parts of `done`; all parts add up to it."""
    return amount.share(done + weight, whole) - amount.share(done, whole)
