"""The invoice (EN 16931 type 380): immutable once issued; credits and payments settle it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID, uuid5

from domain.billing.credit import Credit, CreditedLine, credit_of
from domain.shared.aggregate import Aggregate, Event, fields_of
from domain.shared.document import Billable, Charge, Line, Source, Totals
from domain.shared.money import Money
from domain.shared.party import Parties, local_date
from domain.shared.refusal import Invalid, Refusal
from domain.shared.tax import TaxGroup, accumulated, check_categories
from domain.shared.terms import Instalment, PaymentTerms, due_instalments


class PayableExceeded(Refusal):
    """Payments and credits never exceed what is payable."""

    rule = "P2"


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceHeader:
    """An invoice but for its lines and charges."""

    source: Source | None
    """The order's delivery or contract's instalment that it bills; None where written by hand."""
    parties: Parties
    currency: str
    payment_terms: PaymentTerms
    purchase_order_reference: str | None
    """BT-13."""
    tax_point_date: date
    """BT-7."""
    tax_table_version: int
    held: bool
    """Held back: not issued by itself, until somebody releases or issues it."""


class Invoice(Aggregate):
    """A claim for payment. `state` is the document's; `settlement` follows from credits and payments."""

    ACTIONS = {
        "draft": ("issue", "discard"),
        "held": ("issue", "release", "discard"),
        "issued": ("credit",),
        "credited": (),
        "discarded": (),
    }
    CONSEQUENCES = {"issued": ("settle",), "credited": ("settle",)}

    source: Source | None
    parties: Parties
    currency: str
    lines: tuple[Line, ...]
    charges: tuple[Charge, ...]
    payment_terms: PaymentTerms
    totals: Totals
    number: str = ""
    issue_date: date = date.min
    due_date: date
    credited: Money
    paid: Money

    def __init__(self, id: UUID) -> None:
        super().__init__(id)
        self.credited_lines: dict[str, Money] = {}
        self.credited_charges = False
        self.credited_groups: tuple[TaxGroup, ...] = ()
        self.payments: dict[UUID, Money] = {}

    class Drafted(Event):
        source: Source | None
        parties: Parties
        currency: str
        lines: tuple[Line, ...]
        charges: tuple[Charge, ...]
        payment_terms: PaymentTerms
        purchase_order_reference: str | None
        """BT-13."""
        tax_point_date: date
        """BT-7."""
        tax_table_version: int
        held: bool
        totals: Totals

        def apply(self, invoice: Invoice) -> None:
            invoice.state = "held" if self.held else "draft"
            invoice.source, invoice.parties, invoice.currency = self.source, self.parties, self.currency
            invoice.lines, invoice.charges = self.lines, self.charges
            invoice.payment_terms, invoice.totals = self.payment_terms, self.totals
            invoice.credited = invoice.paid = Money.zero(self.currency)

    class Released(Event):
        def apply(self, invoice: Invoice) -> None:
            invoice.state = "draft"

    class Discarded(Event):
        reason: str

        def apply(self, invoice: Invoice) -> None:
            invoice.state = "discarded"

    class Issued(Event):
        number: str
        """BT-1."""
        issue_date: date
        """BT-2."""
        due_date: date
        """BT-9: the day on which the last instalment is due."""
        due: tuple[Instalment, ...]
        totals: Totals

        def apply(self, invoice: Invoice) -> None:
            invoice.state, invoice.number = "issued", self.number
            invoice.issue_date, invoice.due_date = self.issue_date, self.due_date

    class Credited(Event):
        credit_note_id: UUID
        lines: tuple[CreditedLine, ...]
        charges: bool
        tax_breakdown: tuple[TaxGroup, ...]
        amount: Money
        """Tax included."""
        fully: bool

        def apply(self, invoice: Invoice) -> None:
            for line in self.lines:
                earlier = invoice.credited_lines.get(line.line_id, Money.zero(invoice.currency))
                invoice.credited_lines[line.line_id] = earlier + line.amount
            invoice.credited_charges |= self.charges
            invoice.credited_groups = accumulated(invoice.credited_groups, self.tax_breakdown)
            invoice.credited += self.amount
            invoice.state = "credited" if self.fully else invoice.state

    class PaymentApplied(Event):
        payment_id: UUID
        amount: Money
        settled: bool

        def apply(self, invoice: Invoice) -> None:
            earlier = invoice.payments.get(self.payment_id, Money.zero(invoice.currency))
            invoice.payments[self.payment_id] = earlier + self.amount
            invoice.paid += self.amount

    class PaymentUnapplied(Event):
        payment_id: UUID
        amount: Money

        def apply(self, invoice: Invoice) -> None:
            invoice.payments[self.payment_id] -= self.amount
            invoice.paid -= self.amount

    @property
    def settlement(self) -> Literal["unpaid", "partially_paid", "paid"]:
        """What credits and payments have made of it."""
        if self.open_amount == self.totals.payable_amount:
            return "unpaid"
        return "partially_paid" if self.open_amount.amount > 0 else "paid"

    @property
    def open_amount(self) -> Money:
        """What is still to be paid."""
        return self.totals.payable_amount - self.credited - self.paid

    def draft_invoice(self, header: InvoiceHeader, billable: Billable, at: datetime) -> None:
        """An invoice without a number yet. Refuses one without lines, and impossible tax categories (I4)."""
        if not billable.lines:
            raise Invalid("An invoice has at least one line.", pointer="/lines")
        taxes = [line.tax for line in billable.lines] + [charge.tax for charge in billable.charges]
        parties = header.parties
        check_categories(taxes, seller_vat_id=parties.seller.vat_id, buyer_vat_id=parties.buyer.vat_id)
        self.record(
            self.Drafted,
            at,
            **fields_of(header),
            lines=billable.lines,
            charges=billable.charges,
            totals=billable.totals(header.currency),
        )

    def release(self, at: datetime) -> None:
        """No longer held back: to be issued."""
        self.require("release")
        self.record(self.Released, at)

    def discard(self, reason: str, at: datetime) -> None:
        """Not to be issued. It never had a number."""
        self.require("discard")
        if self.source is not None:
            raise Invalid("What was delivered or is due is issued and credited, not discarded.")
        self.record(self.Discarded, at, reason=reason)

    def check_issue(self, asked: date | None, at: datetime) -> None:
        """Refuse before a number is taken: what is not to be issued, and a future date, as no series goes back."""
        self.require("issue")
        if asked is not None and asked > self.today(at):
            raise Invalid("An invoice is not issued in the future.", pointer="/issue_date")

    def issue(self, number: str, issue_date: date, at: datetime) -> None:
        """Under its number, taken in the same append (I1); from now on immutable (I2)."""
        self.require("issue")
        due = due_instalments(self.payment_terms, issue_date, self.totals.payable_amount)
        self.record(
            self.Issued,
            at,
            number=number,
            issue_date=issue_date,
            due_date=max(one.due_date for one in due),
            due=due,
            totals=self.totals,
        )

    def credit(self, asked: Sequence[CreditedLine], credit_note_id: UUID, at: datetime) -> Credit:
        """Take lines, or all that is left with the charges, back (I3). Tells what the credit note bears."""
        self.require("credit")
        credit = credit_of(self, asked)
        self.record(
            self.Credited,
            at,
            credit_note_id=credit_note_id,
            lines=tuple(CreditedLine(line.line_id, line.line_extension_amount) for line in credit.lines),
            charges=bool(credit.charges),
            tax_breakdown=credit.totals.tax_breakdown,
            amount=credit.totals.payable_amount,
            fully=credit.fully,
        )
        return credit

    def apply_payment(self, payment_id: UUID, amount: Money, at: datetime) -> None:
        """Settle it by so much. Refuses more than is open (P2)."""
        self.require("settle")
        if not Money.zero(self.currency) < amount <= self.open_amount:
            raise PayableExceeded(f"{self.open_amount} of {self.number} are open.", pointer="/amount")
        self.record(self.PaymentApplied, at, payment_id=payment_id, amount=amount, settled=amount == self.open_amount)

    def unapply_payment(self, payment_id: UUID, amount: Money, at: datetime) -> None:
        """The payment no longer settles so much of it; that is due again (P5)."""
        self.require("settle")
        applied = self.payments.get(payment_id, Money.zero(self.currency))
        if not Money.zero(self.currency) < amount <= applied:
            raise Invalid(f"{applied} of this payment are applied.", pointer="/amount")
        self.record(self.PaymentUnapplied, at, payment_id=payment_id, amount=amount)

    def overpaid(self) -> dict[UUID, Money]:
        """Which payments, the latest first, exceed what a credit has left payable."""
        surplus, excess = -self.open_amount, {}
        for payment_id, amount in reversed(self.payments.items()):
            if surplus.amount > 0 and amount.amount > 0:
                excess[payment_id] = min(surplus, amount)
                surplus -= excess[payment_id]
        return excess

    def today(self, at: datetime) -> date:
        """Which day it is for the seller."""
        return local_date(at, self.parties.time_zone)

    @staticmethod
    def id_for(document_id: UUID, part: int) -> UUID:
        """One invoice for a delivery or an instalment, whoever asks for it."""
        return uuid5(document_id, f"invoice {part}")
