"""What is told of orders and returns."""

from __future__ import annotations

from collections.abc import Sequence

from domain.ordering import CreditAccount, Order, Quantity, Return
from projections.support.telling.told import NUMBER, OTHER, Told, because, items, listed, plainly, told


@told.register
def _(event: Order.Placed) -> Told:
    number = f" (their {event.purchase_order_reference})" if event.purchase_order_reference else ""
    return Told(
        f"Order {NUMBER}{number} over {event.totals.payable_amount} was placed from {event.source.number}: "
        f"{items(event.lines)}."
    )


@told.register
def _(event: Order.Confirmed) -> Told:
    return Told(f"Order {NUMBER} was confirmed.")


@told.register
def _(event: Order.ToleranceAgreed) -> Told:
    over, under = plainly(event.tolerance.over_percent), plainly(event.tolerance.under_percent)
    return Told(f"Of order {NUMBER}, up to {over} % more or {under} % less may be delivered.")


@told.register
def _(event: Order.Held) -> Told:
    return Told(f"Order {NUMBER} is on hold ({event.kind}){because(event.reason)}")


@told.register
def _(event: Order.HoldReleased) -> Told:
    return Told(f"Order {NUMBER} is no longer on hold{because(event.reason)}")


@told.register
def _(event: Order.Fulfilled) -> Told:
    tracking = f", tracked as {event.tracking_reference}" if event.tracking_reference else ""
    return Told(f"Order {NUMBER} was delivered on {event.delivered_on}: {_of_lines(event.quantities)}{tracking}.")


@told.register
def _(event: Order.ChangeRequested) -> Told:
    return Told(
        f"A change of order {NUMBER} was asked for, to {_of_lines(event.quantities)}{because(event.reason)}",
        is_contact=True,
    )


@told.register
def _(event: Order.ChangeDeclined) -> Told:
    return Told(f"The change of order {NUMBER} was declined{because(event.reason)}")


@told.register
def _(event: Order.ChangeConfirmed) -> Told:
    return Told(f"The change of order {NUMBER} was confirmed; it is now over {event.totals.payable_amount}.")


@told.register
def _(event: Order.Cancelled) -> Told:
    what = "as a whole" if event.whole else f"in part, {_of_lines(event.quantities)}"
    return Told(f"Order {NUMBER} was cancelled {what}{because(event.reason)}")


@told.register
def _(event: Order.ReplacementGivenUp) -> Told:
    what = f"Replacements of order {NUMBER} will not be delivered, {_of_lines(event.quantities)}"
    return Told(f"{what}{because(event.reason)}")


@told.register
def _(event: Order.Closed) -> Told:
    short = ", with less delivered than ordered" if event.short else ""
    return Told(f"Order {NUMBER} was closed{short}.")


@told.register
def _(event: Order.Reopened) -> Told:
    return Told(f"Order {NUMBER} was reopened{because(event.reason)}")


@told.register
def _(event: Return.Authorised) -> Told:
    what = listed(f"{plainly(line.quantity)} × {line.item_name}" for line in event.lines)
    return Told(f"Return {NUMBER} of {what} from order {event.order_number} was authorised{because(event.reason)}")


@told.register
def _(event: Return.Cancelled) -> Told:
    return Told(f"Return {NUMBER} was cancelled{because(event.reason)}")


@told.register
def _(event: Return.Received) -> Told:
    return Told(f"Return {NUMBER} arrived on {event.received_on}: {_of_lines(event.quantities)}.")


@told.register
def _(event: Return.Inspected) -> Told:
    accepted = f"{_of_lines(event.accepted)} accepted" if event.accepted else "nothing accepted"
    settled = f", to be settled by {event.settlement}" if event.accepted else ""
    return Told(f"Return {NUMBER} was inspected, {accepted}{settled}{because(event.finding)}")


@told.register
def _(event: Return.Credited) -> Told:
    return Told(f"Return {NUMBER} was credited by credit note {OTHER}.", event.credit_note_id)


@told.register
def _(event: CreditAccount.LimitSet) -> Told:
    return Told(f"The customer may owe up to {event.limit}, as {listed(event.set_by)} decided.")


def _of_lines(quantities: Sequence[Quantity]) -> str:
    shown = [f"{plainly(one.quantity)} of line {one.line_id}" for one in quantities[:3]]
    return listed([*shown, f"{len(quantities) - 3} more"] if len(quantities) > 3 else shown)
