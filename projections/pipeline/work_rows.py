"""What the pipeline answers about work that waits, and about hand-overs to finance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from projections.pipeline.rows import ActivityRow, OpportunityRow


@dataclass(frozen=True, slots=True)
class Mention:
    """A comment that somebody has not seen yet in which they are mentioned."""

    comment_id: UUID
    version: int
    name: str
    """Who is mentioned."""
    subject_kind: str
    subject_id: UUID
    author: str
    body: str
    written_at: datetime


@dataclass(frozen=True, slots=True)
class HandOverRow:
    """A deal that sales has agreed and finance takes over."""

    hand_over_id: UUID
    version: int
    ordinal: int
    state: str
    order_id: UUID
    number: str
    """Of the order."""
    buyer_name: str
    owner: str
    """Who sold it."""
    purchase_order_reference: str | None
    currency: str
    total_amount: Decimal
    placed_at: datetime
    question: str | None
    answer: str | None


@dataclass(frozen=True, slots=True)
class MyWork:
    """What waits for somebody."""

    tasks: list[ActivityRow]
    """Planned, the next due first."""
    mentions: list[Mention]
    """Not read yet, the newest first."""
    past_due: list[OpportunityRow]
    stale: list[OpportunityRow]
    returned_hand_overs: list[HandOverRow]
    """Finance asks."""


@dataclass(frozen=True, slots=True)
class TaxTreatment:
    """One group of the tax breakdown."""

    scheme: str
    jurisdiction: str
    vat_category_code: str
    vat_rate: Decimal
    taxable_amount: Decimal
    tax_amount: Decimal


@dataclass(frozen=True, slots=True)
class ScheduledAmount:
    """What the contract bills on which day, net."""

    number: int
    invoice_date: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class ContractSummary:
    """The contract that the order delivers."""

    contract_id: UUID
    number: str
    starts_on: date
    ends_on: date
    billing_trigger: str
    signed_on: date | None


@dataclass(frozen=True, slots=True)
class ReachableContact:
    """Whom to reach at the buyer."""

    customer_id: UUID
    name: str
    email: str
    phone: str


@dataclass(frozen=True, slots=True)
class Agreed:
    """What was agreed, as the order freezes it."""

    seller_id: UUID
    seller_name: str
    seller_vat_id: str | None
    sold_to_id: UUID
    bill_to_id: UUID
    ship_to_id: UUID
    street: str
    city: str
    post_code: str
    subdivision: str
    country_code: str
    buyer_vat_id: str | None
    ship_to_country: str
    payment_terms: str
    """As printed."""
    billing_trigger: str
    net_amount: Decimal
    charge_amount: Decimal
    tax_amount: Decimal
    quote_id: UUID | None
    accepted_by: str | None
    identified_by: str | None
    contract_id: UUID | None
    opportunity_id: UUID | None


@dataclass(frozen=True, slots=True)
class HandOverView:
    """Everything that finance has to know of a deal; nothing of it was entered for the hand-over."""

    hand_over: HandOverRow
    agreed: Agreed
    available_actions: list[str]
    missing: list[str]
    """What finance would ask for; nothing, where it is complete."""
    taxes: list[TaxTreatment]
    contract: ContractSummary | None
    schedule: list[ScheduledAmount]
    contacts: list[ReachableContact]
    conversation: str
    """Where to read what was said about it."""

    @property
    def version(self) -> int:
        """Of the aggregate: the ETag."""
        return self.hand_over.version
