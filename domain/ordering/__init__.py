"""Orders: what is to be delivered, what was, what of it may be billed, and what comes back."""

from domain.ordering.billed import DeliveryPart
from domain.ordering.credit import CreditAccount, CreditLimitExceeded
from domain.ordering.facts import HoldKind
from domain.ordering.order import Order
from domain.ordering.quantities import Quantity, Tolerance
from domain.ordering.returns import Return, ReturnLine, Settlement

__all__ = [
    "CreditAccount",
    "CreditLimitExceeded",
    "DeliveryPart",
    "HoldKind",
    "Order",
    "Quantity",
    "Return",
    "ReturnLine",
    "Settlement",
    "Tolerance",
]
