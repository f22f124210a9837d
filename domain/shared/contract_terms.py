"""What turns an accepted quote into a contract instead of an order: a term, and how it is billed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from domain.shared.periods import Recurrence, check_recurrence
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


def check_contract_terms(terms: ContractTerms) -> None:
    """Refuse a term that ends before it begins, and a schedule beside billing by fulfilment or outside the term."""
    if terms.ends_on < terms.starts_on:
        raise Invalid("A contract does not end before it starts.", pointer="/contract_terms/ends_on")
    if terms.billing_trigger == "fulfilment" and (terms.schedule or terms.recurrence):
        raise Invalid("A contract is billed by schedule or by fulfilment, never both.", pointer="/contract_terms")
    if terms.recurrence is not None:
        check_recurrence(terms.recurrence, "/contract_terms/recurrence")
    for index, share in enumerate(terms.schedule):
        if share.weight <= 0:
            raise Invalid("A share is positive.", pointer=f"/contract_terms/schedule/{index}/weight")
