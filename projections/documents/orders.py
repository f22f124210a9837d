"""What the events of orders do to the documents."""

from __future__ import annotations

from collections.abc import Sequence

from domain.ordering import Order, Quantity
from domain.shared.aggregate import Event
from projections.documents.statements import amounts, changed, content, document_row, taxes_of
from projections.shared import (
    Effect,
    Effects,
    Recorded,
    as_json,
    delete,
    delivery_billed,
    delivery_row,
    insert,
    update,
)

MOVED = """update lines set open_quantity = open_quantity + moved.open,
        delivered_quantity = delivered_quantity + moved.delivered, beyond_quantity = beyond_quantity + moved.beyond,
        returned_quantity = returned_quantity + moved.returned
    from jsonb_to_recordset(%(moved)s::jsonb)
        as moved (line_id text, open numeric, delivered numeric, beyond numeric, returned numeric)
    where document_id = %(id)s and lines.line_id = moved.line_id"""
STILL_OPEN = "exists (select from lines where document_id = %(id)s and open_quantity > 0)"
DELIVERED = "exists (select from lines where document_id = %(id)s and delivered_quantity > 0)"
PROGRESS = f"""case when not {STILL_OPEN} then 'fulfilled' when {DELIVERED} then 'in_fulfilment'
    else 'confirmed' end"""


class Orders:
    """Orders, what is open of them, and the changes that are asked for."""

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
            source_id=event.source.ours,
            source_number=event.source.number,
            purchase_order_reference=event.purchase_order_reference,
            payment_terms=event.payment_terms.note,
            warnings=list(event.warnings),
        )
        yield from content(event, event.lines, event.charges, event.totals)

    def order_confirmed(self, event: Order.Confirmed, recorded: Recorded) -> Effects:
        yield changed(event, state="confirmed")

    def order_tolerance_agreed(self, event: Order.ToleranceAgreed, recorded: Recorded) -> Effects:
        yield changed(event)

    def order_held(self, event: Order.Held, recorded: Recorded) -> Effects:
        yield changed(event, state="on_hold", hold=event.kind, reason=event.reason)

    def order_hold_released(self, event: Order.HoldReleased, recorded: Recorded) -> Effects:
        yield changed(event, state=event.resumes, hold=None, reason=event.reason)

    def order_fulfilled(self, event: Order.Fulfilled, recorded: Recorded) -> Effects:
        yield from _moved(event, event.quantities, open=-1, delivered=1)
        yield from _moved(event, event.beyond, open=1, beyond=1)
        yield _progressed(event)
        yield delivery_row(event)

    def order_delivery_billed(self, event: Order.DeliveryBilled, recorded: Recorded) -> Effects:
        yield changed(event)
        yield delivery_billed(event)

    def prepayment_billed(self, event: Order.PrepaymentBilled, recorded: Recorded) -> Effects:
        yield changed(event)

    def prepayment_credited(self, event: Order.PrepaymentCredited, recorded: Recorded) -> Effects:
        yield changed(event)

    def deductions_restored(self, event: Order.DeductionsRestored, recorded: Recorded) -> Effects:
        yield changed(event)

    def order_change_requested(self, event: Order.ChangeRequested, recorded: Recorded) -> Effects:
        yield changed(event)
        for one in event.quantities:
            yield insert(
                "order_changes",
                document_id=event.originator_id,
                change=event.change,
                line_id=one.line_id,
                quantity=one.quantity,
                state="requested",
                reason=event.reason,
            )

    def order_change_declined(self, event: Order.ChangeDeclined, recorded: Recorded) -> Effects:
        yield changed(event)
        yield _answered(event, event.change, "declined")

    def order_change_confirmed(self, event: Order.ChangeConfirmed, recorded: Recorded) -> Effects:
        for line in event.lines:
            keys = {"document_id": event.originator_id, "line_id": line.line_id}
            yield update("lines", keys, quantity=line.quantity, amount=line.line_extension_amount.amount)
        yield from _moved(event, event.increases, open=1)
        yield from _moved(event, event.covered, open=-1, beyond=-1)
        yield changed(event, **amounts(event.totals))
        yield delete("taxes", {"document_id": event.originator_id}, rows=None)
        yield from taxes_of(event.originator_id, event.totals)
        yield _answered(event, event.change, "confirmed")
        if event.increases:
            yield _progressed(event)

    def order_cancelled(self, event: Order.Cancelled, recorded: Recorded) -> Effects:
        yield from _no_longer_open(event, event.quantities, event.reason)

    def order_replacement_given_up(self, event: Order.ReplacementGivenUp, recorded: Recorded) -> Effects:
        yield from _moved(event, event.beyond, beyond=-1)
        yield from _no_longer_open(event, event.quantities, event.reason)

    def order_return_authorised(self, event: Order.ReturnAuthorised, recorded: Recorded) -> Effects:
        yield changed(event)

    def order_return_cancelled(self, event: Order.ReturnCancelled, recorded: Recorded) -> Effects:
        yield changed(event)

    def order_taken_back(self, event: Order.TakenBack, recorded: Recorded) -> Effects:
        again = event.settlement == "replacement"
        yield from _moved(event, event.accepted, returned=1, open=int(again))
        yield from _moved(event, event.beyond, beyond=-1)
        if again and event.accepted:
            yield _progressed(event)
        else:
            yield changed(event)

    def order_closed(self, event: Order.Closed, recorded: Recorded) -> Effects:
        yield changed(event, state="closed")

    def order_reopened(self, event: Order.Reopened, recorded: Recorded) -> Effects:
        yield _progressed(event)


COLUMNS = ("open", "delivered", "beyond", "returned")


def _moved(event: Event, quantities: Sequence[Quantity], **times: int) -> Effects:
    """These quantities, so many times, in each of the columns."""
    moved = [
        {"line_id": one.line_id, **{name: str(one.quantity * times.get(name, 0)) for name in COLUMNS}}
        for one in quantities
    ]
    if moved:
        yield Effect(MOVED, {"id": event.originator_id, "moved": as_json(moved)}, len(moved))


def _no_longer_open(event: Event, quantities: Sequence[Quantity], reason: str) -> Effects:
    yield from _moved(event, quantities, open=-1)
    yield Effect(
        f"""update documents set version = %(version)s, reason = %(reason)s,
            hold = case when {STILL_OPEN} then hold end, state = case
            when {STILL_OPEN} then state when {DELIVERED} then 'fulfilled' else 'cancelled' end
            where document_id = %(id)s""",
        {"id": event.originator_id, "version": event.originator_version, "reason": reason},
    )


def _progressed(event: Event) -> Effect:
    """As far as deliveries have come; what is on hold stays so."""
    return Effect(
        f"""update documents set version = %(version)s,
            state = case state when 'on_hold' then state else {PROGRESS} end where document_id = %(id)s""",
        {"id": event.originator_id, "version": event.originator_version},
    )


def _answered(event: Event, change: int, state: str) -> Effect:
    return update("order_changes", {"document_id": event.originator_id, "change": change}, rows=None, state=state)
