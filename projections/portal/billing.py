"""What is billed and paid, as customers see it."""

from __future__ import annotations

from domain.billing import CreditNote, Invoice
from domain.payments import Payment
from domain.shared.money import Money
from projections.portal.statements import (
    allocated,
    amounts,
    credit_note,
    credit_used,
    invoice_settled,
    payment_changed,
)
from projections.shared import Effects, Recorded, delete, insert, update


class Invoices:
    """Invoices, and what is paid or credited of each."""

    def invoice_drafted(self, event: Invoice.Drafted, recorded: Recorded) -> Effects:
        nothing = Money.zero(event.currency).amount
        yield insert(
            "invoices",
            invoice_id=event.originator_id,
            ordinal=recorded.position,
            customer_id=event.parties.sold_to_id,
            bill_to_id=event.parties.bill_to_id,
            time_zone=event.parties.time_zone,
            number="",
            state="draft",
            purchase_order_reference=event.purchase_order_reference,
            currency=event.currency,
            **amounts(event.totals),
            paid_amount=nothing,
            credited_amount=nothing,
        )

    def invoice_issued(self, event: Invoice.Issued, recorded: Recorded) -> Effects:
        yield update(
            "invoices",
            {"invoice_id": event.originator_id},
            state="issued",
            number=event.number,
            issue_date=event.issue_date,
            due_date=event.due_date,
        )

    def invoice_credited(self, event: Invoice.Credited, recorded: Recorded) -> Effects:
        yield invoice_settled(event, "credited_amount", event.amount.amount)

    def payment_applied(self, event: Invoice.PaymentApplied, recorded: Recorded) -> Effects:
        yield invoice_settled(event, "paid_amount", event.amount.amount)

    def payment_unapplied(self, event: Invoice.PaymentUnapplied, recorded: Recorded) -> Effects:
        yield invoice_settled(event, "paid_amount", -event.amount.amount)

    def credit_applied(self, event: Invoice.CreditApplied, recorded: Recorded) -> Effects:
        yield invoice_settled(event, "credited_amount", event.amount.amount)
        yield invoice_settled(event, "set_off_amount", event.amount.amount)

    def credit_unapplied(self, event: Invoice.CreditUnapplied, recorded: Recorded) -> Effects:
        yield invoice_settled(event, "credited_amount", -event.amount.amount)
        yield invoice_settled(event, "set_off_amount", -event.amount.amount)


class CreditNotes:
    """Credit notes, and what is open of each."""

    def credit_note_issued(self, event: CreditNote.Issued, recorded: Recorded) -> Effects:
        yield credit_note(
            event,
            recorded,
            number=event.number,
            issue_date=event.issue_date,
            invoice_ids=[invoice.invoice_id for invoice in event.preceding_invoices],
            invoice_numbers=[invoice.number for invoice in event.preceding_invoices],
        )

    def credit_note_requested(self, event: CreditNote.Requested, recorded: Recorded) -> Effects:
        yield credit_note(event, recorded, number="", invoice_ids=[], invoice_numbers=[])

    def credit_note_rejected(self, event: CreditNote.Rejected, recorded: Recorded) -> Effects:
        yield delete("credit_notes", {"credit_note_id": event.originator_id})

    def credit_note_approved(self, event: CreditNote.Approved, recorded: Recorded) -> Effects:
        note = {"credit_note_id": event.originator_id}
        open_amount = event.amount.amount
        yield update("credit_notes", note, number=event.number, issue_date=event.issue_date, open_amount=open_amount)

    def credit_note_allocated(self, event: CreditNote.Allocated, recorded: Recorded) -> Effects:
        yield credit_used(event, event.amount.amount)

    def credit_note_unallocated(self, event: CreditNote.Unallocated, recorded: Recorded) -> Effects:
        yield credit_used(event, -event.amount.amount)

    def credit_note_refunded(self, event: CreditNote.Refunded, recorded: Recorded) -> Effects:
        yield credit_used(event, event.amount.amount)


class Payments:
    """Payments, and what they settle."""

    def payment_settled(self, event: Payment.Settled, recorded: Recorded) -> Effects:
        yield insert(
            "payments",
            payment_id=event.originator_id,
            ordinal=recorded.position,
            customer_id=event.customer_id,
            number=event.number,
            state="settled",
            booking_date=event.booking_date,
            currency=event.amount.currency,
            amount=event.amount.amount,
            unapplied_amount=event.amount.amount,
            refunded_amount=Money.zero(event.amount.currency).amount,
        )

    def payment_allocated(self, event: Payment.Allocated, recorded: Recorded) -> Effects:
        yield payment_changed(event, -event.amount.amount)
        yield allocated(event.originator_id, event.invoice_id, event.amount.amount)

    def payment_unallocated(self, event: Payment.Unallocated, recorded: Recorded) -> Effects:
        yield payment_changed(event, event.amount.amount)
        yield allocated(event.originator_id, event.invoice_id, -event.amount.amount)

    def payment_refunded(self, event: Payment.Refunded, recorded: Recorded) -> Effects:
        yield payment_changed(event, -event.amount.amount, refunded=event.amount.amount)

    def payment_reversed(self, event: Payment.Reversed, recorded: Recorded) -> Effects:
        yield payment_changed(event, -event.amount.amount, state="reversed")
