"""Commands on invoices and credit notes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from annotated_types import MaxLen, MinLen

from application.constraints import Amount, Code, Currency, LongText, NotNegative, Number, OptionalText, Quantity, Text
from application.trading import DocumentCharge, charges_of, parties_of
from application.unit_of_work import Context
from domain.billing import CreditedLine, CreditNote, Invoice, InvoiceHeader
from domain.contracting import Contract
from domain.crm import Customer
from domain.ordering import Order
from domain.organisation import LegalEntity, NumberSeries
from domain.payments import Payment
from domain.shared.document import Billable, Line, Source, line_amount
from domain.shared.money import Money
from domain.shared.party import Parties
from domain.shared.refusal import Invalid
from domain.shared.tax import Tax
from domain.shared.terms import PaymentTerms, check_terms


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceDelivery:
    """Draft the invoice of a delivery."""

    order_id: UUID
    delivery: Number
    held: bool = False

    @property
    def natural_id(self) -> UUID:
        """A delivery has one invoice, whoever drafts it."""
        return Invoice.id_for(self.order_id, self.delivery)


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceInstalment:
    """Draft the invoice of a contract's instalment that is due."""

    contract_id: UUID
    number: Number
    held: bool = False

    @property
    def natural_id(self) -> UUID:
        """An instalment has one invoice, whoever drafts it."""
        return Invoice.id_for(self.contract_id, self.number)


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceLine:
    """A line written by hand."""

    item_name: Text
    quantity: Quantity
    net_price: NotNegative
    line_id: Code | None = None
    seller_item_id: OptionalText = ""
    product_line: OptionalText = ""
    unit_code: Code = "C62"
    goods: bool = True
    tax_class: Code = "standard"
    tax: Tax | None = None
    """Determined from seller and buyer where not given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftInvoice:
    """Draft an invoice by hand."""

    seller_id: UUID
    customer_id: UUID
    currency: Currency
    lines: Annotated[tuple[InvoiceLine, ...], MinLen(1), MaxLen(5000)]
    charges: Annotated[tuple[DocumentCharge, ...], MaxLen(20)] = ()
    payment_terms: PaymentTerms | None = None
    purchase_order_reference: Code | None = None
    tax_point_date: date | None = None
    held: bool = False
    """Held back: not issued until released."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueInvoice:
    """Issue a draft under the next number of its series."""

    issue_date: date | None = None
    """Today at the seller where not given; never before the series' last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseInvoice:
    """Let a held invoice be issued."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscardInvoice:
    """Discard a draft written by hand. It never had a number."""

    reason: LongText


@dataclass(frozen=True, slots=True, kw_only=True)
class LineCredit:
    """So much of a line's net amount."""

    line_id: Code
    amount: Amount


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditInvoice:
    """Issue a credit note over amounts of lines, or over all that is left of the invoice where none are given."""

    invoice_id: UUID
    reason: LongText
    lines: Annotated[tuple[LineCredit, ...], MaxLen(5000)] = ()


