"""Goods that come back: authorised, received, inspected, then credited or replaced."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from domain.ordering.billed import DeliveryPart
from domain.ordering.quantities import NOTHING, Quantity
from domain.ordering.refusals import MoreThanDelivered
from domain.shared.aggregate import Aggregate, Event
from domain.shared.assignment import Assignment
from domain.shared.identities import derived
from domain.shared.party import Parties
from domain.shared.refusal import Invalid

Settlement = Literal["credit", "replacement"]


@dataclass(frozen=True, slots=True)
class ReturnLine:
    """What may come back of a line of the order."""

    line_id: str
    item_name: str
    unit_code: str
    quantity: Decimal


class Return(Aggregate):
    """A return under its number (RMA), of one order."""

    ACTIONS = {
        "authorised": ("receive", "cancel"),
        "received": ("inspect",),
        "inspected": ("credit",),
        "credited": (),
        "replaced": (),
        "rejected": (),
        "cancelled": (),
    }

    number: str
    order_id: UUID
    parties: Parties
    lines: tuple[ReturnLine, ...]

    def __init__(self, id: UUID) -> None:
        super().__init__(id)
        self.received: dict[str, Decimal] = {}

    class Authorised(Event):
        number: str
        order_id: UUID
        order_number: str
        parties: Parties
        lines: tuple[ReturnLine, ...]
        reason: str

        def apply(self, rma: Return) -> None:
            rma.state, rma.number, rma.order_id = "authorised", self.number, self.order_id
            rma.parties, rma.lines = self.parties, self.lines

    class Cancelled(Event):
        reason: str

        def apply(self, rma: Return) -> None:
            rma.state = "cancelled"

    class Received(Event):
        quantities: tuple[Quantity, ...]
        received_on: date

        def apply(self, rma: Return) -> None:
            rma.state = "received"
            rma.received = {one.line_id: one.quantity for one in self.quantities}

    class Inspected(Event):
        number: str
        accepted: tuple[Quantity, ...]
        rejected: tuple[Quantity, ...]
        """Sent back to the buyer: not returned."""
        settlement: Settlement
        finding: str
        parts: tuple[DeliveryPart, ...]
        """What the accepted quantity is of, where it is credited."""

        @property
        def outcome(self) -> str:
            """The state that it leads to."""
            if not self.accepted:
                return "rejected"
            if self.settlement == "replacement":
                return "replaced"
            return "inspected" if any(part.invoice_id for part in self.parts) else "credited"

        def apply(self, rma: Return) -> None:
            rma.state = self.outcome

    class Credited(Event):
        credit_note_id: UUID

        def apply(self, rma: Return) -> None:
            rma.state = "credited"

    def assignment(self) -> Assignment:
        """Theirs who have the order."""
        return Assignment(customer_id=self.parties.sold_to_id, follows=("order", self.order_id))

    def authorise(
        self,
        number: str,
        order: tuple[UUID, str],
        parties: Parties,
        lines: tuple[ReturnLine, ...],
        reason: str,
        at: datetime,
    ) -> None:
        """The buyer may send these back."""
        self.record(
            self.Authorised,
            at,
            number=number,
            order_id=order[0],
            order_number=order[1],
            parties=parties,
            lines=lines,
            reason=reason,
        )

    def authorised_quantities(self) -> tuple[Quantity, ...]:
        """All that may come back."""
        return tuple(Quantity(line.line_id, line.quantity) for line in self.lines)

    def cancel(self, reason: str, at: datetime) -> None:
        """Nothing will come back."""
        self.require("cancel")
        self.record(self.Cancelled, at, reason=reason)

    def receive(self, quantities: Sequence[Quantity], received_on: date | None, at: datetime) -> None:
        """It has arrived; all that was authorised where no quantities are given. Refuses more than that."""
        self.require("receive")
        today = self.parties.today(at)
        if received_on is not None and received_on > today:
            raise Invalid("An arrival is recorded once it has happened.", pointer="/received_on")
        authorised = {line.line_id: line.quantity for line in self.lines}
        arrived = _within(quantities, authorised, "/quantities") or self.authorised_quantities()
        self.record(self.Received, at, quantities=arrived, received_on=received_on or today)

    def judge(self, accepted: Sequence[Quantity] | None) -> tuple[tuple[Quantity, ...], tuple[Quantity, ...]]:
        """What of the received is accepted, all of it where nothing is said, and what is rejected."""
        self.require("inspect")
        if accepted is None:
            accepted = [Quantity(line_id, quantity) for line_id, quantity in self.received.items()]
        taken = {one.line_id: one.quantity for one in _within(accepted, self.received, "/accepted")}
        rejected = (
            Quantity(line_id, quantity - taken.get(line_id, NOTHING)) for line_id, quantity in self.received.items()
        )
        return tuple(accepted), tuple(one for one in rejected if one.quantity)

    def inspect(
        self,
        accepted: tuple[Quantity, ...],
        rejected: tuple[Quantity, ...],
        settlement: Settlement,
        finding: str,
        parts: tuple[DeliveryPart, ...],
        at: datetime,
    ) -> None:
        """What is accepted is credited or replaced."""
        self.require("inspect")
        self.record(
            self.Inspected,
            at,
            number=self.number,
            accepted=accepted,
            rejected=rejected,
            settlement=settlement,
            finding=finding,
            parts=parts,
        )

    def credit(self, credit_note_id: UUID, at: datetime) -> None:
        """The credit note over it is issued."""
        self.require("credit")
        self.record(self.Credited, at, credit_note_id=credit_note_id)

    @staticmethod
    def credit_note_of(return_id: UUID) -> UUID:
        """One credit note for a return, whoever asks for it."""
        return derived(return_id, "credit note")


def _within(asked: Sequence[Quantity], limits: dict[str, Decimal], pointer: str) -> tuple[Quantity, ...]:
    if len({one.line_id for one in asked}) < len(asked):
        raise Invalid("Each line stands once.", pointer=pointer)
    for index, one in enumerate(asked):
        if one.quantity <= 0:
            raise Invalid("A quantity is positive.", pointer=f"{pointer}/{index}/quantity")
        limit = limits.get(one.line_id, NOTHING)
        if one.quantity > limit:
            raise MoreThanDelivered(f"{limit} of line {one.line_id} are announced.", pointer=f"{pointer}/{index}")
    return tuple(asked)
