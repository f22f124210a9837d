"""The payment schedule of a contract: when which share of each line is invoiced."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from domain.shared.contract_terms import ContractTerms, shares_of
from domain.shared.document import Line
from domain.shared.money import Money, total


@dataclass(frozen=True, slots=True)
class Instalment:
    """One row of the payment schedule; the amounts, without tax and charges, add up to the contract's value (C2)."""

    number: int
    invoice_date: date
    weight: Decimal
    amount: Money
    accrues_from: date
    """The first day of the time that it is for."""


def schedule_of(lines: Sequence[Line], terms: ContractTerms, currency: str) -> tuple[Instalment, ...]:
    """The payment schedule in amounts. Each line is split by itself, so that no cent of any line is created or lost."""
    shares = shares_of(terms)
    whole, done = sum((share.weight for share in shares), Decimal(0)), Decimal(0)
    instalments = []
    for number, share in enumerate(shares, 1):
        parts = (part_of(line.line_extension_amount, done, share.weight, whole) for line in lines)
        instalments.append(
            Instalment(number, share.invoice_date, share.weight, total(parts, currency), share.accrues_from)
        )
        done += share.weight
    return tuple(instalments)


def part_of(amount: Money, done: Decimal, weight: Decimal, whole: Decimal) -> Money:
    """The part of an amount that `weight` has after the parts of `done`; all parts add up to it."""
    return amount.share(done + weight, whole) - amount.share(done, whole)
