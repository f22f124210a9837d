"""Commands on personal data: its erasure, and what stands against it."""

from __future__ import annotations

from uuid import UUID

from application.privacy import ApproveErasure, LiftHold, PlaceHold, RejectErasure, RequestErasure
from interfaces.rest.executing import Change, Create, Recorded, command_router

router = command_router("/privacy", "privacy")


@router.post("/erasures")
async def request_erasure(command: RequestErasure, create: Create) -> Recorded:
    """Ask for the erasure of a customer's personal data; somebody else approves it."""
    return await create(command)


@router.post("/data-subjects/{data_subject_id}/approve-erasure")
async def approve_erasure(data_subject_id: UUID, command: ApproveErasure, change: Change) -> Recorded:
    """Approve what somebody else has asked for; `q2c erase` carries it out."""
    return await change(command, data_subject_id)


@router.post("/data-subjects/{data_subject_id}/reject-erasure")
async def reject_erasure(data_subject_id: UUID, command: RejectErasure, change: Change) -> Recorded:
    """Leave the data as it is, and say why."""
    return await change(command, data_subject_id)


@router.post("/holds")
async def place_hold(command: PlaceHold, create: Create) -> Recorded:
    """Let nothing of a customer's personal data be erased, whatever is asked for."""
    return await create(command)


@router.post("/data-subjects/{data_subject_id}/lift-hold")
async def lift_hold(data_subject_id: UUID, command: LiftHold, change: Change) -> Recorded:
    """Let the data be erased again, when somebody asks for it."""
    return await change(command, data_subject_id)
