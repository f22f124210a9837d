"""Orders: what is to be delivered, what was, what of it may be billed, and what comes back."""

from domain.ordering.billed import DeliveryPart
from domain.ordering.credit import CreditAccount, CreditLimitExceeded, Debtor, LimitIsTheSurvivors, limit_in_force
from domain.ordering.facts import HoldKind
from domain.ordering.order import Order
from domain.ordering.quantities import Quantity, Tolerance
from domain.ordering.refusals import CreditsSomethingElse
from domain.ordering.returns import Return, ReturnLine, Settlement

__all__ = [
    "CreditAccount",
    "CreditLimitExceeded",
    "CreditsSomethingElse",
    "Debtor",
    "DeliveryPart",
    "HoldKind",
    "LimitIsTheSurvivors",
    "Order",
    "Quantity",
    "Return",
    "ReturnLine",
    "Settlement",
    "Tolerance",
    "limit_in_force",
]
