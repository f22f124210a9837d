"""Every way in which a request can fail, as RFC 9457 problems. The only place that knows status codes."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from psycopg import DataError
from starlette.exceptions import HTTPException
from starlette.types import Scope

from application.unit_of_work import KeyBelongsToAnotherRequest, VersionHasMoved
from domain.shared.approval import SamePerson
from domain.shared.refusal import AlreadyTaken, Invalid, NotFound, Refusal, code_of
from infrastructure.credentials import (
    CodeNeeded,
    CodeRefused,
    CredentialsKeyMissing,
    LinkRefused,
    PasswordMustBeChanged,
    PasswordTooWeak,
    ProviderRefused,
    ProviderUnavailable,
    SignInRefused,
    TokenRefused,
    TooManyAttempts,
)
from infrastructure.database import DatabaseUnavailable
from infrastructure.event_log import LogBusy, NotStorable
from infrastructure.history import BuiltOnTheFuture, NoSuchKind, NotInOrder
from infrastructure.limits import TooManyRequests
from infrastructure.points import NotYet
from infrastructure.projecting import CannotApply, ReadModelBehind, ReadModelParked
from infrastructure.projecting.past import PastInTheMaking
from infrastructure.sealing import KeyMissing
from interfaces.rest.requests import (
    REFUSED_DUTY,
    STANDING,
    AuthenticatorNeeded,
    BodyInvalid,
    BodyTooLarge,
    FieldError,
    IfMatchMissing,
    NotJson,
    NotPermitted,
    ParameterInvalid,
    ParameterUnknown,
    RequestProblem,
    SignInNeeded,
)
from interfaces.rest.routes import methods_of
from interfaces.rest.statuses import MEDIA_TYPE


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """RFC 9457, with a stable `code`, and what a domain refusal adds."""

    type: str
    title: str
    status: int
    code: str
    detail: str = ""
    rule: str | None = None
    state: str | None = None
    available_actions: tuple[str, ...] = ()
    errors: tuple[FieldError, ...] = ()


_NOT_UNDERSTOOD: dict[type[RequestProblem], int] = {
    BodyTooLarge: 413,
    NotJson: 415,
    BodyInvalid: 422,
    ParameterInvalid: 422,
    ParameterUnknown: 422,
    IfMatchMissing: 428,
    SignInNeeded: 401,
    NotPermitted: 403,
    AuthenticatorNeeded: 403,
}
"""Everything else is 400."""

_REFUSED: tuple[tuple[type[Refusal], int], ...] = (
    (NotFound, 404),
    (VersionHasMoved, 412),
    (KeyBelongsToAnotherRequest, 422),
    (AlreadyTaken, 409),
    (Invalid, 422),
    (Refusal, 409),
)

_LOST = {
    404: ("There is no such resource.", "What there is stands at /docs, for programs in /openapi.json."),
    405: ("This resource does not take that method.", "`Allow` says which ones it takes."),
}
"""Title and detail where no route takes what is asked for."""

_SAME_KEY = "Ask again with the same key: if it happened, it is not done twice."
_UNAVAILABLE: dict[type[Exception], tuple[int, str, str, str]] = {
    LogBusy: (1, "try_again", "The database cannot take this now.", _SAME_KEY),
    DatabaseUnavailable: (1, "try_again", "The database cannot take this now.", _SAME_KEY),
    CredentialsKeyMissing: (
        60,
        "authenticators_unavailable",
        "Codes of authenticators cannot be checked until an operator has put back the key of credentials.",
        "",
    ),
    KeyMissing: (
        60,
        "personal_data_unavailable",
        "Personal data cannot be sealed or opened until an operator has put back its key-encryption key.",
        _SAME_KEY,
    ),
    ReadModelBehind: (1, "read_model_behind", "The read model has not got there yet.", ""),
    ReadModelParked: (
        60,
        "read_model_parked",
        "The read model lacks this until an operator has repaired it.",
        "It is recorded, and its history can be read.",
    ),
    CannotApply: (
        60,
        "past_cannot_be_made",
        "The past cannot be made from the log until an operator has repaired the read model.",
        "What is recorded is safe, and its history can be read.",
    ),
}
"""Seconds after which to ask again, code, title and detail."""

_NOT_LET_IN: dict[type[Exception], int] = {
    SignInRefused: 401,
    TokenRefused: 401,
    LinkRefused: 401,
    ProviderRefused: 401,
    ProviderUnavailable: 503,
    PasswordMustBeChanged: 403,
    CodeNeeded: 403,
    CodeRefused: 422,
    PasswordTooWeak: 422,
    TooManyAttempts: 429,
}
_CHALLENGE = {401: {"WWW-Authenticate": "Bearer"}, 429: {"Retry-After": "60"}}

_TURNED_AWAY = {401: "unknown", 403: "denied", 404: "missing", 429: "limited"}


def install(app: FastAPI) -> None:
    """Let the application answer every failure with a problem."""
    app.add_exception_handler(Refusal, _refused)
    app.add_exception_handler(RequestProblem, _not_understood)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(NotStorable, _not_storable)
    app.add_exception_handler(DataError, _not_storable)
    for untold in (NotYet, NotInOrder, BuiltOnTheFuture, NoSuchKind):
        app.add_exception_handler(untold, _untold)
    app.add_exception_handler(PastInTheMaking, _in_the_making)
    app.add_exception_handler(TooManyRequests, _too_many)
    for refused in _NOT_LET_IN:
        app.add_exception_handler(refused, _not_let_in)
    for unavailable in _UNAVAILABLE:
        app.add_exception_handler(unavailable, _unavailable)


def unexpected() -> JSONResponse:
    """The answer to whoever met with an error of ours."""
    return _answer(_problem(500, "unexpected", "Something went wrong here, and is logged."))


def overdue() -> JSONResponse:
    """The answer to whoever has waited as long as anybody should."""
    title = "This takes longer than anybody should wait."
    return _answer(_problem(503, "try_again", title, detail=_SAME_KEY), {"Retry-After": "1"})


def unrecorded() -> JSONResponse:
    """The answer to whoever would be shown what nobody could write down that they were."""
    title = "It cannot be written down now who reads what, so nothing is shown."
    return _answer(_problem(503, "try_again", title, detail=_SAME_KEY), {"Retry-After": "1"})


async def refusal_of(request: Request, error: Exception) -> Response:
    """The answer to whoever met with this. Raises it where it is no refusal but an error of ours."""
    refusals = request.app.exception_handlers
    refuse = next((refusals[kind] for kind in type(error).__mro__ if kind in refusals), None)
    if refuse is None:
        raise error
    answer: Response = await refuse(request, error)
    return answer


def outcome(status: int) -> str | None:
    """What an answer of this status comes to for the access log; None where nothing was shown and nobody turned away.

    `given`; or `unknown` (nobody is proved by what was sent), `denied`, `missing` (or another's), `limited`.
    """
    return "given" if status < 400 else _TURNED_AWAY.get(status)


def too_many(scope: Scope, error: TooManyRequests) -> JSONResponse:
    """The answer to whoever asks too often, with the time until they may again."""
    scope[STANDING] = error.standing
    code, headers = code_of(TooManyRequests), {"Retry-After": str(error.standing.seconds)}
    return _answer(_problem(429, code, _sentence(TooManyRequests)), headers)


def _answer(problem: Problem, headers: dict[str, str] | None = None) -> JSONResponse:
    content = {name: value for name, value in asdict(problem).items() if value not in (None, "", ())}
    return JSONResponse(content, problem.status, headers, media_type=MEDIA_TYPE)


def _sentence(error: type[Exception]) -> str:
    return (error.__doc__ or "").strip().splitlines()[0]


def _problem(status: int, code: str, title: str, **more: Any) -> Problem:
    return Problem(type=f"/problems/{code}", title=title, status=status, code=code, **more)


async def _refused(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Refusal)
    if isinstance(error, SamePerson):
        request.scope[REFUSED_DUTY] = error.code()
    status = next(status for kind, status in _REFUSED if isinstance(error, kind))
    problem = _problem(
        status,
        error.code(),
        error.title(),
        detail=error.detail,
        rule=error.rule,
        state=error.state,
        available_actions=error.available,
        errors=(FieldError(error.pointer, error.detail or error.title()),) if error.pointer else (),
    )
    return _answer(problem)


async def _not_understood(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestProblem)
    kind = type(error)
    status = _NOT_UNDERSTOOD.get(kind, 400)
    problem = _problem(status, code_of(kind), _sentence(kind), detail=error.detail, errors=error.errors)
    return _answer(problem, _CHALLENGE.get(status))


async def _not_let_in(_: Request, error: Exception) -> JSONResponse:
    status = _NOT_LET_IN[type(error)]
    return _answer(_problem(status, code_of(type(error)), _sentence(type(error))), _CHALLENGE.get(status))


async def _too_many(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, TooManyRequests)
    return too_many(request.scope, error)


async def _invalid(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    errors = tuple(FieldError("/" + "/".join(map(str, one["loc"])), one["msg"]) for one in error.errors())
    return _answer(_problem(422, "parameters_invalid", "A parameter is invalid.", detail="See errors.", errors=errors))


async def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    headers = dict(error.headers or {})
    if error.status_code == 405:
        headers["Allow"] = ", ".join(methods_of(request.app, request.scope["path"]))
    code = "_".join(str(error.detail).lower().split())
    title, detail = _LOST.get(error.status_code, (str(error.detail), ""))
    return _answer(_problem(error.status_code, code, title, detail=detail), headers)


async def _not_storable(_: Request, __: Exception) -> JSONResponse:
    return _answer(_problem(422, "not_storable", "A value is one that no database column can hold."))


async def _untold(_: Request, error: Exception) -> JSONResponse:
    return _answer(_problem(422, code_of(type(error)), _sentence(type(error)), detail=str(error)))


async def _in_the_making(_: Request, error: Exception) -> JSONResponse:
    title = "The past is being made from the log."
    return _answer(_problem(503, "past_in_the_making", title, detail=str(error)), {"Retry-After": "2"})


async def _unavailable(_: Request, error: Exception) -> JSONResponse:
    retry_after, code, title, detail = next(said for kind, said in _UNAVAILABLE.items() if isinstance(error, kind))
    return _answer(_problem(503, code, title, detail=detail), {"Retry-After": str(retry_after)})
