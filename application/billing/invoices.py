"""Commands on invoices."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated
from uuid import UUID

from annotated_types import Gt, MaxLen, MinLen

from application.billing.numbering import CREDIT_NOTES, claim_reference, release_reference, take_number
from application.billing.written import InvoiceLine, written_lines
from application.constraints import Code, Currency, LongText, Number, Percent
from application.trading import DocumentCharge, OneTimeBuyer, charges_of, customer_of, parties_of_invoice
from application.unit_of_work import Context
from domain.billing import PREPAYMENT, PREPAYMENTS, SERIES, Invoice, InvoiceHeader
from domain.contracting import Contract
from domain.ordering import Order
from domain.organisation import SERIES_CODE, LegalEntity
from domain.shared.document import Billable, Source
from domain.shared.refusal import Invalid
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
class InvoicePrepayment:
    """Draft a prepayment invoice (386) over a part of an order; invoices of deliveries take it off (I7)."""

    order_id: UUID
    percent: Annotated[Percent, Gt(0)]
    """Of every tax group of the order, charges included."""
    held: bool = False


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
class DraftInvoice:
    """Draft an invoice by hand."""

    seller_id: UUID
    customer_id: UUID
    currency: Currency
    lines: Annotated[tuple[InvoiceLine, ...], MinLen(1), MaxLen(5000)]
    charges: Annotated[tuple[DocumentCharge, ...], MaxLen(20)] = ()
    buyer: OneTimeBuyer | None = None
    """Who bought, where the customer stands for buyers who are not registered one by one."""
    payment_terms: PaymentTerms | None = None
    purchase_order_reference: Code | None = None
    tax_point_date: date | None = None
    held: bool = False
    """Held back: not issued until released."""
    series: Code = SERIES
    """Capital letters; what comes from another system is numbered in a series of its own."""
    external_reference: Code | None = None
    """The number that it has in another system; no other document of the seller has it."""


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


class Invoicing(Context):
    """What is asked for, under which number."""

    async def invoice_delivery(self, invoice_id: UUID, command: InvoiceDelivery) -> None:
        """What was delivered is billed."""
        order = await self.work.load(Order, command.order_id)
        seller = await self.work.read(LegalEntity, order.parties.seller_id)
        delivered_on = order.delivered_on(command.delivery)
        billable = order.bill_delivery(
            command.delivery,
            invoice_id,
            lambda taxed: seller.tax_at(taxed, order.parties, delivered_on),
            self.at,
            await self._prepaid(order),
        )
        source = Source("order", order.id, order.number, command.delivery)
        header = _header(order, source, delivered_on, seller.tax_table_version, held=command.held)
        self.work.save(order, self._draft(invoice_id, header, billable))

    async def invoice_prepayment(self, invoice_id: UUID, command: InvoicePrepayment) -> None:
        """Money is asked for before anything is delivered."""
        order = await self.work.read(Order, command.order_id)
        seller = await self.work.read(LegalEntity, order.parties.seller_id)
        today = seller.today(self.at)
        billable = order.prepayment(command.percent, lambda taxed: seller.tax_at(taxed, order.parties, today))
        source = Source("order", order.id, order.number, 0)
        header = _header(order, source, today, seller.tax_table_version, held=command.held)
        header = replace(header, type_code=PREPAYMENT, series=PREPAYMENTS)
        self.work.save(self._draft(invoice_id, header, billable))

    async def _bill_prepayment(self, invoice: Invoice) -> None:
        """Only what is issued counts: a draft may be discarded."""
        assert invoice.source is not None
        order = await self.work.load(Order, invoice.source.document_id)
        seller = await self.work.read(LegalEntity, order.parties.seller_id)
        day = invoice.tax_point_date
        order.bill_prepayment(
            invoice.id, invoice.totals.tax_breakdown, lambda taxed: seller.tax_at(taxed, order.parties, day), self.at
        )
        self.work.save(order)

    async def _prepaid(self, order: Order) -> dict[UUID, str]:
        """The numbers of the prepayment invoices that may be taken off."""
        invoices = [await self.work.read(Invoice, id) for id in order.prepayments.open_invoices()]
        return {invoice.id: invoice.number for invoice in invoices}

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
        customer = await customer_of(self.work, command.customer_id)
        terms = command.payment_terms or customer.payment_terms
        check_terms(terms)
        _check_series(command.series)
        parties = await parties_of_invoice(self.work, seller, customer, command.buyer, invoice_id)
        tax_point = command.tax_point_date or seller.today(self.at)
        header = InvoiceHeader(
            source=None,
            parties=parties,
            currency=command.currency,
            payment_terms=terms,
            purchase_order_reference=command.purchase_order_reference,
            tax_point_date=tax_point,
            tax_table_version=seller.tax_table_version,
            held=command.held,
            series=command.series,
            external_reference=command.external_reference,
        )
        lines = written_lines(command.lines, command.currency, seller, parties, tax_point)
        charges = charges_of(command.charges, lines, command.currency, seller, parties, tax_point)
        billable = Billable(lines=lines, charges=charges, before=())
        claim_reference(self.work, seller.id, command.external_reference, invoice_id)
        self.work.save(self._draft(invoice_id, header, billable))

    async def issue_invoice(self, invoice_id: UUID, command: IssueInvoice) -> None:
        """It gets its number, in the same append as the number is taken (I1)."""
        invoice = await self.work.load(Invoice, invoice_id)
        invoice.check_issue(command.issue_date, self.at)
        if invoice.type_code == PREPAYMENT:
            await self._bill_prepayment(invoice)
        number, issue_date = await take_number(
            self.work,
            invoice.parties.seller_id,
            invoice.series,
            invoice_id,
            command.issue_date or invoice.today(self.at),
            at_least=command.issue_date is None,
        )
        invoice.issue(number, issue_date, self.at)
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
        release_reference(self.work, invoice.parties.seller_id, invoice.external_reference)
        self.work.save(invoice)

    def _draft(self, invoice_id: UUID, header: InvoiceHeader, billable: Billable) -> Invoice:
        invoice = self.work.new(Invoice, invoice_id)
        invoice.draft_invoice(header, billable, self.at)
        return invoice


def _check_series(series: str) -> None:
    if not SERIES_CODE.fullmatch(series) or series == CREDIT_NOTES:
        raise Invalid(f"A series is 2 to 10 capital letters, and not {CREDIT_NOTES}.", pointer="/series")


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
