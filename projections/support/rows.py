"""What customer support is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from projections.support.keys import MatchedOn

Kind = Literal["customer", "opportunity", "quote", "contract", "order", "return", "invoice", "credit_note", "payment"]


@dataclass(frozen=True, slots=True)
class Hit:
    """A customer, opportunity or document that was asked for."""

    kind: Kind
    id: UUID
    number: str
    title: str
    """What it is, and whose: `Invoice to Ida Larsen KG`."""
    customer_id: UUID | None
    customer_name: str
    state: str
    amount: Decimal | None
    open_amount: Decimal | None
    """What is to be answered of a quote, paid of an invoice, used of a payment or credit note."""
    currency: str | None
    document_date: date
    matched_on: MatchedOn
    match: Literal["exact", "part", "similar"]
    available_actions: list[str]
    link: str
    """Where it is to be read."""


@dataclass(frozen=True, slots=True)
class Hits:
    """What was found, the likeliest first."""

    items: list[Hit]


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """Something that happened with a customer, in one sentence."""

    position: int
    """Of the log."""
    at: datetime
    actor: str
    kind: str
    id: UUID
    """The customer or document that it is about."""
    happened: str
    """The event's name, `billing.Invoice.Issued`."""
    sentence: str
    link: str

    @property
    def ordinal(self) -> int:
        """Its place in the list."""
        return self.position


@dataclass(frozen=True, slots=True)
class CardContact:
    """A person to reach."""

    name: str
    email: str
    phone: str


@dataclass(frozen=True, slots=True)
class CardAlias:
    """Another record of the same customer that was merged into this one."""

    customer_id: UUID
    name: str
    external_id: str | None


@dataclass(frozen=True, slots=True)
class OpenDocuments:
    """Documents of a kind that wait for something, in one currency; the sum is of what is open of them.

    An opportunity without an estimate has neither amount nor currency.
    """

    kind: Kind
    currency: str | None
    count: int
    amount: Decimal | None


@dataclass(frozen=True, slots=True)
class Balance:
    """What is owed and in hand in one currency."""

    currency: str
    owed_amount: Decimal
    overdue_amount: Decimal
    unapplied_amount: Decimal
    """Payments and credits that settle nothing yet."""


@dataclass(frozen=True, slots=True)
class OpenDocument:
    """A document that waits for something, and what may be done with it."""

    kind: Kind
    id: UUID
    number: str
    state: str
    currency: str | None
    amount: Decimal | None
    open_amount: Decimal | None
    document_date: date
    last_day: date | None
    """Last valid day of a quote, last day of a contract, due date of an invoice."""
    available_actions: list[str]
    link: str


@dataclass(frozen=True, slots=True)
class CardCustomer:
    """Who the customer is."""

    customer_id: UUID
    state: str
    name: str
    street: str
    city: str
    post_code: str
    subdivision: str
    country_code: str
    vat_id: str | None
    external_id: str | None
    region: str
    segment: str
    payment_terms: str
    representative: str | None
    bill_to_id: UUID
    ship_to_id: UUID
    one_time: bool
    """It stands for buyers who are not registered one by one."""
    merged_into_id: UUID | None
    """The customer whose card to read instead."""


@dataclass(frozen=True, slots=True)
class CustomerCard:
    """A customer on one card."""

    customer: CardCustomer
    former_names: list[str]
    contacts: list[CardContact]
    aliases: list[CardAlias]
    open: list[OpenDocuments]
    balances: list[Balance]
    last_contact: datetime | None
    open_documents: list[OpenDocument]
    """The newest of them."""
    available_actions: list[str]
