"""What is told of receivables. Amounts include tax; currencies are never added."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID


@dataclass(frozen=True, slots=True)
class OpenItem:
    """What is not settled yet: an instalment of an invoice, cash or a credit that settles nothing, or a shortfall."""

    item_id: UUID
    """Of the invoice, payment or credit note."""
    kind: str
    """`invoice`; `unapplied_cash` and `credit_note` (negative); or `shortfall`, of a payment that was refunded and then
    taken back by the bank, too: the customer has it twice, and owes it from the day that it was taken back."""
    ordinal: int
    number: str
    seller_id: UUID
    customer_id: UUID
    customer_name: str
    currency: str
    document_date: date
    due_date: date | None
    instalment: int
    """Its place among the invoice's, the earliest due first; 0 for all else."""
    amount: Decimal
    """Of the instalment, payment or shortfall as a whole."""
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
    """Where no day was asked for, it is today's at each seller: this is the latest of them."""
    currencies: list[Ageing]


@dataclass(frozen=True, slots=True)
class SalesOutstanding:
    """How long a legal entity waits for its money in one currency; days to one decimal.

    Best possible days and collection effectiveness are those of the Credit Research Foundation (Standard Formulas for
    Measuring Credit and Collection Performance), of the receivables as they are: cash that settles nothing yet is not
    taken off them.
    """

    seller_id: UUID
    seller_name: str
    currency: str
    net_receivables: Decimal
    """What is open less unapplied cash."""
    days_sales_outstanding: Decimal
    """By count-back: months' gross billings are taken off the net receivables, the last month pro rata. It follows the
    months' ups and downs, which `average_days` evens out: the two differ."""
    billings: Decimal
    """Gross, of the last 90 days."""
    open_amount: Decimal
    not_due: Decimal
    """Of that."""
    average_days: Decimal | None
    """What is open / billings x 90: what the best possible days are to be held against."""
    best_possible_days: Decimal | None
    """What they would be if nobody paid late: not yet due / billings x 90. Never more than `average_days`."""
    collected: Decimal
    """What payments have settled of invoices in the last 90 days, and still do. A credit note collects nothing."""
    collection_effectiveness: Decimal | None
    """Percent of what could be collected in the last 90 days that was: (opening + billings - closing) / (opening +
    billings - closing not due), billings less what was credited of them and with what was due again. The first bracket
    is what was collected, the second that and what is overdue: from 0 to 100. Null where there was nothing to collect.
    """


@dataclass(frozen=True, slots=True)
class SalesOutstandingReport:
    """Days sales outstanding at the end of a day."""

    as_of: date
    """As in `AgeingReport`."""
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
