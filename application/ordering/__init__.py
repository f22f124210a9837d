"""Commands on orders and returns."""

from application.ordering.credit import CountAlias, SetCreditLimit
from application.ordering.orders import (
    AgreeTolerance,
    CancelOrder,
    CloseOrder,
    ConfirmOrder,
    ConfirmOrderChange,
    DeclineOrderChange,
    FulfilOrder,
    HoldOrder,
    PlaceContractOrder,
    PlaceDirectOrder,
    PlaceOrder,
    ReleaseHold,
    ReopenOrder,
    RequestOrderChange,
)
from application.ordering.returns import AuthoriseReturn, CancelReturn, CreditReturn, InspectReturn, ReceiveReturn

__all__ = [
    "AgreeTolerance",
    "AuthoriseReturn",
    "CancelOrder",
    "CancelReturn",
    "CloseOrder",
    "ConfirmOrder",
    "ConfirmOrderChange",
    "CountAlias",
    "CreditReturn",
    "DeclineOrderChange",
    "FulfilOrder",
    "HoldOrder",
    "InspectReturn",
    "PlaceContractOrder",
    "PlaceDirectOrder",
    "PlaceOrder",
    "ReceiveReturn",
    "ReleaseHold",
    "ReopenOrder",
    "RequestOrderChange",
    "SetCreditLimit",
]