class Billing(Context):
    """What is asked for, under which number."""

    async def invoice_delivery(self, invoice_id: UUID, command: InvoiceDelivery) -> None:
        """What was delivered is billed."""
        order = await self.work.load(Order, command.order_id)
        seller = await self.work.read(LegalEntity, order.parties.seller_id)
        delivered_on = order.delivered_on(command.delivery)
        billable = order.bill_delivery(
            command.delivery, invoice_id, lambda taxed: seller.tax_at(taxed, order.parties, delivered_on), self.at
        )
        source = Source("order", order.id, order.number, command.delivery)
        header = _header(order, source, delivered_on, seller.tax_table_version, held=command.held)
        self.work.save(order, self._draft(invoice_id, header, billable))

    async def invoice_instalment(self, invoice_id: UUID, command: InvoiceInstalment) -> None:
        """What is due is billed."""
        contract = await self.work.load(Contract, command.contract_id)
        seller = await self.work.read(LegalEntity, contract.parties.seller_id)
        due_on = contract.due_on(command.number)
        billable = contract.bill_instalment(
            command.number, invoice_id, lambda taxed: seller.tax_at(taxed, contract.parties, due_on), self.at
        )
        source = Source("contract", contract.id, contract.number, command.number)
        header = _header(contract, source, due_on, seller.tax_table_version, held=command.held)
        self.work.save(contract, self._draft(invoice_id, header, billable))

    async def draft_invoice(self, invoice_id: UUID, command: DraftInvoice) -> None:
        """An invoice that follows from no order or contract."""
        seller = await self.work.read(LegalEntity, command.seller_id)
        customer = await self.work.read(Customer, command.customer_id)
        terms = command.payment_terms or customer.payment_terms
        check_terms(terms)
        parties = await parties_of(self.work, seller, customer)
        tax_point = command.tax_point_date or seller.today(self.at)
        lines = written_lines(command, seller, parties, tax_point)
        charges = charges_of(command.charges, command.currency, seller, parties, tax_point)
        header = InvoiceHeader(
            source=None,
            parties=parties,
            currency=command.currency,
            payment_terms=terms,
            purchase_order_reference=command.purchase_order_reference,
            tax_point_date=tax_point,
            tax_table_version=seller.tax_table_version,
            held=command.held,
        )
        self.work.save(self._draft(invoice_id, header, Billable(lines=lines, charges=charges, before=())))

    async def issue_invoice(self, invoice_id: UUID, command: IssueInvoice) -> None:
        """It gets its number, in the same append as the number is taken (I1)."""
        invoice = await self.work.load(Invoice, invoice_id)
        invoice.check_issue(command.issue_date, self.at)
        number, issue_date = await self._number("INV", invoice, invoice_id, command.issue_date)
        invoice.issue(number, issue_date, self.at)
        self.work.claim("document_number", f"{invoice.parties.seller_id} {number}", invoice_id)
        self.work.save(invoice)

    async def release_invoice(self, invoice_id: UUID, command: ReleaseInvoice) -> None:
        """It may be issued."""
        invoice = await self.work.load(Invoice, invoice_id)
        invoice.release(self.at)
        self.work.save(invoice)

    async def discard_invoice(self, invoice_id: UUID, command: DiscardInvoice) -> None:
        """It will not be issued."""
        invoice = await self.work.load(Invoice, invoice_id)
        invoice.discard(command.reason, self.at)
        self.work.save(invoice)

    async def credit_invoice(self, credit_note_id: UUID, command: CreditInvoice) -> None:
        """A credit note takes it back, wholly or in part; what was paid beyond the rest is unapplied cash again."""
        invoice = await self.work.load(Invoice, command.invoice_id)
        asked = [CreditedLine(one.line_id, Money.of(one.amount, invoice.currency)) for one in command.lines]
        credit = invoice.credit(asked, credit_note_id, self.at)
        for payment_id, amount in invoice.overpaid().items():
            payment = await self.work.load(Payment, payment_id)
            payment.unallocate(invoice.id, amount, self.at)
            invoice.unapply_payment(payment_id, amount, self.at)
            self.work.save(payment)
        number, issue_date = await self._number("CN", invoice, credit_note_id, None)
        note = self.work.new(CreditNote, credit_note_id)
        note.issue(number, issue_date, invoice, credit, command.reason, self.at)
        self.work.claim("document_number", f"{invoice.parties.seller_id} {number}", credit_note_id)
        self.work.save(invoice, note)

    async def _number(
        self, kind: Literal["INV", "CN"], invoice: Invoice, document_id: UUID, asked: date | None
    ) -> tuple[str, date]:
        """The next number of the seller's series of that kind and year; the issue date never goes back."""
        seller = await self.work.read(LegalEntity, invoice.parties.seller_id)
        today = asked or max(invoice.today(self.at), invoice.issue_date)
        name = f"{seller.series_prefix}-{kind}-{today.year}"
        series = await self.work.load_alone(NumberSeries, NumberSeries.id_for(seller.id, name))
        issue_date = asked or max(today, series.last_issue_date)
        number = series.take(name, document_id, issue_date, self.at)
        self.work.save(series)
        return number, issue_date

    def _draft(self, invoice_id: UUID, header: InvoiceHeader, billable: Billable) -> Invoice:
        invoice = self.work.new(Invoice, invoice_id)
        invoice.draft_invoice(header, billable, self.at)
        return invoice


def _header(
    agreement: Order | Contract, source: Source, tax_point_date: date, tax_table_version: int, *, held: bool
) -> InvoiceHeader:
    """Of the invoice of a part of what was agreed."""
    return InvoiceHeader(
        source=source,
        parties=agreement.parties,
        currency=agreement.currency,
        payment_terms=agreement.payment_terms,
        purchase_order_reference=agreement.purchase_order_reference,
        tax_point_date=tax_point_date,
        tax_table_version=tax_table_version,
        held=held,
    )


def written_lines(command: DraftInvoice, seller: LegalEntity, parties: Parties, tax_point: date) -> tuple[Line, ...]:
    """The lines of an invoice written by hand, numbered by their place where they have no id."""
    lines = tuple(
        _written_line(line, str(place), command.currency, seller, parties, tax_point)
        for place, line in enumerate(command.lines, 1)
    )
    if len({line.line_id for line in lines}) < len(lines):
        raise Invalid("Each line has an id of its own.", pointer="/lines")
    return lines


def _written_line(
    line: InvoiceLine, place: str, currency: str, seller: LegalEntity, parties: Parties, tax_point: date
) -> Line:
    tax = line.tax or seller.tax_of(parties, goods=line.goods, tax_class=line.tax_class, tax_point=tax_point)
    return Line(
        line_id=line.line_id or place,
        product_id=None,
        item_name=line.item_name,
        seller_item_id=line.seller_item_id,
        product_line=line.product_line,
        quantity=line.quantity,
        unit_code=line.unit_code,
        gross_price=line.net_price,
        net_price=line.net_price,
        base_quantity=Decimal(1),
        allowance=Decimal(0),
        line_extension_amount=line_amount(line.quantity, line.net_price, Decimal(1), Decimal(0), currency),
        tax=tax,
        tax_class=None if line.tax else line.tax_class,
        goods=line.goods,
    )
