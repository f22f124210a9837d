"""The rows and views that queries of documents answer with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal
from uuid import UUID

from projections.shared import Delivery

Kind = Literal["quote", "contract", "order", "invoice", "credit_note"]
Settlement = Literal["unpaid", "partially_paid", "paid"]


@dataclass(frozen=True, slots=True)
class ListedDocument:
    """A document in a list."""

    document_id: UUID
    kind: Kind
    number: str
    state: str
    customer_id: UUID
    buyer_name: str
    document_date: date
    last_day: date | None
    """Last valid day of a quote, last day of a contract, due date of an invoice."""
    currency: str
    total_amount: Decimal
    open_amount: Decimal | None
    """What is to be answered of a quote, paid of an invoice, set off or paid out of a credit note; contracts and orders
    have none, they are billed."""
    settlement: Settlement | None
    """Of an issued invoice: payments and credits set off settle it. None where all of it is taken back."""
    ordinal: int
    version: int


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """A line; amounts in the document's currency, prices per base quantity."""

    line_id: str
    seller_item_id: str
    item_name: str
    product_line: str
    quantity: Decimal
    open_quantity: Decimal | None
    """Not delivered and not cancelled yet, or to be sent again; this and the next three of an order only."""
    delivered_quantity: Decimal | None
    """Everything that was ever sent."""
    beyond_quantity: Decimal | None
    """Delivered beyond what was ordered, and neither confirmed by a change nor returned yet."""
    returned_quantity: Decimal | None
    unit_code: str
    gross_price: Decimal
    net_price: Decimal
    base_quantity: Decimal
    allowance: Decimal
    amount: Decimal
    vat_category_code: str
    vat_rate: Decimal
    explanation: str
    """How the price came about, step by step."""
    note: str
    """BT-127."""


@dataclass(frozen=True, slots=True)
class DocumentCharge:
    """A charge on the whole document."""

    reason: str
    amount: Decimal
    vat_category_code: str
    vat_rate: Decimal


@dataclass(frozen=True, slots=True)
class DocumentTax:
    """One tax group."""

    scheme: str
    jurisdiction: str
    vat_category_code: str
    vat_rate: Decimal
    taxable_amount: Decimal
    tax_amount: Decimal
    exemption_reason: str | None
    """BT-120: why no tax is due."""
    exemption_reason_code: str | None
    """BT-121, of the code list VATEX."""


@dataclass(frozen=True, slots=True)
class DocumentInstalment:
    """A part of a contract's payment schedule, or of an invoice's payment terms."""

    number: int
    due_date: date
    amount: Decimal
    invoice_id: UUID | None


@dataclass(frozen=True, slots=True)
class OrderChange:
    """What a change of an order asks of a line: the quantity that it is to have in the end."""

    change: int
    state: Literal["requested", "confirmed", "declined"]
    reason: str
    line_id: str
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class ReturnRow:
    """A return."""

    return_id: UUID
    version: int
    ordinal: int
    number: str
    """RMA."""
    state: str
    order_id: UUID
    order_number: str
    seller_id: UUID
    customer_id: UUID
    buyer_name: str
    reason: str
    settlement: Literal["credit", "replacement"] | None
    finding: str | None
    authorised_on: date
    received_on: date | None
    credit_note_id: UUID | None


@dataclass(frozen=True, slots=True)
class CreditLimitRow:
    """How much a customer may owe a seller."""

    account_id: UUID
    version: int
    ordinal: int
    seller_id: UUID
    customer_id: UUID
    currency: str
    credit_limit: Decimal
    exposure: Decimal
    """How much of it orders used when one was last confirmed, increased or reopened."""
    waiting: list[UUID]
    """Orders that went beyond it, and wait for somebody else's word."""


@dataclass(frozen=True, slots=True)
class ReturnLine:
    """How much of a line may come, has come, and was accepted."""

    line_id: str
    item_name: str
    unit_code: str
    authorised_quantity: Decimal
    received_quantity: Decimal
    accepted_quantity: Decimal


@dataclass(frozen=True, slots=True)
class ReturnView:
    """A return with its lines, and what may be done with it next."""

    document: ReturnRow
    available_actions: list[str]
    lines: list[ReturnLine]

    @property
    def version(self) -> int:
        """Of the aggregate: the ETag."""
        return self.document.version


@dataclass(frozen=True, slots=True)
class DocumentHeader:
    """A document without its lines."""

    document_id: UUID
    kind: Kind
    version: int
    number: str
    state: str
    seller_id: UUID
    seller_name: str
    seller_address: str
    seller_vat_id: str | None
    customer_id: UUID
    bill_to_id: UUID
    buyer_name: str
    buyer_address: str
    buyer_vat_id: str | None
    currency: str
    owner: str
    purchase_order_reference: str | None
    document_date: date
    last_day: date | None
    revision: int
    document_sha256: str | None
    """Of a sent quote: what an acceptance repeats."""
    source_id: UUID | None
    source_number: str | None
    """Of the document that this one follows from."""
    reason: str | None
    hold: Literal["credit", "compliance", "information", "customer"] | None
    """Why nothing of an order is delivered for now."""
    warnings: list[str]
    """What somebody should know of an order."""
    net_amount: Decimal
    charge_amount: Decimal
    tax_amount: Decimal
    total_amount: Decimal
    paid_amount: Decimal
    credited_amount: Decimal
    settlement: Settlement | None
    """As in a list."""
    payment_terms: str
    type_code: str | None
    """BT-3: `380` invoice, `386` prepayment invoice, `381` credit note."""
    external_reference: str | None
    """The number that it has in another system."""
    tax_point_date: date | None
    """BT-7, of an invoice: the day whose rates tax it."""
    delivered_on: date | None
    """BT-72, of the invoice of a delivery."""


Relation = Literal["follows", "followed_by", "credits", "credited_by", "replaces", "replaced_by", "set_off", "paid_by"]


@dataclass(frozen=True, slots=True)
class RelatedDocument:
    """Another document, and how this one belongs to it."""

    relation: Relation
    kind: Kind | Literal["return", "payment"]
    document_id: UUID
    number: str
    """Empty where it has none yet."""
    amount: Decimal | None
    """What is taken back, set off or paid, tax included."""


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A document with everything on it, and what may be done with it next."""

    document: DocumentHeader
    available_actions: list[str]
    lines: list[DocumentLine]
    charges: list[DocumentCharge]
    taxes: list[DocumentTax]
    instalments: list[DocumentInstalment]
    changes: list[OrderChange]
    deliveries: list[Delivery]
    """Of an order, as changes are."""
    related: list[RelatedDocument]

    @property
    def version(self) -> int:
        """Of the aggregate: the ETag."""
        return self.document.version


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """A payment."""

    payment_id: UUID
    version: int
    ordinal: int
    number: str
    state: str
    seller_id: UUID
    customer_id: UUID
    currency: str
    amount: Decimal
    unapplied_amount: Decimal
    refunded_amount: Decimal
    booking_date: date
    value_date: date
    payment_means_code: str
    remittance_information: str
    end_to_end_id: str | None


@dataclass(frozen=True, slots=True)
class AllocationRow:
    """So much of a payment for that invoice."""

    invoice_id: UUID
    number: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class PaymentView:
    """A payment, what it settles, and what may be done with it next."""

    payment: PaymentRow
    available_actions: list[str]
    allocations: list[AllocationRow]

    @property
    def version(self) -> int:
        """Of the aggregate: the ETag."""
        return self.payment.version
