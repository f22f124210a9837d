"""What crediting and rebilling share: taking an invoice back, and the credit note that says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from application.billing.numbering import CREDIT_NOTES, claim_reference, take_number
from application.unit_of_work import UnitOfWork
from domain.billing import PREPAYMENT, Credit, CreditAsked, CreditContent, CreditNote, Invoice, PrecedingInvoice, joined
from domain.ordering import Order
from domain.payments import Payment
from domain.shared.money import Money
from domain.shared.refusal import Invalid


@dataclass(frozen=True, slots=True)
class Taken:
    """What was taken back of one invoice."""

    invoice: Invoice
    credit: Credit
    released: Mapping[UUID, Money]
    """Payments that settled it, and how much of each is unapplied cash again."""


async def credit_of(
    work: UnitOfWork,
    invoice: Invoice,
    asked: Sequence[CreditAsked],
    credit_note_id: UUID,
    replaced_by: UUID | None = None,
) -> Taken:
    """Credit the invoice; payments and credits that now exceed what is payable are unapplied again."""
    at = work.envelope.at
    credit = invoice.credit(asked, credit_note_id, at)
    released = invoice.overpaid()
    for payment_id, amount in released.items():
        payment = await work.load(Payment, payment_id)
        payment.unallocate(invoice.id, amount, at)
        invoice.unapply_payment(payment_id, amount, at)
        work.save(payment)
    for note_id, amount in invoice.overset().items():
        note = await work.load(CreditNote, note_id)
        note.unallocate(invoice.id, amount, at)
        invoice.unapply_credit(note_id, amount, at)
        work.save(note)
    await _tell_order(work, invoice, credit, replaced_by)
    work.save(invoice)
    return Taken(invoice, credit, released)


async def _tell_order(work: UnitOfWork, invoice: Invoice, credit: Credit, replaced_by: UUID | None) -> None:
    """A prepayment that is credited is not taken off; what a credit gives back of deductions is prepaid again."""
    if invoice.source is None or not (advances := invoice.advances(credit.credited)):
        return
    order, at = await work.load(Order, invoice.source.document_id), work.envelope.at
    if invoice.type_code == PREPAYMENT:
        order.credit_prepayment(invoice.id, credit.totals.tax_breakdown, at)
    else:
        order.restore_deductions(invoice.id, {tax: -amount for tax, amount in advances.items()}, replaced_by, at)
    work.save(order)


async def issue_credit_note(
    work: UnitOfWork, credit_note_id: UUID, taken: Sequence[Taken], reason: str, external_reference: str | None
) -> None:
    """The credit note over all that was taken back; its issue date precedes none of the invoices'."""
    first = taken[0].invoice
    if len({one.invoice.account for one in taken}) > 1:
        raise Invalid("A credit note takes back invoices of one seller, buyer and currency.", pointer="/credits")
    day = max(first.today(work.envelope.at), *(one.invoice.issue_date for one in taken))
    seller_id = first.parties.seller_id
    number, issue_date = await take_number(work, seller_id, CREDIT_NOTES, credit_note_id, day, at_least=True)
    credit = joined({one.invoice.number: one.credit for one in taken}, first.currency)
    preceding = [
        PrecedingInvoice(one.invoice.id, one.invoice.number, one.invoice.issue_date, one.credit.totals.payable_amount)
        for one in taken
    ]
    content = CreditContent(
        parties=first.parties,
        currency=first.currency,
        lines=credit.lines,
        charges=credit.charges,
        totals=credit.totals,
        reason=reason,
        external_reference=external_reference,
    )
    note = work.new(CreditNote, credit_note_id)
    note.issue(number, issue_date, preceding, content, work.envelope.at)
    claim_reference(work, seller_id, external_reference, credit_note_id)
    work.save(note)
