"""Why something cannot be done to an order or a return."""

from __future__ import annotations

from domain.shared.refusal import Refusal


class MoreThanOrdered(Refusal):
    """No more can be delivered than is open."""

    rule = "O1"


class ShortBeyondTolerance(Refusal):
    """An order is closed short only within the agreed tolerance: cancel what is open instead."""

    rule = "O1"


class BeyondOrderUnresolved(Refusal):
    """What was delivered beyond the order is returned or confirmed by a change first."""

    rule = "O1"


class DeliveryAlreadyBilled(Refusal):
    """This delivery is on an invoice already."""

    rule = "O2"


class NothingToBill(Refusal):
    """Of this delivery nothing is billed: it was beyond the order, replaced something, or came back."""

    rule = "O2"


class BilledByTheContract(Refusal):
    """The contract's schedule bills this order; deliveries do not."""


class OnlyOpenIsCancelled(Refusal):
    """Only what is open can be cancelled: what was delivered is returned, which credits what was invoiced."""

    rule = "O4"


class MoreThanDelivered(Refusal):
    """No more can come back than the buyer has."""


class CreditsSomethingElse(Refusal):
    """A return is credited by an issued credit note of the same seller to the same buyer."""


class NoSuchChange(Refusal):
    """There is no such change that waits for an answer."""


class OneChangeAtATime(Refusal):
    """A change waits for an answer already: confirm or decline it first."""


class NothingChanges(Refusal):
    """The order has these quantities already."""
