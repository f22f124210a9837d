"""Commands on orders."""

from __future__ import annotations

from uuid import UUID

from application.ordering import (
    CancelOrder,
    CloseOrder,
    ConfirmOrder,
    FulfilOrder,
    PlaceContractOrder,
    PlaceOrder,
)
from interfaces.rest.executing import Change, Create, Recorded, command_router

router = command_router("/orders", "ordering")


@router.post("")
async def place_order(command: PlaceOrder, create: Create) -> Recorded:
    """Place the order of an accepted quote; the policies do it by themselves."""
    return await create(command)


@router.post("/of-contract")
async def place_contract_order(command: PlaceContractOrder, create: Create) -> Recorded:
    """Place the order of a contract; the policies do it by themselves."""
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
