"""What the events of contracts do to the documents."""

from __future__ import annotations

from domain.contracting import Contract
from projections.documents.statements import (
    changed,
    content,
    document_row,
    instalment,
)
from projections.shared import Effects, Recorded, update


class Contracts:
    """Contracts, and their instalments."""

    def contract_drafted(self, event: Contract.Drafted, recorded: Recorded) -> Effects:
        yield document_row(
            event,
            recorded,
            "contract",
            number=event.number,
            state=event.outcome,
            parties=event.parties,
            totals=event.totals,
            owner=event.owner,
            last_day=event.terms.ends_on,
            source_id=event.source.ours,
            source_number=event.source.number,
            purchase_order_reference=event.purchase_order_reference,
            payment_terms=event.payment_terms.note,
        )
        yield from content(event, event.lines, event.charges, event.totals)
        for one in event.schedule:
            yield instalment(event, one.number, one.invoice_date, one.amount.amount)

    def contract_approved(self, event: Contract.Approved, recorded: Recorded) -> Effects:
        yield changed(event, state="draft")

    def contract_rejected(self, event: Contract.Rejected, recorded: Recorded) -> Effects:
        yield changed(event, state="rejected", reason=event.reason)

    def contract_sent_for_signature(self, event: Contract.SentForSignature, recorded: Recorded) -> Effects:
        yield changed(event, state="in_signature")

    def contract_returned_to_draft(self, event: Contract.ReturnedToDraft, recorded: Recorded) -> Effects:
        yield changed(event, state="draft", reason=event.reason)

    def contract_declined(self, event: Contract.Declined, recorded: Recorded) -> Effects:
        yield changed(event, state="declined", reason=event.reason)

    def contract_signed(self, event: Contract.Signed, recorded: Recorded) -> Effects:
        yield changed(event, state="signed")

    def contract_activated(self, event: Contract.Activated, recorded: Recorded) -> Effects:
        yield changed(event, state="active")

    def contract_order_placed(self, event: Contract.OrderPlaced, recorded: Recorded) -> Effects:
        yield changed(event)

    def instalment_billed(self, event: Contract.InstalmentBilled, recorded: Recorded) -> Effects:
        keys = {"document_id": event.originator_id, "number": event.number}
        yield update("instalments", keys, invoice_id=event.invoice_id)
        yield changed(event)

    def contract_terminated(self, event: Contract.Terminated, recorded: Recorded) -> Effects:
        yield changed(event, state="terminated", last_day=event.last_day, reason=event.reason)
        for one in event.used:
            keys = {"document_id": event.originator_id, "number": one.number}
            yield update("instalments", keys, amount=one.amount.amount)

    def contract_expired(self, event: Contract.Expired, recorded: Recorded) -> Effects:
        yield changed(event, state="expired")
