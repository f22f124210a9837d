"""Commands on contracts."""

from __future__ import annotations

from uuid import UUID

from application.contracting import (
    ActivateContract,
    ApproveContract,
    DeclineContract,
    DraftContract,
    DraftContractByHand,
    ExpireContract,
    RejectContract,
    ReturnContractToDraft,
    SendContractForSignature,
    SignContract,
    TerminateContract,
)
from interfaces.rest.executing import Change, Create, Recorded, command_router

router = command_router("/contracts", "contracting")


@router.post("")
async def draft_contract(command: DraftContract, create: Create) -> Recorded:
    """Draft the contract of an accepted quote; the policies do it by themselves."""
    return await create(command)


@router.post("/by-hand")
async def draft_contract_by_hand(command: DraftContractByHand, create: Create) -> Recorded:
    """Draft a contract from a source document instead of a quote; somebody else approves it."""
    return await create(command)


@router.post("/{contract_id}/approve")
async def approve_contract(contract_id: UUID, command: ApproveContract, change: Change) -> Recorded:
    """Approve a contract that somebody else wrote."""
    return await change(command, contract_id)


@router.post("/{contract_id}/reject")
async def reject_contract(contract_id: UUID, command: RejectContract, change: Change) -> Recorded:
    """Do not approve it."""
    return await change(command, contract_id)


@router.post("/{contract_id}/send-for-signature")
async def send_contract_for_signature(contract_id: UUID, command: SendContractForSignature, change: Change) -> Recorded:
    """Show it to its signatories."""
    return await change(command, contract_id)


@router.post("/{contract_id}/return-to-draft")
async def return_contract_to_draft(contract_id: UUID, command: ReturnContractToDraft, change: Change) -> Recorded:
    """Take it back from signature."""
    return await change(command, contract_id)


@router.post("/{contract_id}/decline")
async def decline_contract(contract_id: UUID, command: DeclineContract, change: Change) -> Recorded:
    """Do not sign it."""
    return await change(command, contract_id)


@router.post("/{contract_id}/sign")
async def sign_contract(contract_id: UUID, command: SignContract, change: Change) -> Recorded:
    """Record the signatures of both sides."""
    return await change(command, contract_id)


@router.post("/{contract_id}/activate")
async def activate_contract(contract_id: UUID, command: ActivateContract, change: Change) -> Recorded:
    """Put it in force; the policies do it by themselves."""
    return await change(command, contract_id)


@router.post("/{contract_id}/terminate")
async def terminate_contract(contract_id: UUID, command: TerminateContract, change: Change) -> Recorded:
    """End it before its term is over."""
    return await change(command, contract_id)


@router.post("/{contract_id}/expire")
async def expire_contract(contract_id: UUID, command: ExpireContract, change: Change) -> Recorded:
    """Make visible that its term is over."""
    return await change(command, contract_id)
