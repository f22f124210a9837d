"""What the events of invoices and credit notes do to the documents."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from domain.billing import PREPAYMENT, CreditNote, Invoice
from domain.shared.aggregate import Event
from projections.documents.statements import (
    added,
    changed,
    content,
    document_row,
    instalment,
    relation,
)
from projections.shared import Effect, Effects, Recorded


class Invoices:
    """Invoices."""

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
            type_code=event.type_code,
            external_reference=event.external_reference,
            tax_point_date=event.tax_point_date,
            delivered_on=event.tax_point_date if _is_of_delivery(event) else None,
        )
        if event.replaces is not None:
            yield relation(event.originator_id, "replaces", event.replaces)
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

    def invoice_replaced(self, event: Invoice.Replaced, recorded: Recorded) -> Effects:
        yield changed(event)

    def credit_applied(self, event: Invoice.CreditApplied, recorded: Recorded) -> Effects:
        yield changed(event)
        yield from _set_off(event, event.amount.amount)

    def credit_unapplied(self, event: Invoice.CreditUnapplied, recorded: Recorded) -> Effects:
        yield changed(event)
        yield from _set_off(event, -event.amount.amount)


def _is_of_delivery(event: Invoice.Drafted) -> bool:
    """Its tax point is the day of that."""
    return event.source is not None and event.source.kind == "order" and event.type_code != PREPAYMENT


def _set_off(event: Event, amount: Decimal) -> Effects:
    """So much of what is credited takes nothing back: it settles, as a payment does."""
    yield added(event, "credited_amount", amount)
    yield added(event, "set_off_amount", amount)


class CreditNotes:
    """Credit notes: nothing is open of those that take invoices back."""

    def credit_note_issued(self, event: CreditNote.Issued, recorded: Recorded) -> Effects:
        named = event.preceding_invoices
        yield _credit_note(
            event,
            recorded,
            state="issued",
            number=event.number,
            document_date=event.issue_date,
            source_id=named[0].invoice_id if len(named) == 1 else None,
            source_number=", ".join(invoice.number for invoice in named),
            credited_amount=event.totals.payable_amount.amount,
        )
        yield from content(event, event.lines, event.charges, event.totals)
        for invoice in named:
            yield relation(event.originator_id, "credits", invoice.invoice_id, invoice.amount.amount)

    def credit_note_requested(self, event: CreditNote.Requested, recorded: Recorded) -> Effects:
        yield _credit_note(event, recorded, state="requested", number="")
        yield from content(event, event.lines, event.charges, event.totals)

    def credit_note_approved(self, event: CreditNote.Approved, recorded: Recorded) -> Effects:
        yield changed(event, state="open", number=event.number, document_date=event.issue_date)

    def credit_note_rejected(self, event: CreditNote.Rejected, recorded: Recorded) -> Effects:
        yield changed(event, state="rejected", reason=event.reason)

    def credit_note_allocated(self, event: CreditNote.Allocated, recorded: Recorded) -> Effects:
        yield _used(event, "credited_amount", event.amount.amount)
        yield relation(event.originator_id, "set_off", event.invoice_id, event.amount.amount)

    def credit_note_unallocated(self, event: CreditNote.Unallocated, recorded: Recorded) -> Effects:
        yield _used(event, "credited_amount", -event.amount.amount)
        yield relation(event.originator_id, "set_off", event.invoice_id, -event.amount.amount)

    def credit_note_refunded(self, event: CreditNote.Refunded, recorded: Recorded) -> Effects:
        yield _used(event, "paid_amount", event.amount.amount)


def _credit_note(event: CreditNote.Issued | CreditNote.Requested, recorded: Recorded, **values: Any) -> Effect:
    return document_row(
        event,
        recorded,
        "credit_note",
        parties=event.parties,
        totals=event.totals,
        owner="",
        reason=event.reason,
        payment_terms="",
        type_code="381",
        external_reference=event.external_reference,
        **values,
    )


def _used(event: Event, column: str, amount: Decimal) -> Effect:
    """So much of a credit is set off or paid out; once nothing is left, it is settled."""
    return Effect(
        f"""update documents set version = %(version)s, {column} = {column} + %(amount)s,
            state = case when paid_amount + credited_amount + %(amount)s = total_amount then 'settled' else 'open' end
            where document_id = %(id)s""",
        {"id": event.originator_id, "version": event.originator_version, "amount": amount},
    )
