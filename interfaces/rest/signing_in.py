"""Signing in and out, and authenticators."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, ClassVar
from uuid import UUID

from annotated_types import MaxLen
from fastapi import APIRouter, Request, Response

from application.identity import ConfirmTotp, ReplaceRecoveryCodes, ResetPassword
from domain.identity import Role
from domain.shared.refusal import NotAllowedNow
from interfaces.rest.access import COOKIE, Signed, token_of
from interfaces.rest.executing import Act, Change, CommandRoute
from interfaces.rest.limiting import sign_ins_limited
from interfaces.rest.requests import CALLER, NotJson, NotPermitted

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
    code: Secret | None = None
    """Of the authenticator, or a recovery code; for whoever has one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOut:
    """End this session."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BeginTotp:
    """Begin to enrol an authenticator."""

    password: Secret
    """Again: whoever finds an open session must not lock its owner out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowCode:
    """Show a code of the authenticator."""

    code: Secret


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
class Enrolling:
    """What an authenticator is told, as a link or as a QR code of it. It is shown this once."""

    uri: str


@dataclass(frozen=True, slots=True)
class Enrolled:
    """Codes for when the authenticator is lost, each good once. They are shown this once."""

    id: UUID
    position: int
    recovery_codes: Sequence[str]


@dataclass(frozen=True, slots=True)
class Who:
    """Who you are to this service."""

    login: str
    roles: Sequence[Role]
    customer_id: UUID | None


@router.post("/sessions", status_code=201, dependencies=[sign_ins_limited(SignIn)])
async def sign_in(command: SignIn, request: Request, response: Response) -> Token:
    """Sign in. The session is over after twelve hours or an hour without use, when it is ended, or when the password is
    changed."""
    check_json(request)
    credentials = request.app.state.credentials
    # What nobody has as a login may be a password in the wrong field: only a user's own is written down.
    request.scope[CALLER] = await credentials.named(command.login)
    issued = await credentials.sign_in(
        command.login, command.password, address_of(request), command.new_password, command.code
    )
    keep_in_browser(response, request, issued.token)
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
async def reset_password(user_id: UUID, command: ResetPassword, change: Change, request: Request) -> FirstPassword:
    """A first password for somebody else, who chooses their own when they sign in with it; it is recorded who asked."""
    done = await change(command, user_id)
    return FirstPassword(done.id, done.position, await request.app.state.credentials.first_password(user_id))


@router.post("/totp")
async def begin_totp(command: BeginTotp, caller: Signed, request: Request) -> Enrolling:
    """A secret for an authenticator, which counts once a code of it is shown."""
    session_of(request)
    credentials = request.app.state.credentials
    await credentials.check_password(caller, command.password, address_of(request))
    uri = await credentials.second_factors.begin(caller.user_id, caller.actor)
    if uri is None:
        raise NotAllowedNow("There is an authenticator already: an administrator resets it where it is lost.")
    return Enrolling(uri)


@router.post("/totp/confirm")
async def confirm_totp(command: ShowCode, caller: Signed, act: Act, request: Request) -> Enrolled:
    """Let the authenticator count: signing in needs a code of it from now on, and every other session is over."""
    token, second_factors = session_of(request), request.app.state.credentials.second_factors
    step = await second_factors.step_of(caller.user_id, command.code)
    done = await act(ConfirmTotp(), caller.user_id)
    return Enrolled(done.id, done.position, await second_factors.confirmed(caller.user_id, step, token))


@router.post("/totp/recovery-codes")
async def replace_recovery_codes(command: ShowCode, caller: Signed, act: Act, request: Request) -> Enrolled:
    """Other recovery codes, for a code of the authenticator or one of the codes of before, which are over."""
    session_of(request)
    credentials = request.app.state.credentials
    await credentials.check_second_factor(caller, command.code, address_of(request))
    done = await act(ReplaceRecoveryCodes(), caller.user_id)
    return Enrolled(done.id, done.position, await credentials.second_factors.new_recovery_codes(caller.user_id))


def check_json(request: Request) -> None:
    """What leaves a cookie is no other site's to send: a form has another type. Raises NotJson."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise NotJson


def session_of(request: Request) -> str:
    """The token of a session. Raises NotPermitted where the request comes with a key."""
    token = token_of(request) or ""
    if not token.startswith(SESSION):
        raise NotPermitted("A key does not do this: sign in.")
    return token


def address_of(request: Request) -> str:
    """Where it comes from, as far as the proxies that are trusted tell."""
    return request.client.host if request.client else ""


def keep_in_browser(response: Response, request: Request, token: str) -> None:
    """Let the browser of whoever has signed in show pages."""
    secure = goes_over_https(request)
    response.set_cookie(COOKIE, token, httponly=True, samesite="strict", secure=secure, path="/")


def goes_over_https(request: Request) -> bool:
    """Whether cookies may travel that way only."""
    return request.url.scheme == "https" or bool(request.app.state.settings.secure_cookie)


def _who(caller: Signed) -> Who:
    return Who(caller.actor, sorted(caller.roles), caller.customer_id)
