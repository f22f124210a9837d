"""The buyer's purchase order, as far as it is known, and how an order of ours differs from it (O6)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from domain.shared.document import Line
from domain.shared.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseOrderLine:
    """A line as the buyer ordered it; what is not given is not compared."""

    line_id: str
    """Of the offered line that it orders."""
    quantity: Decimal | None = None
    net_price: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseOrder:
    """What the buyer ordered; what is not given is not compared."""

    number: str
    """BT-13."""
    issue_date: date | None = None
    amount: Decimal | None = None
    """Its value, without tax."""
    lines: tuple[PurchaseOrderLine, ...] = ()
    """All of them, where any is given."""


def differences(purchase_order: PurchaseOrder, lines: Sequence[Line], net: Money, today: date) -> tuple[str, ...]:
    """Where the two say different things, each in a sentence."""
    return tuple(_differences(purchase_order, lines, net, today))


def _differences(purchase_order: PurchaseOrder, lines: Sequence[Line], net: Money, today: date) -> Iterator[str]:
    if purchase_order.issue_date is not None and purchase_order.issue_date > today:
        yield f"The purchase order is of {purchase_order.issue_date}, which is yet to come."
    if purchase_order.amount is not None and purchase_order.amount != net.amount:
        yield f"The purchase order is over {purchase_order.amount}, this order over {net.amount}."
    if not purchase_order.lines:
        return
    ordered = {line.line_id: line for line in purchase_order.lines}
    for line in lines:
        wanted = ordered.pop(line.line_id, None)
        if wanted is None:
            yield f"Line {line.line_id} is not on the purchase order."
            continue
        if wanted.quantity is not None and wanted.quantity != line.quantity:
            yield f"Line {line.line_id}: {wanted.quantity} on the purchase order, {line.quantity} here."
        if wanted.net_price is not None and wanted.net_price != line.net_price:
            yield f"Line {line.line_id}: at {wanted.net_price} on the purchase order, at {line.net_price} here."
    for line_id in ordered:
        yield f"Line {line_id} of the purchase order is not here."
