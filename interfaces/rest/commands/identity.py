"""Commands on users, their roles and delegations, and on links."""

from __future__ import annotations

from uuid import UUID

from application.identity import (
    AssignManager,
    DeactivateUser,
    DeclareSamePerson,
    Delegate,
    EndDelegation,
    GrantRole,
    ReactivateUser,
    RegisterUser,
    ResetTotp,
    RetractSamePerson,
    RevokePortalLink,
    RevokeRole,
)
from interfaces.rest.access import Signed
from interfaces.rest.executing import Act, Change, Create, Recorded, command_router

router = command_router("/users", "identity")
delegations = command_router("/delegations", "identity")
portal_links = command_router("/portal-links", "identity")


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


@router.post("/{user_id}/assign-manager")
async def assign_manager(user_id: UUID, command: AssignManager, change: Change) -> Recorded:
    """Say who leads a user from a day on: what is theirs is their team's, for whoever leads it."""
    return await change(command, user_id)


@router.post("/{user_id}/reset-totp")
async def reset_totp(user_id: UUID, command: ResetTotp, change: Change) -> Recorded:
    """Take somebody else's lost authenticator back: their sessions are over, and their password is enough for the next
    one."""
    return await change(command, user_id)


@router.post("/{user_id}/declare-same-person")
async def declare_same_person(user_id: UUID, command: DeclareSamePerson, change: Change) -> Recorded:
    """Say that another account is the same person's: where two people are needed, they count as one from now on, for
    what was done before, too."""
    return await change(command, user_id)


@router.post("/{user_id}/retract-same-person")
async def retract_same_person(user_id: UUID, command: RetractSamePerson, change: Change) -> Recorded:
    """Take that back; what was done meanwhile stays judged as one person's. Nobody does so for an account of theirs."""
    return await change(command, user_id)


@router.post("/{user_id}/deactivate")
async def deactivate_user(user_id: UUID, command: DeactivateUser, change: Change) -> Recorded:
    """Let a user do nothing more: sessions and keys are refused from the next request on."""
    return await change(command, user_id)


@router.post("/{user_id}/reactivate")
async def reactivate_user(user_id: UUID, command: ReactivateUser, change: Change) -> Recorded:
    """Let a user come back, with the roles of before."""
    return await change(command, user_id)


@delegations.post("")
async def delegate(command: Delegate, caller: Signed, act: Act) -> Recorded:
    """Let somebody else act on your behalf, with `Q2C-On-Behalf-Of`; what they may do is what their own roles say."""
    return await act(command, caller.user_id)


@delegations.post("/end")
async def end_delegation(command: EndDelegation, caller: Signed, act: Act) -> Recorded:
    """Let somebody no longer act on your behalf."""
    return await act(command, caller.user_id)


@portal_links.post("/{link_id}/revoke")
async def revoke_portal_link(link_id: UUID, command: RevokePortalLink, change: Change) -> Recorded:
    """Nobody opens it any more, and whoever has is out."""
    return await change(command, link_id)
