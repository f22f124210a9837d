"""Commands on payments."""

from __future__ import annotations

from uuid import UUID

from application.payments import (
    AllocatePayment,
    AllocatePaymentByReference,
    RecordPayment,
    RefundPayment,
    ReversePayment,
    UnallocatePayment,
)
from interfaces.rest.executing import Change, Create, Recorded, command_router

router = command_router("/payments", "payments")


@router.post("")
async def record_payment(command: RecordPayment, create: Create) -> Recorded:
    """Record money that has arrived; invoice numbers in its reference are settled at once."""
    return await create(command)


@router.post("/{payment_id}/allocate")
async def allocate_payment(payment_id: UUID, command: AllocatePayment, change: Change) -> Recorded:
    """Settle invoices with it."""
    return await change(command, payment_id)


@router.post("/{payment_id}/allocate-by-reference")
async def allocate_payment_by_reference(
    payment_id: UUID, command: AllocatePaymentByReference, change: Change
) -> Recorded:
    """Settle the invoices that its payer named."""
    return await change(command, payment_id)


@router.post("/{payment_id}/unallocate")
async def unallocate_payment(payment_id: UUID, command: UnallocatePayment, change: Change) -> Recorded:
    """Take an allocation back."""
    return await change(command, payment_id)


@router.post("/{payment_id}/refund")
async def refund_payment(payment_id: UUID, command: RefundPayment, change: Change) -> Recorded:
    """Pay unapplied cash back."""
    return await change(command, payment_id)


@router.post("/{payment_id}/reverse")
async def reverse_payment(payment_id: UUID, command: ReversePayment, change: Change) -> Recorded:
    """Record that the money was taken back."""
    return await change(command, payment_id)
