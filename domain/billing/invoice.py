"""The invoice (EN 16931 type 380): immutable once issued; credits and payments settle it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID, uuid5

from domain.billing.credit import Credit, credit_of
from domain.billing.header import PREPAYMENT, SERIES, InvoiceHeader, TypeCode
from domain.billing.taking_back import CreditAsked, CreditedLine
from domain.shared.aggregate import Aggregate, Event, fields_of
from domain.shared.document import Billable, Charge, Line, Source, Totals, check_content, line_of
from domain.shared.money import Money
from domain.shared.party import Parties, local_date
from domain.shared.refusal import Invalid, Refusal
from domain.shared.tax import Tax, TaxGroup, accumulated
from domain.shared.terms import Instalment, PaymentTerms, due_instalments


class PayableExceeded(Refusal):
    """Payments and credits never exceed what is payable."""

    rule = "P2"


class LineWasReplaced(Refusal):
    """The invoice was billed anew, and this line is another one there."""


class Invoice(Aggregate):
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
    tax_point_date: date
    tax_table_version: int
    documented: tuple[TaxGroup, ...]
    replaced_by: UUID | None = None
    external_reference: str | None
    purchase_order_reference: str | None
    series: str
    type_code: TypeCode
    credited: Money
    paid: Money
    set_off: Money

    def __init__(self, id: UUID) -> None:
        super().__init__(id)
        self.credited_lines: dict[str, Money] = {}
        self.credited_quantities: dict[str, Decimal] = {}
        self.credited_charges = False
        self.credited_groups: tuple[TaxGroup, ...] = ()
        self.payments: dict[UUID, Money] = {}
        self.set_offs: dict[UUID, Money] = {}

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
        series: str = SERIES
        external_reference: str | None = None
        type_code: TypeCode = "380"
        """BT-3."""
        replaces: UUID | None = None
        documented: tuple[TaxGroup, ...] = ()
        """What earlier documents of its chain bear: its tax is the whole chain's less theirs."""

        def apply(self, invoice: Invoice) -> None:
            invoice.state = "held" if self.held else "draft"
            invoice.source, invoice.parties, invoice.currency = self.source, self.parties, self.currency
            invoice.lines, invoice.charges = self.lines, self.charges
            invoice.payment_terms, invoice.totals = self.payment_terms, self.totals
            invoice.tax_point_date, invoice.series = self.tax_point_date, self.series
            invoice.type_code, invoice.external_reference = self.type_code, self.external_reference
            invoice.tax_table_version, invoice.documented = self.tax_table_version, self.documented
            invoice.purchase_order_reference = self.purchase_order_reference
            invoice.credited = invoice.paid = invoice.set_off = Money.zero(self.currency)

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
                done = invoice.credited_quantities.get(line.line_id, Decimal(0))
                invoice.credited_quantities[line.line_id] = done + line.quantity
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

    class Replaced(Event):
        invoice_id: UUID
        """The corrected one."""

        def apply(self, invoice: Invoice) -> None:
            invoice.replaced_by = self.invoice_id

    class CreditApplied(Event):
        credit_note_id: UUID
        amount: Money
        settled: bool

        def apply(self, invoice: Invoice) -> None:
            invoice.set_offs[self.credit_note_id] = invoice.set_off_by(self.credit_note_id) + self.amount
            invoice.set_off += self.amount

    class CreditUnapplied(Event):
        credit_note_id: UUID
        amount: Money

        def apply(self, invoice: Invoice) -> None:
            invoice.set_offs[self.credit_note_id] -= self.amount
            invoice.set_off -= self.amount

    @property
    def settlement(self) -> Literal["unpaid", "partially_paid", "paid"]:
        """What credits and payments have made of it."""
        if self.open_amount.amount <= 0:
            return "paid"
        return "unpaid" if self.open_amount == self.totals.payable_amount else "partially_paid"

    @property
    def account(self) -> tuple[UUID, UUID, str, str]:
        """Whose claim on whom it is, in which currency."""
        return self.parties.seller_id, self.parties.bill_to_id, self.parties.buyer.name, self.currency

    @property
    def open_amount(self) -> Money:
        """What is still to be paid."""
        return self.totals.payable_amount - self.credited - self.paid - self.set_off

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

    def set_off_by(self, credit_note_id: UUID) -> Money:
        """How much a credit note settles of it."""
        return self.set_offs.get(credit_note_id, Money.zero(self.currency))

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
        return local_date(at, self.parties.time_zone)

    @staticmethod
    def id_for(document_id: UUID, part: int) -> UUID:
        """One invoice for a delivery or an instalment, whoever asks for it."""
        return uuid5(document_id, f"invoice {part}")


def _beyond(surplus: Money, settled: dict[UUID, Money]) -> dict[UUID, Money]:
    """How much of what settled it, the latest first, makes up the surplus."""
    excess = {}
    for id, amount in reversed(settled.items()):
        if surplus.amount > 0 and amount.amount > 0:
            excess[id] = min(surplus, amount)
            surplus -= excess[id]
    return excess
