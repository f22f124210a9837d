"""What is told to a customer. Amounts are in the row's currency, tax included where nothing else is said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from projections.shared import Delivery


@dataclass(frozen=True, slots=True)
class AccountBalance:
    """What the customer owes and has in hand, in one currency."""

    currency: str
    owed_amount: Decimal
    """Of issued invoices, neither paid nor credited."""
    overdue_amount: Decimal
    """Of that, what is past its due date."""
    unapplied_amount: Decimal
    """Of payments, what settles no invoice yet."""


@dataclass(frozen=True, slots=True)
class Dashboard:
    """A customer's account at a glance."""

    customer_id: UUID
    name: str
    quotes_to_answer: int
    orders_under_way: int
    invoices_to_pay: int
    account: list[AccountBalance]


@dataclass(frozen=True, slots=True)
class PortalQuote:
    """A quote as last sent, and what the customer may do with it."""

    quote_id: UUID
    version: int
    ordinal: int
    number: str
    seller_name: str
    state: str
    """`sent` (to be answered), `accepted`, `declined`, `expired` or `withdrawn`."""
    revision: int
    valid_until: date
    """The last day for an acceptance, in the seller's calendar."""
    document_sha256: str
    """What an acceptance repeats."""
    currency: str
    net_amount: Decimal
    charge_amount: Decimal
    tax_amount: Decimal
    total_amount: Decimal
    payment_terms: str
    available_actions: list[str]


@dataclass(frozen=True, slots=True)
class PortalQuoteLine:
    """A line of a quote; the amount without tax, the price per base quantity."""

    line_id: str
    seller_item_id: str
    item_name: str
    quantity: Decimal
    unit_code: str
    net_price: Decimal
    base_quantity: Decimal
    allowance: Decimal
    amount: Decimal
    vat_category_code: str
    vat_rate: Decimal


@dataclass(frozen=True, slots=True)
class PortalQuoteView:
    """A quote with the lines of the revision that was sent."""

    quote: PortalQuote
    lines: list[PortalQuoteLine]

    @property
    def version(self) -> int:
        """Of the aggregate: the ETag."""
        return self.quote.version


@dataclass(frozen=True, slots=True)
class PortalContract:
    """A contract, from when it was sent to be signed."""

    contract_id: UUID
    ordinal: int
    number: str
    state: str
    starts_on: date
    ends_on: date
    currency: str
    net_amount: Decimal
    charge_amount: Decimal
    tax_amount: Decimal
    total_amount: Decimal


@dataclass(frozen=True, slots=True)
class PortalOrder:
    """An order and how far its delivery is."""

    order_id: UUID
    ordinal: int
    number: str
    state: str
    """`placed`, `confirmed`, `on_hold` (by the seller), `in_fulfilment`, `fulfilled`, `cancelled` or `closed`."""
    purchase_order_reference: str | None
    placed_on: date
    delivered_on: date | None
    """The day of the latest delivery."""
    tracking_reference: str | None
    """Of the latest delivery that has one."""
    currency: str
    net_amount: Decimal
    charge_amount: Decimal
    tax_amount: Decimal
    total_amount: Decimal
    lines_open: int
    """Lines of which something is still to be delivered."""


@dataclass(frozen=True, slots=True)
class PortalOrderLine:
    """A line of an order; quantities in the unit."""

    line_id: str
    seller_item_id: str
    item_name: str
    unit_code: str
    ordered_quantity: Decimal
    delivered_quantity: Decimal
    open_quantity: Decimal
    """Neither delivered nor cancelled."""


@dataclass(frozen=True, slots=True)
class PortalOrderView:
    """An order with what is delivered and what is open of each line, and each delivery."""

    order: PortalOrder
    lines: list[PortalOrderLine]
    deliveries: list[Delivery]


@dataclass(frozen=True, slots=True)
class PortalInvoice:
    """An issued invoice and what is left to pay of it."""

    invoice_id: UUID
    ordinal: int
    number: str
    state: str
    """`open`, `partially_paid`, `overdue`, `paid` or `credited`."""
    issue_date: date
    due_date: date
    days_overdue: int
    purchase_order_reference: str | None
    currency: str
    net_amount: Decimal
    charge_amount: Decimal
    tax_amount: Decimal
    total_amount: Decimal
    paid_amount: Decimal
    credited_amount: Decimal
    open_amount: Decimal


@dataclass(frozen=True, slots=True)
class PortalCreditNote:
    """A credit note and the invoices that it takes back, wholly or in part; none where it gives something else."""

    credit_note_id: UUID
    ordinal: int
    number: str
    issue_date: date
    invoice_ids: list[UUID]
    invoice_numbers: list[str]
    currency: str
    total_amount: Decimal
    open_amount: Decimal
    """In the customer's favour: neither set off against an invoice nor paid out yet."""
    reason: str


@dataclass(frozen=True, slots=True)
class PortalPayment:
    """A payment received from the customer."""

    payment_id: UUID
    ordinal: int
    number: str
    state: str
    booking_date: date
    currency: str
    amount: Decimal
    unapplied_amount: Decimal
    refunded_amount: Decimal
    settled_invoices: list[str]
    """Numbers of the invoices that it settles, wholly or in part."""
