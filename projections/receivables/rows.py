"""What is told of receivables. Amounts include tax; currencies are never added."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID


@dataclass(frozen=True, slots=True)
class OpenItem:
    """What is not settled yet: an instalment of an invoice, or cash or a credit that settles nothing."""

    item_id: UUID
    """Of the invoice, payment or credit note."""
    kind: str
    """`invoice`, or `unapplied_cash` and `credit_note` (negative)."""
    ordinal: int
    number: str
    seller_id: UUID
    customer_id: UUID
    customer_name: str
    currency: str
    document_date: date
    due_date: date | None
    instalment: int
    """Its place among the invoice's, the earliest due first; 0 for a payment."""
    amount: Decimal
    """Of the instalment or payment as a whole."""
    open_amount: Decimal
    days_overdue: int
    """Zero until the due date has passed."""
    bucket: str
    """`not_due`, `1-30`, `31-60`, `61-90`, `over_90`, or `credit`."""


@dataclass(frozen=True, slots=True)
class Ageing:
    """What is open in one currency, by how many days it is overdue."""

    currency: str
    not_due: Decimal
    days_1_to_30: Decimal
    days_31_to_60: Decimal
    days_61_to_90: Decimal
    over_90_days: Decimal
    open_amount: Decimal
    """All of these."""
    unapplied_cash: Decimal
    """In hand or credited, and settling nothing yet; not taken off the buckets."""
    net_receivables: Decimal
    """What is open less unapplied cash."""


@dataclass(frozen=True, slots=True)
class AgeingReport:
    """Open items by age at the end of a day."""

    as_of: date
    currencies: list[Ageing]


@dataclass(frozen=True, slots=True)
class SalesOutstanding:
    """How long a legal entity waits for its money in one currency; days to one decimal."""

    seller_id: UUID
    seller_name: str
    currency: str
    net_receivables: Decimal
    """Gross receivables less unapplied cash."""
    days_sales_outstanding: Decimal
    """By count-back: months' gross billings are taken off the net receivables, the last month pro rata."""
    best_possible_days: Decimal | None
    """What it would be if nobody paid late: not yet due / billings of the last 90 days x 90."""
    billings: Decimal
    """Gross, of the last 90 days."""
    not_due: Decimal
    collection_effectiveness: Decimal | None
    """Percent of what could be collected in the last 90 days that was: (opening + billings - closing) /
    (opening + billings - closing not due)."""


@dataclass(frozen=True, slots=True)
class SalesOutstandingReport:
    """Days sales outstanding at the end of a day."""

    as_of: date
    rows: list[SalesOutstanding]


@dataclass(frozen=True, slots=True)
class OnTime:
    """How many of the invoices that were paid in full were paid by their due date, for a legal entity and currency."""

    seller_id: UUID
    seller_name: str
    currency: str
    paid_invoices: int
    paid_on_time: int
    percent_of_invoices: Decimal
    paid_amount: Decimal
    """What payments have settled of these invoices."""
    amount_on_time: Decimal
    percent_of_amount: Decimal


@dataclass(frozen=True, slots=True)
class OnTimeReport:
    """On-time payment of the invoices whose last payment was booked between two days."""

    rows: list[OnTime]
