"""What the events of quotes, contracts and orders do."""

from __future__ import annotations

from domain.contracting import Contract
from domain.ordering import Order
from domain.quoting import Quote
from domain.shared.money import Money
from projections.shared import Effect, Effects, Recorded, insert
from projections.support.statements import changed, document_row, found_by, found_by_items

REVISION = "(select total_amount from sent_revisions where quote_id = %(id)s and revision = %(revision)s)"
NOTHING = "open_amount - open_amount"
"""Zero with the decimals of the currency."""
NO_LONGER_OPEN = f"""update records set open_amount = {NOTHING},
    state = case state when 'revising' then 'draft' else %(state)s end where record_id = %(id)s"""
WITHDRAWN = f"update records set open_amount = {NOTHING}, state = 'withdrawn' where record_id = %(id)s"


class Quotes:
    """Quotes; what is open of one is what the customer may accept."""

    def quote_drafted(self, event: Quote.Drafted, recorded: Recorded) -> Effects:
        offer, totals = event.offer, event.totals
        yield from document_row(
            event,
            recorded,
            "quote",
            parties=offer.parties,
            totals=totals,
            number=offer.number,
            state="draft",
            open_amount=Money.zero(offer.currency).amount,
            last_day=event.valid_until,
        )
        yield from found_by(event.originator_id, ("number", offer.number))
        yield from found_by_items(event.originator_id, event.lines)

    def quote_line_added(self, event: Quote.LineAdded, recorded: Recorded) -> Effects:
        yield _repriced(event)
        yield from found_by_items(event.originator_id, [event.line])

    def quote_line_changed(self, event: Quote.LineChanged, recorded: Recorded) -> Effects:
        yield _repriced(event)
        yield from found_by_items(event.originator_id, [event.line])

    def quote_line_removed(self, event: Quote.LineRemoved, recorded: Recorded) -> Effects:
        yield _repriced(event)

    def quote_repriced(self, event: Quote.Repriced, recorded: Recorded) -> Effects:
        yield _repriced(event)

    def quote_sent(self, event: Quote.Sent, recorded: Recorded) -> Effects:
        total = event.totals.payable_amount.amount
        yield changed(event, state="sent", total_amount=total, open_amount=total, last_day=event.valid_until)
        yield insert("sent_revisions", quote_id=event.originator_id, revision=event.revision, total_amount=total)

    def quote_accepted(self, event: Quote.Accepted, recorded: Recorded) -> Effects:
        yield Effect(
            f"""update records set state = 'accepted', open_amount = {NOTHING}, total_amount = {REVISION}
                where record_id = %(id)s""",
            {"id": event.originator_id, "revision": event.revision},
        )
        yield from found_by(event.originator_id, ("purchase_order", event.purchase_order_reference))

    def quote_declined(self, event: Quote.Declined, recorded: Recorded) -> Effects:
        yield Effect(NO_LONGER_OPEN, {"id": event.originator_id, "state": "declined"})

    def quote_expired(self, event: Quote.Expired, recorded: Recorded) -> Effects:
        yield Effect(NO_LONGER_OPEN, {"id": event.originator_id, "state": "expired"})

    def quote_withdrawn(self, event: Quote.Withdrawn, recorded: Recorded) -> Effects:
        yield Effect(WITHDRAWN, {"id": event.originator_id})

    def quote_extended(self, event: Quote.ValidityExtended, recorded: Recorded) -> Effects:
        yield Effect(
            f"""update records set open_amount = {REVISION}, last_day = %(last_day)s,
                state = case when state in ('draft', 'revising') then 'revising' else 'sent' end
                where record_id = %(id)s""",
            {"id": event.originator_id, "revision": event.revision, "last_day": event.valid_until},
        )

    def quote_revised(self, event: Quote.Revised, recorded: Recorded) -> Effects:
        yield Effect(
            """update records set state = case state when 'sent' then 'revising' else 'draft' end
                where record_id = %(id)s""",
            {"id": event.originator_id},
        )

    def quote_converted(self, event: Quote.Converted, recorded: Recorded) -> Effects:
        yield changed(event, state="converted")


def _repriced(event: Quote.LineAdded | Quote.LineRemoved | Quote.Repriced) -> Effect:
    return changed(event, total_amount=event.totals.payable_amount.amount)


class Contracts:
    """Contracts, until they end."""

    def contract_drafted(self, event: Contract.Drafted, recorded: Recorded) -> Effects:
        yield from document_row(
            event,
            recorded,
            "contract",
            parties=event.parties,
            totals=event.totals,
            number=event.number,
            state=event.outcome,
            last_day=event.terms.ends_on,
        )
        yield from agreed(event)

    def contract_approved(self, event: Contract.Approved, recorded: Recorded) -> Effects:
        yield changed(event, state="draft")

    def contract_rejected(self, event: Contract.Rejected, recorded: Recorded) -> Effects:
        yield changed(event, state="rejected")

    def contract_sent_for_signature(self, event: Contract.SentForSignature, recorded: Recorded) -> Effects:
        yield changed(event, state="in_signature")

    def contract_returned_to_draft(self, event: Contract.ReturnedToDraft, recorded: Recorded) -> Effects:
        yield changed(event, state="draft")

    def contract_declined(self, event: Contract.Declined, recorded: Recorded) -> Effects:
        yield changed(event, state="declined")

    def contract_signed(self, event: Contract.Signed, recorded: Recorded) -> Effects:
        yield changed(event, state="signed")

    def contract_activated(self, event: Contract.Activated, recorded: Recorded) -> Effects:
        yield changed(event, state="active")

    def contract_terminated(self, event: Contract.Terminated, recorded: Recorded) -> Effects:
        yield changed(event, state="terminated", last_day=event.last_day)

    def contract_expired(self, event: Contract.Expired, recorded: Recorded) -> Effects:
        yield changed(event, state="expired")


def agreed(event: Contract.Drafted | Order.Placed) -> Effects:
    """What a contract or an order is found by."""
    order = event.purchase_order_reference
    on_paper = None if event.source.ours else event.source.number
    yield from found_by(
        event.originator_id, ("number", event.number), ("purchase_order", order), ("other_number", on_paper)
    )
    yield from found_by_items(event.originator_id, event.lines)
