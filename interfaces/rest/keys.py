"""Keys with which applications act as their users."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from fastapi import APIRouter, Request

from application.identity import IssueKey, RevokeKey, RotateKey
from domain.identity import Role
from interfaces.rest.access import Signed
from interfaces.rest.executing import Act, CommandRoute, Recorded
from interfaces.rest.signing_in import session_of

router = APIRouter(prefix="/keys", tags=["identity"], route_class=CommandRoute)
asking = APIRouter(prefix="/keys", tags=["identity"])


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """What an application sends as `Authorization: Bearer …`. It is shown this once; the same request again, under the
    same key, shows another one in its place."""

    id: UUID
    position: int
    token: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A key that is good. What it is, nobody can read again."""

    name: str
    roles: Sequence[Role]
    """All that it may be of what you are; none: whatever you are."""
    issued_at: datetime
    expires_at: datetime


@router.post("", status_code=201)
async def issue_key(command: IssueKey, caller: Signed, act: Act, request: Request) -> IssuedKey:
    """A key for an application: what it does is done in your name, with your roles of the moment, or with fewer. Only
    somebody who has signed in may ask for one, no key for another."""
    session_of(request)
    done = await act(command, caller.user_id)
    issued = await request.app.state.credentials.keys.issue(
        caller.user_id, command.name, timedelta(days=command.days), done.position, command.roles
    )
    return IssuedKey(done.id, done.position, issued.token, issued.expires_at)


@router.post("/rotate", status_code=201)
async def rotate_key(command: RotateKey, caller: Signed, act: Act, request: Request) -> IssuedKey:
    """Another key of the same name and roles; those before are good for some hours more, so that whoever uses them has
    time to change."""
    session_of(request)
    done = await act(command, caller.user_id)
    lifetime, overlap = timedelta(days=command.days), timedelta(hours=command.overlap_hours)
    issued = await request.app.state.credentials.keys.rotate(
        caller.user_id, command.name, lifetime, done.position, overlap
    )
    return IssuedKey(done.id, done.position, issued.token, issued.expires_at)


@router.post("/revoke")
async def revoke_key(command: RevokeKey, caller: Signed, act: Act, request: Request) -> Recorded:
    """Your keys of that name are over at once."""
    done = await act(command, caller.user_id)
    await request.app.state.credentials.keys.end(caller.user_id, command.name)
    return done


@asking.get("")
async def keys(caller: Signed, request: Request) -> list[KeyRow]:
    """Your keys that are good, the oldest first."""
    found = await request.app.state.credentials.keys.good(caller.user_id)
    return [KeyRow(each.name, each.roles, each.issued_at, each.expires_at) for each in found]
