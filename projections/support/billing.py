"""What the events of invoices, credit notes and payments do."""

from __future__ import annotations

from decimal import Decimal

from domain.billing import CreditNote, Invoice
from domain.payments import Payment
from domain.shared.money import Money
from projections.shared import Effect, Effects, Recorded, insert
from projections.support.statements import (
    allocated,
    changed,
    document_row,
    found_by,
    found_by_items,
    instalments,
    less_open,
)


class Invoices:
    """Invoices; what is open of one is still to be paid."""

    def invoice_drafted(self, event: Invoice.Drafted, recorded: Recorded) -> Effects:
        yield from document_row(
            event,
            recorded,
            "invoice",
            parties=event.parties,
            totals=event.totals,
            number="",
            state="held" if event.held else "draft",
            open_amount=Money.zero(event.currency).amount,
        )
        yield from found_by(
            event.originator_id,
            ("purchase_order", event.purchase_order_reference),
            ("other_number", event.external_reference),
        )
        yield from found_by_items(event.originator_id, event.lines)

    def invoice_released(self, event: Invoice.Released, recorded: Recorded) -> Effects:
        yield changed(event, state="draft")

    def invoice_discarded(self, event: Invoice.Discarded, recorded: Recorded) -> Effects:
        yield changed(event, state="discarded")

    def invoice_issued(self, event: Invoice.Issued, recorded: Recorded) -> Effects:
        yield changed(
            event,
            state="issued",
            number=event.number,
            document_date=event.issue_date,
            last_day=event.due_date,
            total_amount=event.totals.payable_amount.amount,
            open_amount=event.totals.payable_amount.amount,
        )
        yield from found_by(event.originator_id, ("number", event.number))
        yield from instalments(event, ((one.due_date, one.amount.amount) for one in event.due))

    def invoice_credited(self, event: Invoice.Credited, recorded: Recorded) -> Effects:
        yield less_open(event.originator_id, event.amount.amount)
        if event.fully:
            yield changed(event, state="credited")

    def payment_applied(self, event: Invoice.PaymentApplied, recorded: Recorded) -> Effects:
        yield less_open(event.originator_id, event.amount.amount)

    def payment_unapplied(self, event: Invoice.PaymentUnapplied, recorded: Recorded) -> Effects:
        yield less_open(event.originator_id, -event.amount.amount)

    def credit_applied(self, event: Invoice.CreditApplied, recorded: Recorded) -> Effects:
        yield less_open(event.originator_id, event.amount.amount)

    def credit_unapplied(self, event: Invoice.CreditUnapplied, recorded: Recorded) -> Effects:
        yield less_open(event.originator_id, -event.amount.amount)


class CreditNotes:
    """Credit notes; what is open of one is in the customer's favour and not used yet."""

    def credit_note_issued(self, event: CreditNote.Issued, recorded: Recorded) -> Effects:
        yield from document_row(
            event,
            recorded,
            "credit_note",
            parties=event.parties,
            totals=event.totals,
            number=event.number,
            state="issued",
            open_amount=Money.zero(event.currency).amount,
            document_date=event.issue_date,
        )
        elsewhere = event.external_reference
        yield from found_by(event.originator_id, ("number", event.number), ("other_number", elsewhere))
        yield from found_by_items(event.originator_id, event.lines)

    def credit_requested(self, event: CreditNote.Requested, recorded: Recorded) -> Effects:
        yield from document_row(
            event,
            recorded,
            "credit_note",
            parties=event.parties,
            totals=event.totals,
            number="",
            state="requested",
            open_amount=Money.zero(event.currency).amount,
        )
        yield from found_by(event.originator_id, ("other_number", event.external_reference))
        yield from found_by_items(event.originator_id, event.lines)

    def credit_rejected(self, event: CreditNote.Rejected, recorded: Recorded) -> Effects:
        yield changed(event, state="rejected")

    def credit_approved(self, event: CreditNote.Approved, recorded: Recorded) -> Effects:
        shown = {"number": event.number, "document_date": event.issue_date}
        yield changed(event, state="open", open_amount=event.amount.amount, **shown)
        yield from found_by(event.originator_id, ("number", event.number))

    def credit_allocated(self, event: CreditNote.Allocated, recorded: Recorded) -> Effects:
        yield _used(event, event.amount.amount)
        yield allocated(event, event.amount.amount)

    def credit_unallocated(self, event: CreditNote.Unallocated, recorded: Recorded) -> Effects:
        yield _used(event, -event.amount.amount)
        yield allocated(event, -event.amount.amount)

    def credit_refunded(self, event: CreditNote.Refunded, recorded: Recorded) -> Effects:
        yield _used(event, event.amount.amount)


def _used(event: CreditNote.Allocated | CreditNote.Unallocated | CreditNote.Refunded, amount: Decimal) -> Effect:
    return Effect(
        """update records set open_amount = open_amount - %(amount)s,
            state = case when open_amount > %(amount)s then 'open' else 'settled' end where record_id = %(id)s""",
        {"id": event.originator_id, "amount": amount},
    )


class Payments:
    """Payments; what is open of one settles nothing yet."""

    def payment_settled(self, event: Payment.Settled, recorded: Recorded) -> Effects:
        yield insert(
            "records",
            record_id=event.originator_id,
            kind="payment",
            ordinal=recorded.position,
            customer_id=event.customer_id,
            number=event.number,
            state="settled",
            currency=event.amount.currency,
            total_amount=event.amount.amount,
            open_amount=event.amount.amount,
            document_date=event.booking_date,
            time_zone="UTC",
        )
        yield from found_by(
            event.originator_id,
            ("number", event.number),
            ("other_number", event.end_to_end_id),
            ("other_number", event.account_servicer_reference),
        )

    def payment_allocated(self, event: Payment.Allocated, recorded: Recorded) -> Effects:
        yield less_open(event.originator_id, event.amount.amount)
        yield allocated(event, event.amount.amount)

    def payment_unallocated(self, event: Payment.Unallocated, recorded: Recorded) -> Effects:
        yield less_open(event.originator_id, -event.amount.amount)
        yield allocated(event, -event.amount.amount)

    def payment_refunded(self, event: Payment.Refunded, recorded: Recorded) -> Effects:
        yield less_open(event.originator_id, event.amount.amount)

    def payment_reversed(self, event: Payment.Reversed, recorded: Recorded) -> Effects:
        yield less_open(event.originator_id, event.amount.amount)
        yield changed(event, state="reversed")
