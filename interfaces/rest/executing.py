"""How a command comes in: the body parsed strictly, the envelope from the headers, the answer with its ETag."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Annotated, Any, Protocol, get_type_hints
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Request, Response
from fastapi.routing import APIRoute

from application.unit_of_work import Envelope
from interfaces.rest.access import ON_BEHALF_OF, Signed
from interfaces.rest.json_bodies import parser_of
from interfaces.rest.requests import IfMatchMalformed, IfMatchMissing, KeyMissing, NotPermitted


@dataclass(frozen=True, slots=True)
class Recorded:
    """What every command answers: what it created or changed, and after which position a query sees all its effects."""

    id: UUID
    position: int


class Execute(Protocol):
    """Carries a command out."""

    async def __call__(self, command: Any, on: UUID | None = None) -> Recorded: ...


async def _envelope(
    request: Request,
    caller: Signed,
    key: Annotated[str | None, Header(alias="Idempotency-Key", max_length=255)] = None,
    on_behalf_of: Annotated[str | None, Header(alias=ON_BEHALF_OF, max_length=200)] = None,
    reason: Annotated[str | None, Header(alias="Q2C-Reason", max_length=500)] = None,
) -> Envelope:
    if not key:
        raise KeyMissing
    at, other_accounts = request.app.state.clock.now(), caller.other_accounts
    if on_behalf_of:
        delegator = await request.app.state.credentials.delegator(on_behalf_of, caller.actor, at)
        if delegator is None:
            raise NotPermitted("Whoever you name has not delegated to you.")
        other_accounts += delegator.other_accounts
    return Envelope(
        key=key,
        actor=caller.actor,
        at=at,
        on_behalf_of=on_behalf_of or None,
        reason=reason,
        customer_id=caller.customer_id,
        scope=request.state.scope,
        other_accounts=other_accounts,
    )


def _version(if_match: str | None) -> int | None:
    """The version that the client saw; None where it does not care (`*`)."""
    if if_match is None:
        raise IfMatchMissing
    if if_match == "*":
        return None
    version = if_match.removeprefix('"').removesuffix('"')
    if not (version.isascii() and version.isdecimal() and len(version) < 10 and if_match == f'"{version}"'):
        raise IfMatchMalformed
    return int(version)


async def _create(request: Request, response: Response, envelope: Annotated[Envelope, Depends(_envelope)]) -> Execute:
    return _execute(request, response, envelope)


async def _change(
    request: Request,
    response: Response,
    envelope: Annotated[Envelope, Depends(_envelope)],
    if_match: Annotated[str | None, Header(alias="If-Match", max_length=100)] = None,
) -> Execute:
    return _execute(request, response, envelope, _version(if_match))


def _execute(request: Request, response: Response, envelope: Envelope, version: int | None = None) -> Execute:
    if version is not None:
        envelope = replace(envelope, expected_version=version)

    async def execute(command: Any, on: UUID | None = None) -> Recorded:
        done = await request.app.state.application.execute(command, envelope, on)
        response.headers["ETag"] = f'"{done.version}"'
        return Recorded(done.id, done.position)

    return execute


Create = Annotated[Execute, Depends(_create)]
"""For commands that create something."""
Change = Annotated[Execute, Depends(_change)]
"""For commands on something that exists: they need the version that the client saw."""
Act = Annotated[Execute, Depends(_create)]
"""For commands on whoever asks, whose version matters to nobody."""


class CommandRoute(APIRoute):
    """Gives the endpoint its `command`, parsed strictly from the raw body."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **settings: Any) -> None:
        self.command: type = get_type_hints(endpoint)["command"]
        signature = inspect.signature(endpoint, eval_str=True)
        parsed = Annotated[Any, Depends(parser_of(self.command))]
        parameters = [
            parameter.replace(annotation=parsed) if parameter.name == "command" else parameter
            for parameter in signature.parameters.values()
        ]
        if "create" in signature.parameters:
            settings["status_code"] = HTTPStatus.CREATED
        endpoint.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
        super().__init__(path, endpoint, **settings)


def command_router(prefix: str, tag: str) -> APIRouter:
    """The routes of one context's commands; every one of them a POST."""
    return APIRouter(prefix=prefix, tags=[tag], route_class=CommandRoute)
