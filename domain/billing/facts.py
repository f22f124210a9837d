"""What happens to an invoice, and what each fact makes of it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal
from uuid import UUID

from domain.billing.header import SERIES, TypeCode
from domain.billing.taking_back import CreditedLine
from domain.shared.aggregate import Aggregate, Event
from domain.shared.document import Charge, Line, Source, Totals
from domain.shared.money import Money
from domain.shared.party import Parties
from domain.shared.tax import TaxGroup, accumulated
from domain.shared.terms import Instalment, PaymentTerms


class InvoiceFacts(Aggregate, part=True):
    """The invoice as its facts have made it."""

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

        def apply(self, invoice: InvoiceFacts) -> None:
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
        def apply(self, invoice: InvoiceFacts) -> None:
            invoice.state = "draft"

    class Discarded(Event):
        reason: str

        def apply(self, invoice: InvoiceFacts) -> None:
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

        def apply(self, invoice: InvoiceFacts) -> None:
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

        def apply(self, invoice: InvoiceFacts) -> None:
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

        def apply(self, invoice: InvoiceFacts) -> None:
            earlier = invoice.payments.get(self.payment_id, Money.zero(invoice.currency))
            invoice.payments[self.payment_id] = earlier + self.amount
            invoice.paid += self.amount

    class PaymentUnapplied(Event):
        payment_id: UUID
        amount: Money

        def apply(self, invoice: InvoiceFacts) -> None:
            invoice.payments[self.payment_id] -= self.amount
            invoice.paid -= self.amount

    class Replaced(Event):
        invoice_id: UUID
        """The corrected one."""

        def apply(self, invoice: InvoiceFacts) -> None:
            invoice.replaced_by = self.invoice_id

    class CreditApplied(Event):
        credit_note_id: UUID
        amount: Money
        settled: bool

        def apply(self, invoice: InvoiceFacts) -> None:
            invoice.set_offs[self.credit_note_id] = invoice.set_off_by(self.credit_note_id) + self.amount
            invoice.set_off += self.amount

    class CreditUnapplied(Event):
        credit_note_id: UUID
        amount: Money

        def apply(self, invoice: InvoiceFacts) -> None:
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

    def set_off_by(self, credit_note_id: UUID) -> Money:
        """How much a credit note settles of it."""
        return self.set_offs.get(credit_note_id, Money.zero(self.currency))

    @property
    def data_subject(self) -> UUID:
        """Its customer."""
        return self.parties.sold_to_id
