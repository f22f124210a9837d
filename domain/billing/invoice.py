"""The invoice (EN 16931 type 380): immutable once issued; credits and payments settle it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from domain.billing.credit import Credit, credit_of
from domain.billing.facts import InvoiceFacts
from domain.billing.header import PREPAYMENT, InvoiceHeader
from domain.billing.taking_back import CreditAsked, CreditedLine
from domain.shared.aggregate import fields_of
from domain.shared.assignment import Assignment
from domain.shared.document import Billable, Line, check_content, line_of
from domain.shared.identities import derived
from domain.shared.money import Money
from domain.shared.refusal import Invalid, Refusal
from domain.shared.tax import Tax
from domain.shared.terms import due_instalments


class PayableExceeded(Refusal):
    """Payments and credits never exceed what is payable."""

    rule = "P2"


class LineWasReplaced(Refusal):
    """The invoice was billed anew, and this line is another one there."""


class Invoice(InvoiceFacts):
    """A claim for payment. `state` is the document's; `settlement` follows from credits and payments.

    Credit notes that name it take it back; a customer's other credits are set off against it, as payments are applied.
    """

    ACTIONS = {
        "draft": ("issue", "discard"),
        "held": ("issue", "release", "discard"),
        "issued": ("credit",),
        "credited": (),
        "discarded": (),
    }
    CONSEQUENCES = {"issued": ("settle",), "credited": ("settle", "replace")}

    def assignment(self) -> Assignment:
        """Theirs who have the order or contract that it bills."""
        of = self.source.ours if self.source else None
        follows = (self.source.kind, of) if self.source and of else None
        return Assignment(customer_id=self.parties.sold_to_id, follows=follows)

    def draft_invoice(self, header: InvoiceHeader, billable: Billable, at: datetime) -> None:
        """An invoice without a number yet. Refuses one without lines, or below zero, and impossible taxes (I4)."""
        if not billable.lines:
            raise Invalid("An invoice has at least one line.", pointer="/lines")
        check_content(billable.lines, billable.charges, header.parties)
        totals = billable.totals(header.currency)
        if totals.payable_amount.amount < 0:
            raise Invalid("An invoice asks for something: what is given back is a credit note.", pointer="/lines")
        self.record(
            self.Drafted,
            at,
            **fields_of(header),
            lines=billable.lines,
            charges=billable.charges,
            documented=tuple(billable.before),
            totals=totals,
        )

    def belongs_to(self, customer_id: UUID) -> bool:
        """Of the customer that bought or is billed, once it is issued."""
        return self.state in ("issued", "credited") and customer_id in (
            self.parties.sold_to_id,
            self.parties.bill_to_id,
        )

    def release(self, at: datetime) -> None:
        """No longer held back: to be issued."""
        self.require("release")
        self.record(self.Released, at)

    def discard(self, reason: str, at: datetime) -> None:
        """Not to be issued. It never had a number."""
        self.require("discard")
        if self.source is not None and self.type_code != PREPAYMENT:
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

    def credit(self, asked: Sequence[CreditAsked], credit_note_id: UUID, at: datetime) -> Credit:
        """Take lines, or all that is left with the charges, back (I3). Tells what the credit note bears."""
        self.require("credit")
        credit = credit_of(self, asked)
        self.record(
            self.Credited,
            at,
            credit_note_id=credit_note_id,
            lines=credit.credited,
            charges=bool(credit.charges),
            tax_breakdown=credit.totals.tax_breakdown,
            amount=credit.totals.payable_amount,
            fully=credit.fully,
        )
        return credit

    def replace(self, invoice_id: UUID, at: datetime) -> None:
        """A corrected one stands in its place, all of it being credited."""
        self.require("replace")
        self.record(self.Replaced, at, invoice_id=invoice_id)

    def apply_payment(self, payment_id: UUID, amount: Money, at: datetime) -> None:
        """Settle it by so much. Refuses more than is open (P2)."""
        self._check_open(amount)
        self.record(self.PaymentApplied, at, payment_id=payment_id, amount=amount, settled=amount == self.open_amount)

    def unapply_payment(self, payment_id: UUID, amount: Money, at: datetime) -> None:
        """The payment no longer settles so much of it; that is due again (P5)."""
        self.require("settle")
        applied = self.payments.get(payment_id, Money.zero(self.currency))
        if not Money.zero(self.currency) < amount <= applied:
            raise Invalid(f"{applied} of this payment are applied.", pointer="/amount")
        self.record(self.PaymentUnapplied, at, payment_id=payment_id, amount=amount)

    def apply_credit(self, credit_note_id: UUID, amount: Money, at: datetime) -> None:
        """Set a credit of the customer's off against it. Refuses more than is open (P2)."""
        self._check_open(amount)
        settled = amount == self.open_amount
        self.record(self.CreditApplied, at, credit_note_id=credit_note_id, amount=amount, settled=settled)

    def unapply_credit(self, credit_note_id: UUID, amount: Money, at: datetime) -> None:
        """The credit no longer settles so much of it; that is due again."""
        self.require("settle")
        applied = self.set_off_by(credit_note_id)
        if not Money.zero(self.currency) < amount <= applied:
            raise Invalid(f"{applied} of this credit note are set off.", pointer="/amount")
        self.record(self.CreditUnapplied, at, credit_note_id=credit_note_id, amount=amount)

    def overpaid(self) -> dict[UUID, Money]:
        """Which payments, the latest first, exceed what a credit has left payable."""
        return _beyond(-self.open_amount, self.payments)

    def overset(self) -> dict[UUID, Money]:
        """Which credits set off, the latest first, do so when no payment is left."""
        return _beyond(-self.open_amount - self.paid, self.set_offs)

    def _check_open(self, amount: Money) -> None:
        self.require("settle")
        if not Money.zero(self.currency) < amount <= self.open_amount:
            raise PayableExceeded(f"{self.open_amount} of {self.number} are open.", pointer="/amount")

    def advances(self, credited: Sequence[CreditedLine]) -> dict[Tax, Money]:
        """What of these is money paid in advance, or taken off again, by tax."""
        sums: dict[Tax, Money] = {}
        for one in credited:
            line = line_of(self.lines, one.line_id)
            if line.advance:
                sums[line.tax] = sums.get(line.tax, Money.zero(self.currency)) + one.amount
        return sums

    def bears(self, line: Line) -> bool:
        """Whether it has that line, for the same item."""
        own = next((one for one in self.lines if one.line_id == line.line_id), None)
        return own is not None and (own.seller_item_id, own.item_name) == (line.seller_item_id, line.item_name)

    def today(self, at: datetime) -> date:
        """Which day it is for the seller."""
        return self.parties.today(at)

    @staticmethod
    def id_for(document_id: UUID, part: int) -> UUID:
        """One invoice for a delivery or an instalment, whoever asks for it."""
        return derived(document_id, f"invoice {part}")


def _beyond(surplus: Money, settled: dict[UUID, Money]) -> dict[UUID, Money]:
    """How much of what settled it, the latest first, makes up the surplus."""
    excess = {}
    for id, amount in reversed(settled.items()):
        if surplus.amount > 0 and amount.amount > 0:
            excess[id] = min(surplus, amount)
            surplus -= excess[id]
    return excess
