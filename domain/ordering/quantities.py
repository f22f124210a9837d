"""Where the quantity of each line stands: ordered, cancelled, delivered, beyond the order, to be sent again, back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from domain.ordering.refusals import (
    BeyondOrderUnresolved,
    MoreThanDelivered,
    MoreThanOrdered,
    OnlyOpenIsCancelled,
    ShortBeyondTolerance,
)
from domain.shared.money import EXACT
from domain.shared.refusal import Invalid, Refusal

NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Quantity:
    """So much of one line."""

    line_id: str
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far a delivery may miss what was ordered, in percent of each line."""

    over_percent: Decimal = NOTHING
    under_percent: Decimal = NOTHING


@dataclass(slots=True)
class Balance:
    """One line. Whatever was sent is what was due, what went beyond the order, or replaces what came back."""

    ordered: Decimal
    cancelled: Decimal = NOTHING
    delivered: Decimal = NOTHING
    """Of what was ordered."""
    beyond: Decimal = NOTHING
    """Delivered beyond what was ordered, and neither confirmed by a change nor returned yet."""
    owed: Decimal = NOTHING
    """To be delivered again, for what came back."""
    sent: Decimal = NOTHING
    """Everything that was ever delivered."""
    announced: Decimal = NOTHING
    """Authorised to come back."""
    returned: Decimal = NOTHING

    @property
    def wanted(self) -> Decimal:
        """Ordered and not cancelled."""
        return self.ordered - self.cancelled

    @property
    def due(self) -> Decimal:
        """Wanted and not delivered."""
        return self.wanted - self.delivered

    @property
    def open(self) -> Decimal:
        """Still to be delivered, what is sent again included."""
        return self.due + self.owed

    @property
    def with_buyer(self) -> Decimal:
        """What could still come back."""
        return self.sent - self.returned - self.announced

    def share(self, percent: Decimal) -> Decimal:
        """So many percent of what is wanted."""
        return EXACT.divide(EXACT.multiply(self.wanted, percent), Decimal(100))

    def deliver(self, due: Decimal, replacing: Decimal, beyond: Decimal) -> None:
        """So much went to the buyer."""
        self.delivered += due
        self.owed -= replacing
        self.beyond += beyond
        self.sent += due + replacing + beyond

    def cover(self, quantity: Decimal) -> None:
        """What was beyond the order belongs to it now."""
        self.beyond -= quantity
        self.delivered += quantity


@dataclass(frozen=True, slots=True)
class Delivered:
    """A delivered quantity, and what it is."""

    line_id: str
    replacing: Decimal
    due: Decimal
    """What was ordered: the only part that is billed."""
    beyond: Decimal

    @property
    def quantity(self) -> Decimal:
        """All of it."""
        return self.replacing + self.due + self.beyond


class Balances(dict[str, Balance]):
    """The balance of every line by its id, and what is asked of them."""

    @property
    def open(self) -> dict[str, Decimal]:
        """Still to be delivered, by line."""
        return {line_id: balance.open for line_id, balance in self.items()}

    def left(self) -> Sequence[Quantity]:
        """Everything that is open."""
        return _all(self.open)

    def to_deliver(self, asked: Sequence[Quantity], tolerance: Tolerance) -> list[Delivered]:
        """What a delivery consists of. Refuses more than is open and tolerated (O1)."""
        return [self._delivered(one, index, tolerance) for index, one in enumerate(self.checked(asked))]

    def _delivered(self, one: Quantity, index: int, tolerance: Tolerance) -> Delivered:
        balance = self[one.line_id]
        replacing = min(one.quantity, balance.owed)
        due = min(one.quantity - replacing, balance.due)
        beyond = one.quantity - replacing - due
        tolerated = max(balance.share(tolerance.over_percent) - balance.beyond, NOTHING)
        if beyond > tolerated:
            more = f", {tolerated} more are tolerated" if tolerated else ""
            raise MoreThanOrdered(
                f"{balance.open} of line {one.line_id} are open{more}.", pointer=f"/quantities/{index}"
            )
        return Delivered(one.line_id, replacing, due, beyond)

    def to_cancel(self, asked: Sequence[Quantity]) -> tuple[tuple[Quantity, ...], tuple[Quantity, ...]]:
        """What was never delivered, and what is owed again; all where nothing is given. Refuses anything else (O4)."""
        those = self.within(asked or self.left(), self.open, OnlyOpenIsCancelled, "open")
        due = [Quantity(one.line_id, min(one.quantity, self[one.line_id].due)) for one in those]
        owed = [Quantity(one.line_id, one.quantity - off.quantity) for one, off in zip(those, due, strict=True)]
        return tuple(one for one in due if one.quantity), tuple(one for one in owed if one.quantity)

    def to_close(self, tolerance: Tolerance) -> tuple[Quantity, ...]:
        """What is cancelled with the end of the order. Refuses what is not tolerated, too much or too little (O1)."""
        for line_id, balance in self.items():
            if balance.beyond:
                raise BeyondOrderUnresolved(f"{balance.beyond} of line {line_id} went beyond the order.")
            if balance.owed or balance.due > balance.share(tolerance.under_percent):
                raise ShortBeyondTolerance(f"{balance.open} of line {line_id} are open.")
        return tuple(self.left())

    def to_return(self, asked: Sequence[Quantity]) -> tuple[Quantity, ...]:
        """What the buyer has; all of it where nothing is given."""
        limits = {line_id: balance.with_buyer for line_id, balance in self.items()}
        return self.within(asked or _all(limits), limits, MoreThanDelivered, "with the buyer")

    def beyond_first(self, quantities: Sequence[Quantity]) -> tuple[tuple[Quantity, ...], tuple[Quantity, ...]]:
        """What of these was beyond the order, and the rest."""
        beyond = [Quantity(one.line_id, min(one.quantity, self[one.line_id].beyond)) for one in quantities]
        rest = [Quantity(one.line_id, one.quantity - off.quantity) for one, off in zip(quantities, beyond, strict=True)]
        return tuple(one for one in beyond if one.quantity), tuple(one for one in rest if one.quantity)

    def within(
        self, asked: Sequence[Quantity], limits: Mapping[str, Decimal], refusal: type[Refusal], word: str
    ) -> tuple[Quantity, ...]:
        """The same quantities, or refused; there is at least one."""
        if not asked:
            raise refusal(f"Nothing is {word}.")
        for index, one in enumerate(self.checked(asked)):
            if one.quantity > limits[one.line_id]:
                raise refusal(
                    f"{limits[one.line_id]} of line {one.line_id} are {word}.", pointer=f"/quantities/{index}"
                )
        return tuple(asked)

    def checked(self, asked: Sequence[Quantity]) -> Sequence[Quantity]:
        """Positive quantities of lines that there are, each once."""
        if len({one.line_id for one in asked}) < len(asked):
            raise Invalid("Each line stands once.", pointer="/quantities")
        for index, one in enumerate(asked):
            if one.line_id not in self:
                raise Invalid(f"There is no line {one.line_id}.", pointer=f"/quantities/{index}/line_id")
            if one.quantity <= 0:
                raise Invalid("A quantity is positive.", pointer=f"/quantities/{index}/quantity")
        return asked


def _all(limits: Mapping[str, Decimal]) -> Sequence[Quantity]:
    return [Quantity(line_id, limit) for line_id, limit in limits.items() if limit]
