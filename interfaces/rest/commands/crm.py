"""Commands on customers."""

from __future__ import annotations

from uuid import UUID

from application.crm import AddContact, AssignRepresentative, ChangeCustomer, ChangeRoles, RegisterCustomer
from interfaces.rest.executing import Change, Create, Recorded, command_router

router = command_router("/customers", "crm")


@router.post("")
async def register_customer(command: RegisterCustomer, create: Create) -> Recorded:
    """Register a customer."""
    return await create(command)


@router.post("/{customer_id}/change")
async def change_customer(customer_id: UUID, command: ChangeCustomer, change: Change) -> Recorded:
    """Replace its details; documents that exist keep theirs."""
    return await change(command, customer_id)


@router.post("/{customer_id}/add-contact")
async def add_contact(customer_id: UUID, command: AddContact, change: Change) -> Recorded:
    """Add a person to reach."""
    return await change(command, customer_id)


@router.post("/{customer_id}/assign-representative")
async def assign_representative(customer_id: UUID, command: AssignRepresentative, change: Change) -> Recorded:
    """Say who looks after it."""
    return await change(command, customer_id)


@router.post("/{customer_id}/change-roles")
async def change_roles(customer_id: UUID, command: ChangeRoles, change: Change) -> Recorded:
    """Say who receives the invoices and the goods."""
    return await change(command, customer_id)
