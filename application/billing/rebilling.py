"""An invoice corrected: taken back as a whole and issued anew, both or neither (I2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from annotated_types import MaxLen

from application.billing.crediting import credit_of, issue_credit_note
from application.billing.numbering import take_number
from application.billing.written import InvoiceLine, written_lines
from application.constraints import Code, LongText
from application.trading import (
    DocumentCharge,
    OneTimeBuyer,
    charges_of,
    customer_of,
    parties_of_invoice,
    parties_towards,
)
from application.unit_of_work import Context
from domain.billing import PREPAYMENT, CreditNote, Invoice, InvoiceHeader, remaining
from domain.organisation import LegalEntity
from domain.payments import Payment
from domain.shared.document import Billable
from domain.shared.money import Money
from domain.shared.party import Parties
from domain.shared.refusal import Invalid
from domain.shared.terms import PaymentTerms, check_terms


@dataclass(frozen=True, slots=True, kw_only=True)
class RebillInvoice:
    """Credit all that is left of an invoice and issue a corrected one over that. What is not given stays as it was.

    Payments that had settled the old one settle the new one.
    """

    invoice_id: UUID
    """The invoice that was wrong."""
    reason: LongText
    lines: Annotated[tuple[InvoiceLine, ...], MaxLen(5000)] = ()
    charges: Annotated[tuple[DocumentCharge, ...], MaxLen(20)] | None = None
    customer_id: UUID | None = None
    """Who should have been billed."""
    buyer: OneTimeBuyer | None = None
    payment_terms: PaymentTerms | None = None
    purchase_order_reference: Code | None = None


class Rebilling(Context):
    """What was billed wrongly."""

    async def rebill_invoice(self, invoice_id: UUID, command: RebillInvoice) -> None:
        """The old one is credited, the new one issued, and the money follows."""
        wrong = await self.work.load(Invoice, command.invoice_id)
        if wrong.type_code == PREPAYMENT:
            raise Invalid("Credit a prepayment invoice, and bill the prepayment anew.", pointer="/invoice_id")
        # Kept in this order: what settles the new one is told after it.
        right = await self._draft(invoice_id, command, wrong)
        self.work.save(right)
        credit_note_id = CreditNote.id_for(invoice_id)
        taken = await credit_of(self.work, wrong, (), credit_note_id, invoice_id)
        await issue_credit_note(self.work, credit_note_id, [taken], command.reason, None)
        wrong.replace(invoice_id, self.at)
        today, seller_id = right.today(self.at), right.parties.seller_id
        number, day = await take_number(self.work, seller_id, right.series, invoice_id, today, at_least=True)
        right.issue(number, day, self.at)
        await self._settle(right, taken.released)

    async def _draft(self, invoice_id: UUID, command: RebillInvoice, wrong: Invoice) -> Invoice:
        parties = await self._parties(invoice_id, command, wrong)
        terms = command.payment_terms or wrong.payment_terms
        check_terms(terms)
        header = InvoiceHeader(
            source=wrong.source,
            parties=parties,
            currency=wrong.currency,
            payment_terms=terms,
            purchase_order_reference=command.purchase_order_reference or wrong.purchase_order_reference,
            tax_point_date=wrong.tax_point_date,
            tax_table_version=wrong.tax_table_version,
            # Nothing else issues it: its number is taken in this very append.
            held=True,
            series=wrong.series,
            replaces=wrong.id,
        )
        right = self.work.new(Invoice, invoice_id)
        right.draft_invoice(header, await self._billable(command, wrong, parties), self.at)
        return right

    async def _parties(self, invoice_id: UUID, command: RebillInvoice, wrong: Invoice) -> Parties:
        if command.customer_id is None and command.buyer is None:
            return wrong.parties
        seller = await self.work.read(LegalEntity, wrong.parties.seller_id)
        customer = await customer_of(self.work, command.customer_id or wrong.parties.sold_to_id)
        return await parties_of_invoice(self.work, seller, customer, command.buyer, invoice_id)

    async def _billable(self, command: RebillInvoice, wrong: Invoice, parties: Parties) -> Billable:
        """Another buyer is taxed anew; the same one as before."""
        seller = await self.work.read(LegalEntity, parties.seller_id)
        day, currency = wrong.tax_point_date, wrong.currency
        lines, charges = remaining(wrong)
        if command.lines:
            taken_off = tuple(line for line in lines if line.advance)
            lines = written_lines(command.lines, currency, seller, parties, day) + taken_off
        if command.charges is not None:
            charges = charges_of(command.charges, lines, currency, seller, parties, day)
        billable = Billable(lines=lines, charges=charges, before=wrong.documented)
        return billable if parties == wrong.parties else billable.taxed(lambda one: seller.tax_at(one, parties, day))

    async def _settle(self, invoice: Invoice, released: Mapping[UUID, Money]) -> None:
        """The same money pays it, as far as it reaches and comes from this buyer."""
        for payment_id, unapplied in released.items():
            payment = await self.work.load(Payment, payment_id)
            amount = min(unapplied, invoice.open_amount)
            parties = await parties_towards(self.work, invoice.parties, payment.customer_id)
            if amount and payment.pays(parties, invoice.currency):
                payment.allocate(invoice.id, amount, self.at)
                invoice.apply_payment(payment.id, amount, self.at)
                self.work.save(payment)
