"""The credit note (EN 16931 type 381): positive amounts that take invoices back, or give a customer something."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from domain.shared.aggregate import Aggregate, Event, fields_of
from domain.shared.approval import check_second_person
from domain.shared.assignment import Assignment
from domain.shared.document import Charge, Line, Totals, check_content
from domain.shared.identities import derived
from domain.shared.money import Money
from domain.shared.party import Parties
from domain.shared.refusal import Invalid, Refusal

CreditKind = Literal["goodwill", "volume_bonus", "price_adjustment", "correction"]
"""Why a customer is credited without an invoice that would be taken back."""


class CreditExhausted(Refusal):
    """No more of a credit can be used than is left of it."""

    rule = "P1"


@dataclass(frozen=True, slots=True)
class PrecedingInvoice:
    """An invoice that a credit note takes back, wholly or in part (BG-3)."""

    invoice_id: UUID
    number: str
    """BT-25."""
    issue_date: date | None
    """BT-26."""
    amount: Money
    """What is taken back of it, tax included."""


@dataclass(frozen=True, slots=True)
class Period:
    """The days that a credit is for (BG-14), both included."""

    first: date
    """BT-73."""
    last: date
    """BT-74."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditContent:
    """What a credit note bears under its number."""

    parties: Parties
    currency: str
    lines: tuple[Line, ...]
    charges: tuple[Charge, ...]
    totals: Totals
    reason: str
    external_reference: str | None
    """The number that it has in another system."""


