"""What the events of orders and returns do."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC
from decimal import Decimal

from domain.ordering import CreditAccount, Order, Quantity, Return
from domain.shared.aggregate import Event
from projections.shared import Effect, Effects, Recorded, insert
from projections.support.deals import agreed
from projections.support.statements import changed, dealing, document_row, found_by

PROGRESS = """case when open_quantity + %(more)s <= 0 then 'fulfilled' when is_begun or %(begins)s then 'in_fulfilment'
    else 'confirmed' end"""
CANCELLED = """case when open_quantity + %(more)s > 0 then state when is_begun then 'fulfilled' else 'cancelled' end"""


class Orders:
    """Orders, and whether anything of them is still to be delivered."""

    def order_placed(self, event: Order.Placed, recorded: Recorded) -> Effects:
        yield from document_row(
            event,
            recorded,
            "order",
            parties=event.parties,
            totals=event.totals,
            number=event.number,
            state="placed",
            open_quantity=sum((line.quantity for line in event.lines), Decimal(0)),
        )
        yield from agreed(event)

    def order_confirmed(self, event: Order.Confirmed, recorded: Recorded) -> Effects:
        yield changed(event, state="confirmed")

    def order_held(self, event: Order.Held, recorded: Recorded) -> Effects:
        yield changed(event, state="on_hold")

    def order_hold_released(self, event: Order.HoldReleased, recorded: Recorded) -> Effects:
        yield changed(event, state=event.resumes)

    def order_fulfilled(self, event: Order.Fulfilled, recorded: Recorded) -> Effects:
        yield _progressed(event, _all(event.beyond) - _all(event.quantities), begins=True)
        yield from found_by(event.originator_id, ("other_number", event.tracking_reference))

    def order_change_requested(self, event: Order.ChangeRequested, recorded: Recorded) -> Effects:
        yield changed(event, changing=True)

    def order_change_declined(self, event: Order.ChangeDeclined, recorded: Recorded) -> Effects:
        yield changed(event, changing=False)

    def order_change_confirmed(self, event: Order.ChangeConfirmed, recorded: Recorded) -> Effects:
        yield changed(event, changing=False, total_amount=event.totals.payable_amount.amount)
        if event.increases:
            yield _progressed(event, _all(event.increases) - _all(event.covered))

    def order_cancelled(self, event: Order.Cancelled, recorded: Recorded) -> Effects:
        yield _moved(event, -_all(event.quantities), CANCELLED)

    def order_replacement_given_up(self, event: Order.ReplacementGivenUp, recorded: Recorded) -> Effects:
        yield _moved(event, -_all(event.quantities), CANCELLED)

    def order_taken_back(self, event: Order.TakenBack, recorded: Recorded) -> Effects:
        if event.settlement == "replacement" and event.accepted:
            yield _progressed(event, _all(event.accepted))

    def order_closed(self, event: Order.Closed, recorded: Recorded) -> Effects:
        yield changed(event, state="closed")

    def credit_limit_set(self, event: CreditAccount.LimitSet, recorded: Recorded) -> Effects:
        yield dealing(event, event.customer_id)

    def order_reopened(self, event: Order.Reopened, recorded: Recorded) -> Effects:
        yield _progressed(event, Decimal(0))


def _all(quantities: Iterable[Quantity]) -> Decimal:
    return sum((one.quantity for one in quantities), Decimal(0))


def _progressed(event: Event, more: Decimal, *, begins: bool = False) -> Effect:
    """As far as deliveries have come; what is on hold stays so."""
    return _moved(event, more, f"case state when 'on_hold' then state else {PROGRESS} end", begins=begins)


def _moved(event: Event, more: Decimal, state: str, *, begins: bool = False) -> Effect:
    """So much more is open in all: no line is ever open by less than nothing, so the sum tells whether any is."""
    return Effect(
        f"""update records set state = {state}, open_quantity = open_quantity + %(more)s,
            is_begun = is_begun or %(begins)s where record_id = %(id)s""",
        {"id": event.originator_id, "more": more, "begins": begins},
    )


class Returns:
    """Goods that come back."""

    def return_authorised(self, event: Return.Authorised, recorded: Recorded) -> Effects:
        parties = event.parties
        yield insert(
            "records",
            record_id=event.originator_id,
            kind="return",
            ordinal=recorded.position,
            customer_id=parties.sold_to_id,
            number=event.number,
            state="authorised",
            document_date=event.timestamp.astimezone(UTC).date(),
            time_zone=parties.time_zone,
        )
        yield from found_by(event.originator_id, ("number", event.number))

    def return_cancelled(self, event: Return.Cancelled, recorded: Recorded) -> Effects:
        yield changed(event, state="cancelled")

    def return_received(self, event: Return.Received, recorded: Recorded) -> Effects:
        yield changed(event, state="received")

    def return_inspected(self, event: Return.Inspected, recorded: Recorded) -> Effects:
        yield changed(event, state=event.outcome)

    def return_credited(self, event: Return.Credited, recorded: Recorded) -> Effects:
        yield changed(event, state="credited")
