"""Signing in and out, and keys for applications."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, ClassVar
from uuid import UUID

from annotated_types import Ge, Le, MaxLen
from fastapi import APIRouter, Request, Response

from application.constraints import Code
from application.identity import ResetPassword
from domain.identity import Role
from interfaces.rest.access import COOKIE, Signed, token_of
from interfaces.rest.executing import Change, CommandRoute
from interfaces.rest.limiting import sign_ins_limited
from interfaces.rest.requests import NotPermitted

router = APIRouter(tags=["identity"], route_class=CommandRoute)
asking = APIRouter(tags=["identity"])

SESSION = "q2c_session_"
"""What the token of a session begins with."""
Secret = Annotated[str, MaxLen(200)]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """Say who you are."""

    LARGEST_BODY: ClassVar = 64 * 1024
    login: Secret
    password: Secret
    new_password: Secret | None = None
    """Takes the password's place, and ends all other sessions; a first password works only together with one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOut:
    """End this session."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueKey:
    """Issue a key with which an application acts as you."""

    name: Code
    days: Annotated[int, Ge(1), Le(366)] = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeKeys:
    """Revoke your keys of that name."""

    name: Code


@dataclass(frozen=True, slots=True)
class Token:
    """What to send as `Authorization: Bearer …`. It is shown this once."""

    token: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class FirstPassword:
    """Lets its owner choose another one, and nothing else. It is shown this once."""

    id: UUID
    position: int
    password: str


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A key that is good. What it is, nobody can read again."""

    name: str
    issued_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Revoked:
    """How many keys are over."""

    keys: int


@dataclass(frozen=True, slots=True)
class Who:
    """Who you are to this service."""

    login: str
    roles: Sequence[Role]
    customer_id: UUID | None


@router.post("/sessions", status_code=201, dependencies=[sign_ins_limited(SignIn)])
async def sign_in(command: SignIn, request: Request, response: Response) -> Token:
    """Sign in. The session is over after twelve hours, when it is ended, or when the password is changed."""
    address = request.client.host if request.client else ""
    credentials = request.app.state.credentials
    issued = await credentials.sign_in(command.login, command.password, address, command.new_password)
    response.set_cookie(
        COOKIE, issued.token, httponly=True, samesite="strict", secure=request.url.scheme == "https", path="/"
    )
    response.headers["Cache-Control"] = "no-store"
    return Token(issued.token, issued.expires_at)


@router.post("/sessions/end")
async def sign_out(command: SignOut, caller: Signed, request: Request, response: Response) -> Who:
    """End the session that this request comes with."""
    await request.app.state.credentials.sign_out(token_of(request) or "")
    response.delete_cookie(COOKIE, path="/")
    return _who(caller)


@asking.get("/whoami")
async def whoami(caller: Signed) -> Who:
    """Your login and what you are here to do."""
    return _who(caller)


@router.post("/users/{user_id}/reset-password")
async def reset_password(
    user_id: UUID, command: ResetPassword, change: Change, request: Request, response: Response
) -> FirstPassword:
    """A first password for somebody else, who chooses their own when they sign in with it; it is recorded who asked."""
    done = await change(command, user_id)
    response.headers["Cache-Control"] = "no-store"
    return FirstPassword(done.id, done.position, await request.app.state.credentials.first_password(user_id))


@router.post("/keys", status_code=201)
async def issue_key(command: IssueKey, caller: Signed, request: Request, response: Response) -> Token:
    """A key for an application: what it does is done in your name, with your roles of the moment. Only somebody who has
    signed in may ask for one, no key for another."""
    if not (token_of(request) or "").startswith(SESSION):
        raise NotPermitted("A key issues no keys: sign in.")
    response.headers["Cache-Control"] = "no-store"
    lifetime = timedelta(days=command.days)
    issued = await request.app.state.credentials.issue_key(caller.user_id, command.name, lifetime)
    return Token(issued.token, issued.expires_at)


@asking.get("/keys")
async def keys(caller: Signed, request: Request) -> list[KeyRow]:
    """Your keys that are good, the oldest first."""
    found = await request.app.state.credentials.keys(caller.user_id)
    return [KeyRow(each.name, each.issued_at, each.expires_at) for each in found]


@router.post("/keys/revoke")
async def revoke_keys(command: RevokeKeys, caller: Signed, request: Request) -> Revoked:
    """Your keys of that name are over at once."""
    return Revoked(await request.app.state.credentials.revoke_keys(caller.user_id, command.name))


def _who(caller: Signed) -> Who:
    return Who(caller.actor, sorted(caller.roles), caller.customer_id)
