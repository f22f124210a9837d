"""Commands on users and their roles."""

from __future__ import annotations

from uuid import UUID

from application.identity import DeactivateUser, GrantRole, ReactivateUser, RegisterUser, ResetTotp, RevokeRole
from interfaces.rest.executing import Change, Create, Recorded, command_router

router = command_router("/users", "identity")


@router.post("")
async def register_user(command: RegisterUser, create: Create) -> Recorded:
    """Register somebody who may sign in; `reset-password` gives them their first password."""
    return await create(command)


@router.post("/{user_id}/grant-role")
async def grant_role(user_id: UUID, command: GrantRole, change: Change) -> Recorded:
    """Grant a role to somebody else: nobody grants a role to themselves."""
    return await change(command, user_id)


@router.post("/{user_id}/revoke-role")
async def revoke_role(user_id: UUID, command: RevokeRole, change: Change) -> Recorded:
    """Take a role back, from the next request on."""
    return await change(command, user_id)


@router.post("/{user_id}/reset-totp")
async def reset_totp(user_id: UUID, command: ResetTotp, change: Change) -> Recorded:
    """Take somebody else's lost authenticator back: their sessions are over, and their password is enough for the next
    one."""
    return await change(command, user_id)


@router.post("/{user_id}/deactivate")
async def deactivate_user(user_id: UUID, command: DeactivateUser, change: Change) -> Recorded:
    """Let a user do nothing more: sessions and keys are refused from the next request on."""
    return await change(command, user_id)


@router.post("/{user_id}/reactivate")
async def reactivate_user(user_id: UUID, command: ReactivateUser, change: Change) -> Recorded:
    """Let a user come back, with the roles of before."""
    return await change(command, user_id)
