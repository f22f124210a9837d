"""Who asks, and whether they may: every route is held against `application.access` before anything else happens."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.routing import APIRoute

from application.access import ENROLLING, LEAVING, OPEN, POLICY, Caller
from domain.shared.refusal import NotFound
from interfaces.rest.cookies import cookie_of
from interfaces.rest.instants import PAST
from interfaces.rest.requests import CALLER, AuthenticatorNeeded, NotPermitted, PurposeMissing, SignInNeeded

COOKIE = "q2c_session"
"""For pages that a browser shows; it lets nobody change anything, wherever a form may come from."""
BEARER = "bearer "
LONGEST = 200
PURPOSE, ON_BEHALF_OF = "Q2C-Purpose", "Q2C-On-Behalf-Of"
"""Headers."""


def operation_of(route: APIRoute) -> str:
    """Context and name, as `application.access` lists it."""
    return f"{route.tags[0]}.{route.endpoint.__name__}"


def guard(router: APIRouter) -> APIRouter:
    """Let only those use its routes who may. Raises LookupError where the policy does not know one of them."""
    for route in router.routes:
        if isinstance(route, APIRoute) and operation_of(route) not in OPEN and operation_of(route) not in POLICY:
            raise LookupError(f"application.access does not say who may {operation_of(route)}")
    return router


async def permitted(request: Request) -> Caller | None:
    """Who asks; None where anybody may.

    Raises SignInNeeded, AuthenticatorNeeded, NotPermitted, PurposeMissing, or NotFound for what is another's.
    """
    operation = operation_of(request.scope["route"])
    if operation in OPEN:
        return None
    token = token_of(request)
    if token is None:
        raise SignInNeeded
    request.scope[CALLER] = None
    caller: Caller = await request.app.state.credentials.caller(token)
    request.scope[CALLER] = caller
    if caller.must_enrol and operation not in ENROLLING:
        raise AuthenticatorNeeded
    if not caller.may(operation):
        raise NotPermitted(f"None of your roles lets you carry out {operation}.")
    if caller.customer_id is not None:
        _check_customer(request, caller.customer_id)
    if caller.document is not None and operation not in LEAVING:
        _check_document(request, *caller.document)
    _check_purpose(request, caller.must_say_why(operation))
    request.state.scope = caller.scope_of(operation)
    return caller


def _check_document(request: Request, kind: str, id: UUID) -> None:
    """Whoever has opened a link sees its document."""
    if str(request.path_params.get(f"{kind}_id")).lower() != str(id):
        raise NotFound


def _check_customer(request: Request, customer_id: UUID) -> None:
    """What is another customer's does not exist, and the past is not for customers: it knows who was merged then."""
    if str(request.path_params.get("customer_id", customer_id)) != str(customer_id):
        raise NotFound
    if not PAST.isdisjoint(request.query_params):
        raise NotPermitted("The past is for our own people.")


def _check_purpose(request: Request, is_needed: bool) -> None:
    purpose = request.headers.get(PURPOSE, "").strip()
    if (is_needed and not purpose) or len(purpose) > LONGEST or not purpose.isprintable():
        raise PurposeMissing


async def _caller(caller: Annotated[Caller | None, Depends(permitted)]) -> Caller:
    if caller is None:
        raise SignInNeeded
    return caller


Signed = Annotated[Caller, Depends(_caller)]
"""Who asks, where somebody must have signed in."""


def token_of(request: Request) -> str | None:
    """What the request says to prove who asks: an `Authorization` header, or the cookie of a page."""
    given = request.headers.get("authorization", "")
    if given[: len(BEARER)].lower() == BEARER:
        return given[len(BEARER) :].strip()[:LONGEST]
    found = cookie_of(request, COOKIE) if request.method == "GET" else None
    return None if found is None else found[:LONGEST]
