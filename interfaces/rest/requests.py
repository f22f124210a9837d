"""Why a request is not understood, whatever it asks for. `interfaces.rest.problems` knows the answer to each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

CALLER = "q2c.caller"
"""Where a request's scope names who asks, once something was shown to prove it: a `Caller`, or None where that proves
nobody."""
REFUSED_DUTY = "q2c.refused_duty"
"""Where a request's scope names the rule of two persons by which it was refused."""
STANDING = "q2c.standing"
"""Where in a request's scope it is kept how its sender stands within the limit that it counts for."""

NAME = re.compile(r"[A-Za-z_]{1,40}")


@dataclass(frozen=True, slots=True)
class FieldError:
    """One field that is wrong: where, as a JSON pointer, and why."""

    pointer: str
    detail: str


def pointer_to(place: Iterable[str | int], name: str) -> str:
    """Where something stands that is not known there. By its name, too, where that is of letters as names of ours are:
    any other may be what nobody should be shown again."""
    steps = [*place, name] if NAME.fullmatch(name) else place
    return "".join(f"/{step}" for step in steps)


class RequestProblem(Exception):
    """The request is not one that can be understood or carried out."""

    def __init__(self, detail: str = "", errors: Sequence[FieldError] = ()) -> None:
        super().__init__(detail)
        self.detail, self.errors = detail, tuple(errors)


class BodyMalformed(RequestProblem):
    """The body is not strict JSON."""


class BodyTooLarge(RequestProblem):
    """The body is too large: it may have 4 MiB and 150,000 values, and 64 KiB to sign in."""


class BodyInvalid(RequestProblem):
    """The body does not say what this command needs."""

    def __init__(self, errors: Sequence[FieldError], detail: str = "See errors.") -> None:
        super().__init__(detail, errors)


class NotJson(RequestProblem):
    """This takes a body of the type application/json only: no form of another site can send one."""


class BackFromElsewhere(RequestProblem):
    """This browser did not begin to sign in: begin anew (GET /oidc/sign-in)."""


class KeyMissing(RequestProblem):
    """Every command carries an Idempotency-Key header: the same key again has the same one effect."""


class IfMatchMissing(RequestProblem):
    """A change carries an If-Match header: the ETag of what you saw, or *."""


class IfMatchMalformed(RequestProblem):
    """If-Match is one ETag, a version in double quotes, or *."""


class SignInNeeded(RequestProblem):
    """Say who you are: `Authorization: Bearer` with a session's token (POST /sessions) or a key."""


class NotPermitted(RequestProblem):
    """Your roles do not let you do this."""


class AuthenticatorNeeded(RequestProblem):
    """A password alone is not enough for you: enrol an authenticator first (POST /totp)."""


class PurposeMissing(RequestProblem):
    """Say why you look, in a header Q2C-Purpose: a ticket or a case, in one line of up to 200 characters."""


class ParameterInvalid(RequestProblem):
    """A parameter of the query is invalid."""


class ParameterUnknown(RequestProblem):
    """A parameter of the query is not known here."""


class CursorMalformed(RequestProblem):
    """The cursor is not one that a list gave out."""
