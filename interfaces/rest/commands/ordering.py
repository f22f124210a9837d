"""Commands on orders and returns."""

from __future__ import annotations

from uuid import UUID

from application.ordering import (
    AgreeTolerance,
    AuthoriseReturn,
    CancelOrder,
    CancelReturn,
    CloseOrder,
    ConfirmOrder,
    ConfirmOrderChange,
    CreditReturn,
    DeclineOrderChange,
    FulfilOrder,
    HoldOrder,
    InspectReturn,
    PlaceContractOrder,
    PlaceDirectOrder,
    PlaceOrder,
    ReceiveReturn,
    ReleaseHold,
    ReopenOrder,
    RequestOrderChange,
    SetCreditLimit,
)
from interfaces.rest.executing import Change, Create, Recorded, command_router

router = command_router("/orders", "ordering")
returns = command_router("/returns", "ordering")
credit_limits = command_router("/credit-limits", "ordering")


@router.post("")
async def place_order(command: PlaceOrder, create: Create) -> Recorded:
    """Place the order of an accepted quote; the policies do it by themselves."""
    return await create(command)


@router.post("/of-contract")
async def place_contract_order(command: PlaceContractOrder, create: Create) -> Recorded:
    """Place the order of a contract; the policies do it by themselves."""
    return await create(command)


@router.post("/direct")
async def place_direct_order(command: PlaceDirectOrder, create: Create) -> Recorded:
    """Place an order without quote and contract, by the buyer's purchase order."""
    return await create(command)


@credit_limits.post("")
async def set_credit_limit(command: SetCreditLimit, create: Create) -> Recorded:
    """Set how much a customer may owe a seller."""
    return await create(command)


@router.post("/{order_id}/confirm")
async def confirm_order(order_id: UUID, command: ConfirmOrder, change: Change) -> Recorded:
    """Promise to deliver; the policies do it by themselves."""
    return await change(command, order_id)


@router.post("/{order_id}/fulfil")
async def fulfil_order(order_id: UUID, command: FulfilOrder, change: Change) -> Recorded:
    """Record a delivery, of everything open where no quantities are given."""
    return await change(command, order_id)


@router.post("/{order_id}/cancel")
async def cancel_order(order_id: UUID, command: CancelOrder, change: Change) -> Recorded:
    """Cancel open quantities."""
    return await change(command, order_id)


@router.post("/{order_id}/close")
async def close_order(order_id: UUID, command: CloseOrder, change: Change) -> Recorded:
    """Close it once all is delivered or cancelled."""
    return await change(command, order_id)


@router.post("/{order_id}/reopen")
async def reopen_order(order_id: UUID, command: ReopenOrder, change: Change) -> Recorded:
    """Let a closed order be changed and delivered again."""
    return await change(command, order_id)


@router.post("/{order_id}/agree-tolerance")
async def agree_tolerance(order_id: UUID, command: AgreeTolerance, change: Change) -> Recorded:
    """Let deliveries miss what was ordered by so many percent."""
    return await change(command, order_id)


@router.post("/{order_id}/hold")
async def hold_order(order_id: UUID, command: HoldOrder, change: Change) -> Recorded:
    """Deliver nothing until the hold is released."""
    return await change(command, order_id)


@router.post("/{order_id}/release-hold")
async def release_hold(order_id: UUID, command: ReleaseHold, change: Change) -> Recorded:
    """Go on where it was held."""
    return await change(command, order_id)


@router.post("/{order_id}/request-change")
async def request_order_change(order_id: UUID, command: RequestOrderChange, change: Change) -> Recorded:
    """Ask for other quantities at the same prices."""
    return await change(command, order_id)


@router.post("/{order_id}/confirm-change")
async def confirm_order_change(order_id: UUID, command: ConfirmOrderChange, change: Change) -> Recorded:
    """Agree to the change that was asked for."""
    return await change(command, order_id)


@router.post("/{order_id}/decline-change")
async def decline_order_change(order_id: UUID, command: DeclineOrderChange, change: Change) -> Recorded:
    """Leave the order as it is."""
    return await change(command, order_id)


@returns.post("")
async def authorise_return(command: AuthoriseReturn, create: Create) -> Recorded:
    """Let the buyer send back what was delivered."""
    return await create(command)


@returns.post("/{return_id}/cancel")
async def cancel_return(return_id: UUID, command: CancelReturn, change: Change) -> Recorded:
    """Do not wait for it any longer."""
    return await change(command, return_id)


@returns.post("/{return_id}/receive")
async def receive_return(return_id: UUID, command: ReceiveReturn, change: Change) -> Recorded:
    """Record what has arrived."""
    return await change(command, return_id)


@returns.post("/{return_id}/inspect")
async def inspect_return(return_id: UUID, command: InspectReturn, change: Change) -> Recorded:
    """Accept what has arrived, and credit or replace it."""
    return await change(command, return_id)


@returns.post("/{return_id}/credit")
async def credit_return(return_id: UUID, command: CreditReturn, change: Change) -> Recorded:
    """Name the credit note over it; the policies do it by themselves."""
    return await change(command, return_id)
