"""A change of what was ordered: other quantities at the same prices, asked for and then confirmed or declined."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from domain.ordering.quantities import NOTHING, Balances, Quantity
from domain.ordering.refusals import NothingChanges, OnlyOpenIsCancelled
from domain.shared.document import Line, line_amount, part_of_line
from domain.shared.money import Money


@dataclass(frozen=True, slots=True)
class Change:
    """What is asked for: the quantities that the lines are to have in the end."""

    number: int
    quantities: tuple[Quantity, ...]
    reason: str


def to_change(balances: Balances, asked: Sequence[Quantity]) -> tuple[Quantity, ...]:
    """Other quantities than now. Refuses to fall below what was delivered (O4)."""
    for index, one in enumerate(balances.checked(asked)):
        balance = balances[one.line_id]
        if one.quantity < balance.delivered:
            raise OnlyOpenIsCancelled(
                f"{balance.delivered} of line {one.line_id} are delivered.", pointer=f"/quantities/{index}"
            )
    different = tuple(one for one in asked if one.quantity != balances[one.line_id].wanted)
    if not different:
        raise NothingChanges
    return different


def more(balances: Balances, change: Change) -> tuple[Quantity, ...]:
    """What is ordered in addition."""
    return _differences(balances, change, sign=1)


def less(balances: Balances, change: Change) -> tuple[Quantity, ...]:
    """What is no longer wanted."""
    return _differences(balances, change, sign=-1)


def _differences(balances: Balances, change: Change, sign: int) -> tuple[Quantity, ...]:
    differences = ((one.line_id, (one.quantity - balances[one.line_id].wanted) * sign) for one in change.quantities)
    return tuple(Quantity(line_id, difference) for line_id, difference in differences if difference > 0)


def covered(balances: Balances, increases: Sequence[Quantity]) -> tuple[Quantity, ...]:
    """What was delivered beyond the order and now belongs to it."""
    parts = (Quantity(one.line_id, min(one.quantity, balances[one.line_id].beyond)) for one in increases)
    return tuple(part for part in parts if part.quantity)


def lengthened(line: Line, wanted: Decimal, more: Decimal) -> Line:
    """What is wanted of a line, and so much more at its net price: what was agreed before keeps its amount."""
    nothing = Money.zero(line.line_extension_amount.currency)
    none = replace(line, quantity=NOTHING, allowance=NOTHING, line_extension_amount=nothing)
    kept = part_of_line(line, NOTHING, wanted) if wanted else none
    amount = line_amount(more, line.net_price, line.base_quantity, NOTHING, nothing.currency)
    return replace(kept, quantity=wanted + more, line_extension_amount=kept.line_extension_amount + amount)