class CreditNote(Aggregate):
    """A credit note that names invoices is issued with the credit on each of them, in one append.

    One that names none is asked for by one person and approved by another; then it is `open`, in the customer's
    favour, until it is set off against invoices or paid out.
    """

    ACTIONS = {
        "issued": (),
        "requested": ("approve", "reject"),
        "rejected": (),
        "open": ("allocate", "unallocate", "refund"),
        "settled": ("unallocate",),
    }

    parties: Parties
    currency: str
    totals: Totals
    requested_by: tuple[str, ...]
    external_reference: str | None
    preceding: UUID | None = None
    """The first of the invoices that it takes back."""
    unapplied: Money
    """In the customer's favour and not used yet."""

    def __init__(self, id: UUID) -> None:
        super().__init__(id)
        self.allocations: dict[UUID, Money] = {}

    class Issued(Event):
        class_version = 2

        number: str
        issue_date: date
        preceding_invoices: tuple[PrecedingInvoice, ...]
        """BG-3."""
        parties: Parties
        currency: str
        lines: tuple[Line, ...]
        charges: tuple[Charge, ...]
        totals: Totals
        reason: str
        external_reference: str | None

        @staticmethod
        def upcast_v1_v2(state: dict[str, Any]) -> None:
            """It named one invoice."""
            state["preceding_invoices"] = [
                {
                    "invoice_id": state.pop("invoice_id"),
                    "number": state.pop("preceding_invoice_reference"),
                    "issue_date": None,
                    "amount": state["totals"]["payable_amount"],
                }
            ]
            state["external_reference"] = None

        def apply(self, note: CreditNote) -> None:
            note.state, note.preceding = "issued", self.preceding_invoices[0].invoice_id
            note.parties, note.currency, note.totals = self.parties, self.currency, self.totals
            note.unapplied = Money.zero(self.currency)

    class Requested(Event):
        kind: CreditKind
        period: Period
        parties: Parties
        currency: str
        lines: tuple[Line, ...]
        charges: tuple[Charge, ...]
        totals: Totals
        reason: str
        external_reference: str | None
        requested_by: tuple[str, ...]

        def apply(self, note: CreditNote) -> None:
            note.state = "requested"
            note.parties, note.currency, note.totals = self.parties, self.currency, self.totals
            note.requested_by, note.unapplied = self.requested_by, Money.zero(self.currency)
            note.external_reference = self.external_reference

    class Rejected(Event):
        reason: str

        def apply(self, note: CreditNote) -> None:
            note.state = "rejected"

    class Approved(Event):
        number: str
        issue_date: date
        approved_by: tuple[str, ...]
        amount: Money
        """Tax included."""

        def apply(self, note: CreditNote) -> None:
            note.state, note.unapplied = "open", self.amount

    class Allocated(Event):
        invoice_id: UUID
        amount: Money

        def apply(self, note: CreditNote) -> None:
            note.allocations[self.invoice_id] = note.allocated_to(self.invoice_id) + self.amount
            note._use(self.amount)

    class Unallocated(Event):
        invoice_id: UUID
        amount: Money

        def apply(self, note: CreditNote) -> None:
            note.allocations[self.invoice_id] -= self.amount
            note._use(-self.amount)

    class Refunded(Event):
        amount: Money
        reason: str

        def apply(self, note: CreditNote) -> None:
            note._use(self.amount)

    def issue(
        self,
        number: str,
        issue_date: date,
        preceding_invoices: Sequence[PrecedingInvoice],
        content: CreditContent,
        at: datetime,
    ) -> None:
        """Under its number, naming the invoices that it takes back. Refuses taxes that exclude each other (I4)."""
        check_content(content.lines, content.charges, content.parties)
        self.record(
            self.Issued,
            at,
            number=number,
            issue_date=issue_date,
            preceding_invoices=tuple(preceding_invoices),
            **fields_of(content),
        )

    def assignment(self) -> Assignment:
        """Theirs who have what it takes back."""
        follows = ("invoice", self.preceding) if self.preceding else None
        return Assignment(customer_id=self.parties.sold_to_id, follows=follows)

    def request(
        self, kind: CreditKind, period: Period, content: CreditContent, requested_by: Sequence[str], at: datetime
    ) -> None:
        """Ask for a credit that names no invoice: it needs kind, period, reason and another person's approval (I2)."""
        if period.last < period.first:
            raise Invalid("The last day is not before the first.", pointer="/period/last")
        check_content(content.lines, content.charges, content.parties)
        if content.totals.payable_amount.amount <= 0:
            raise Invalid("A credit is of a positive amount.", pointer="/lines")
        asked = {"kind": kind, "period": period, "requested_by": tuple(requested_by)}
        self.record(self.Requested, at, **asked, **fields_of(content))

    def check_approval(self, approved_by: Sequence[str]) -> None:
        """Refuse before a number is taken: what is not asked for, and whoever asked for it (A1)."""
        self.require("approve")
        check_second_person(self.requested_by, approved_by)

    def approve(self, number: str, issue_date: date, approved_by: Sequence[str], at: datetime) -> None:
        """Issued under its number, in the customer's favour."""
        self.check_approval(approved_by)
        self.record(
            self.Approved,
            at,
            number=number,
            issue_date=issue_date,
            approved_by=tuple(approved_by),
            amount=self.totals.payable_amount,
        )

    def reject(self, reason: str, at: datetime) -> None:
        """Not to be given."""
        self.require("reject")
        self.record(self.Rejected, at, reason=reason)

    def allocate(self, invoice_id: UUID, amount: Money, at: datetime) -> None:
        """So much of it is set off against that invoice (P1)."""
        self.require("allocate")
        self._check_unapplied(amount)
        self.record(self.Allocated, at, invoice_id=invoice_id, amount=amount)

    def unallocate(self, invoice_id: UUID, amount: Money, at: datetime) -> None:
        """So much of it is in the customer's favour again."""
        self.require("unallocate")
        allocated = self.allocated_to(invoice_id)
        if not Money.zero(self.currency) < amount <= allocated:
            raise Invalid(f"{allocated} are allocated to this invoice.", pointer="/amount")
        self.record(self.Unallocated, at, invoice_id=invoice_id, amount=amount)

    def refund(self, amount: Money, reason: str, at: datetime) -> None:
        """So much of it is paid out (P1)."""
        self.require("refund")
        self._check_unapplied(amount)
        self.record(self.Refunded, at, amount=amount, reason=reason)

    def allocated_to(self, invoice_id: UUID) -> Money:
        """How much of it is set off against that invoice."""
        return self.allocations.get(invoice_id, Money.zero(self.currency))

    def settles(self, parties: Parties, currency: str) -> bool:
        """Whether it is this seller's to one of these buyers, in that currency."""
        own = self.parties
        buyers = {parties.sold_to_id, parties.bill_to_id}
        same = (own.seller_id, self.currency) == (parties.seller_id, currency)
        return same and not buyers.isdisjoint((own.sold_to_id, own.bill_to_id))

    def today(self, at: datetime) -> date:
        """Which day it is for the seller."""
        return self.parties.today(at)

    @staticmethod
    def id_for(invoice_id: UUID) -> UUID:
        """One credit note for the invoice that stands in the credited one's place."""
        return derived(invoice_id, "credit note")

    def _use(self, amount: Money) -> None:
        self.unapplied -= amount
        self.state = "open" if self.unapplied else "settled"

    def _check_unapplied(self, amount: Money) -> None:
        if not Money.zero(self.currency) < amount <= self.unapplied:
            raise CreditExhausted(f"{self.unapplied} are left.", pointer="/amount")

    @property
    def data_subject(self) -> UUID:
        """Its customer."""
        return self.parties.sold_to_id
