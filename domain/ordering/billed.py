"""What was delivered, which part of it is billed, and what a return takes back of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from domain.ordering.quantities import NOTHING, Quantity
from domain.ordering.refusals import DeliveryAlreadyBilled, NothingToBill
from domain.shared.document import Line, part_of_line
from domain.shared.money import EXACT, Money
from domain.shared.refusal import Invalid


@dataclass(frozen=True, slots=True)
class DeliveryPart:
    """So much of a line of one delivery."""

    delivery: int
    line_id: str
    quantity: Decimal
    invoice_id: UUID | None
    """That bears it; None where it is not billed yet."""


@dataclass(slots=True)
class Delivery:
    """A delivery as far as it is billed: what was ordered, less what came back unbilled."""

    delivered_on: date
    quantities: dict[str, Decimal]
    invoice_id: UUID | None = None

    def billable(self) -> list[Quantity]:
        """What its invoice bears."""
        return [Quantity(line_id, quantity) for line_id, quantity in self.quantities.items() if quantity]


class Deliveries(list[Delivery]):
    """All deliveries of an order in their order, numbered from 1, and the sums that were billed of each line."""

    def __init__(self) -> None:
        super().__init__()
        self.credited: dict[tuple[int, str], Decimal] = {}
        self.billed_quantity: dict[str, Decimal] = {}
        self.billed_amount: dict[str, Money] = {}
        self.billed_allowance: dict[str, Decimal] = {}

    def number(self, number: int) -> Delivery:
        """The delivery of that number, or refused."""
        if not 1 <= number <= len(self):
            raise Invalid(f"There is no delivery {number}.", pointer="/delivery")
        return self[number - 1]

    def to_bill(self, number: int, lines: Sequence[Line]) -> tuple[Line, ...]:
        """The lines of a delivery's invoice. Refuses what is billed already, and where there is nothing (O2)."""
        delivery = self.number(number)
        if delivery.invoice_id is not None:
            raise DeliveryAlreadyBilled(f"Delivery {number} is billed.")
        found = {line.line_id: line for line in lines}
        billable = tuple(self._part(found[one.line_id], one.quantity) for one in delivery.billable())
        if not billable:
            raise NothingToBill(f"Nothing of delivery {number} is to be billed.")
        return billable

    def bill(self, number: int, invoice_id: UUID, lines: Sequence[Line]) -> None:
        """It is on that invoice."""
        delivery = self[number - 1]
        delivery.invoice_id = invoice_id
        found = {line.line_id: line for line in lines}
        for one in delivery.billable():
            line, done = found[one.line_id], self.billed_quantity.get(one.line_id, NOTHING) + one.quantity
            self.billed_quantity[one.line_id] = done
            until = part_of_line(line, NOTHING, done)
            self.billed_amount[one.line_id] = until.line_extension_amount
            self.billed_allowance[one.line_id] = until.allowance

    def _part(self, line: Line, quantity: Decimal) -> Line:
        """All parts of a line add up to it, though a change made it longer after the first ones were billed."""
        until = part_of_line(line, NOTHING, self.billed_quantity.get(line.line_id, NOTHING) + quantity)
        amount = until.line_extension_amount
        return replace(
            until,
            quantity=quantity,
            allowance=EXACT.subtract(until.allowance, self.billed_allowance.get(line.line_id, NOTHING)) or NOTHING,
            line_extension_amount=amount - self.billed_amount.get(line.line_id, Money.zero(amount.currency)),
        )

    def to_take_back(self, quantities: Iterable[Quantity]) -> tuple[DeliveryPart, ...]:
        """Which deliveries these quantities are of: not billed ones first, then the latest."""
        return tuple(part for one in quantities for part in self._parts(one))

    def _parts(self, wanted: Quantity) -> Iterator[DeliveryPart]:
        left = wanted.quantity
        latest_first = sorted(enumerate(self, 1), key=lambda one: (one[1].invoice_id is not None, -one[0]))
        for number, delivery in latest_first:
            there = delivery.quantities.get(wanted.line_id, NOTHING)
            there -= self.credited.get((number, wanted.line_id), NOTHING)
            if left > 0 and there > 0:
                yield DeliveryPart(number, wanted.line_id, min(left, there), delivery.invoice_id)
                left -= min(left, there)

    def take_back(self, parts: Iterable[DeliveryPart]) -> None:
        """What was billed is credited, what was not never will be."""
        for part in parts:
            if part.invoice_id is None:
                self[part.delivery - 1].quantities[part.line_id] -= part.quantity
            else:
                key = part.delivery, part.line_id
                self.credited[key] = self.credited.get(key, NOTHING) + part.quantity
