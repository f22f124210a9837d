"""What the events of invoices and credit notes do to the documents."""

from __future__ import annotations

from domain.billing import CreditNote, Invoice
from projections.documents.statements import (
    added,
    changed,
    content,
    document_row,
    instalment,
)
from projections.shared import Effects, Recorded


class Invoices:
    """Invoices and credit notes."""

    def invoice_drafted(self, event: Invoice.Drafted, recorded: Recorded) -> Effects:
        yield document_row(
            event,
            recorded,
            "invoice",
            number="",
            state="held" if event.held else "draft",
            parties=event.parties,
            totals=event.totals,
            owner="",
            source_id=event.source.document_id if event.source else None,
            source_number=event.source.number if event.source else None,
            purchase_order_reference=event.purchase_order_reference,
            payment_terms=event.payment_terms.note,
        )
        yield from content(event, event.lines, event.charges, event.totals)

    def invoice_released(self, event: Invoice.Released, recorded: Recorded) -> Effects:
        yield changed(event, state="draft")

    def invoice_discarded(self, event: Invoice.Discarded, recorded: Recorded) -> Effects:
        yield changed(event, state="discarded", reason=event.reason)

    def invoice_issued(self, event: Invoice.Issued, recorded: Recorded) -> Effects:
        yield changed(
            event, state="issued", number=event.number, document_date=event.issue_date, last_day=event.due_date
        )
        for number, one in enumerate(event.due, 1):
            yield instalment(event, number, one.due_date, one.amount.amount)

    def invoice_credited(self, event: Invoice.Credited, recorded: Recorded) -> Effects:
        state = {"state": "credited"} if event.fully else {}
        yield changed(event, **state)
        yield added(event, "credited_amount", event.amount.amount)

    def payment_applied(self, event: Invoice.PaymentApplied, recorded: Recorded) -> Effects:
        yield changed(event)
        yield added(event, "paid_amount", event.amount.amount)

    def payment_unapplied(self, event: Invoice.PaymentUnapplied, recorded: Recorded) -> Effects:
        yield changed(event)
        yield added(event, "paid_amount", -event.amount.amount)

    def credit_note_issued(self, event: CreditNote.Issued, recorded: Recorded) -> Effects:
        yield document_row(
            event,
            recorded,
            "credit_note",
            number=event.number,
            state="issued",
            parties=event.parties,
            totals=event.totals,
            owner="",
            document_date=event.issue_date,
            source_id=event.invoice_id,
            source_number=event.preceding_invoice_reference,
            reason=event.reason,
            payment_terms="",
        )
        yield from content(event, event.lines, event.charges, event.totals)
