"""What the events of orders do to the documents."""

from __future__ import annotations

from domain.ordering import Order
from projections.documents.statements import (
    STILL_OPEN,
    changed,
    content,
    document_row,
    less_open,
    order_state,
)
from projections.shared import Effect, Effects, Recorded


class Orders:
    """Orders, and what is open of them."""

    def order_placed(self, event: Order.Placed, recorded: Recorded) -> Effects:
        yield document_row(
            event,
            recorded,
            "order",
            number=event.number,
            state="placed",
            parties=event.parties,
            totals=event.totals,
            owner=event.owner,
            source_id=event.source.document_id,
            source_number=event.source.number,
            purchase_order_reference=event.purchase_order_reference,
            payment_terms=event.payment_terms.note,
        )
        yield from content(event, event.lines, event.charges, event.totals)

    def order_confirmed(self, event: Order.Confirmed, recorded: Recorded) -> Effects:
        yield changed(event, state="confirmed")

    def order_fulfilled(self, event: Order.Fulfilled, recorded: Recorded) -> Effects:
        yield from less_open(event, event.quantities)
        yield order_state(event, "fulfilled", "in_fulfilment")

    def delivery_billed(self, event: Order.DeliveryBilled, recorded: Recorded) -> Effects:
        yield changed(event)

    def order_cancelled(self, event: Order.Cancelled, recorded: Recorded) -> Effects:
        yield from less_open(event, event.quantities)
        yield Effect(
            f"""update documents set version = %(version)s, reason = %(reason)s, state = case
                when {STILL_OPEN} then state when state = 'in_fulfilment' then 'fulfilled' else 'cancelled' end
                where document_id = %(id)s""",
            {"id": event.originator_id, "version": event.originator_version, "reason": event.reason},
        )

    def order_closed(self, event: Order.Closed, recorded: Recorded) -> Effects:
        yield changed(event, state="closed")
