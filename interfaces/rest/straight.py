"""The short way of a request: what FastAPI works out anew for each request is worked out once for each route.

Routes are FastAPI's, with its parameters and dependencies. What stands before them knows them all by method and path,
and has what they depend on laid out in a row. It answers the requests whose parameters are valid; whatever else comes
goes on to FastAPI itself, which answers it in its own words.
"""

from __future__ import annotations

import inspect
import re
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, get_args, get_origin

from fastapi import FastAPI, Request, Response
from fastapi.datastructures import DefaultPlaceholder
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts
from starlette.types import ASGIApp, Receive, Scope, Send

from interfaces.rest.cookies import unquote
from interfaces.rest.problems import refusal_of

JSON = (b"content-type", b"application/json")
REQUEST, RESPONSE = 0, 1
"""The places of what is there for every endpoint."""


class _Unusual(Exception):
    """The route has something that only FastAPI itself knows how to do."""


@dataclass(frozen=True, slots=True)
class _Parameter:
    """One value of the path, the query or the headers."""

    source: str
    name: str | bytes
    place: int
    validated: Callable[[Any], tuple[Any, Any]]
    is_required: bool
    default: Any


@dataclass(frozen=True, slots=True)
class _Step:
    """One function to call: with the values of which places, and where its own goes."""

    call: Callable[..., Awaitable[Any]]
    arguments: tuple[tuple[str, int], ...]
    place: int


@dataclass(eq=False)
class Way:
    """Everything to be done for the requests of one route, in order."""

    route: RouteContext
    parameters: list[_Parameter] = field(default_factory=list)
    steps: list[_Step] = field(default_factory=list)
    places: int = 2
    _known: dict[object, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Raises _Unusual."""
        if self.route.response_field is None or not isinstance(self.route.response_class, DefaultPlaceholder):
            raise _Unusual
        self.pattern: re.Pattern[str] = self.route.path_regex
        self.serialized: Callable[[Any], bytes] = self.route.response_field.serialize_json
        self.status: int = self.route.status_code or 200
        self._lay(self.route.dependant)

    def _lay(self, dependant: Dependant) -> int:
        """Lay out what it depends on, and then itself; the place of its value."""
        arguments = []
        for sub in dependant.dependencies:
            known = self._known.get(sub.call)
            place = self._lay(sub) if known is None else known
            arguments += [(sub.name, place)] if sub.name else []
        for source in ("path", "query", "header"):
            arguments += [(each.name, self._place_of(source, each)) for each in getattr(dependant, f"{source}_params")]
        arguments += [(dependant.request_param_name, REQUEST)] if dependant.request_param_name else []
        arguments += [(dependant.response_param_name, RESPONSE)] if dependant.response_param_name else []
        if _has_more(dependant) or not inspect.iscoroutinefunction(dependant.call):
            raise _Unusual
        self._known[dependant.call] = place = self._new_place()
        self.steps.append(_Step(dependant.call, tuple(arguments), place))
        return place

    def _place_of(self, source: str, parameter: Any) -> int:
        info = parameter.field_info
        if _is_many(info.annotation) or (source == "header" and info.alias is None):
            raise _Unusual
        place, name = self._new_place(), parameter.alias
        name = name.lower().encode() if source == "header" else name
        self.parameters.append(
            _Parameter(source, name, place, parameter.validate, info.is_required(), parameter.get_default())
        )
        return place

    def _new_place(self) -> int:
        self.places += 1
        return self.places - 1

    def values(self, path: Mapping[str, str], request: Request) -> list[Any] | None:
        """A list with a place for everything, the parameters in theirs; None where one of them is not valid."""
        given: dict[str, Mapping[Any, Any]] = {
            "path": path,
            "query": request.query_params if request.scope["query_string"] else {},
            "header": dict(reversed(request.scope["headers"])),  # of one that is there twice, the first counts
        }
        values: list[Any] = [None] * self.places
        for parameter in self.parameters:
            value = given[parameter.source].get(parameter.name)
            if value is not None:
                text = value.decode("latin-1") if isinstance(value, bytes) else value
                values[parameter.place], errors = parameter.validated(text)
                if errors:
                    return None
            elif parameter.is_required:
                return None
            else:
                values[parameter.place] = parameter.default
        return values

    async def answer(self, values: list[Any], request: Request) -> Response:
        """Call everything in order, the endpoint last."""
        response = values[RESPONSE] = Response()
        values[REQUEST] = request
        for step in self.steps:
            values[step.place] = await step.call(**{name: values[place] for name, place in step.arguments})
        answer = values[-1]
        _, *headers = response.raw_headers
        if isinstance(answer, Response):
            answer.raw_headers.extend(headers)
            return answer
        response.body, response.status_code = self.serialized(answer), self.status
        response.raw_headers = [(b"content-length", b"%d" % len(response.body)), JSON, *headers]
        return response


class Straight:
    """Stands before the application, and answers itself what it can."""

    def __init__(self, app: FastAPI, rest: ASGIApp) -> None:
        self._rest = rest
        self.ways: dict[tuple[str, str, int], list[Way]] = defaultdict(list)
        """By method, first step of the path and number of steps."""
        self.unusual: list[str] = []
        for route in iter_route_contexts(app.routes):
            if isinstance(route.original_route, APIRoute):
                self._add(route)

    def _add(self, route: RouteContext) -> None:
        try:
            way = Way(route)
        except _Unusual:
            self.unusual.append(str(route.path))
            return
        for method in route.methods or ():
            self.ways[_key(method, str(route.path))].append(way)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._rest(scope, receive, send)
            return
        request = Request(scope, receive, send)
        found = None if scope.get("root_path") else self._found(request)
        if found is None:
            unquote(scope)
            await self._rest(scope, receive, send)
            return
        way, values = found
        try:
            response = await way.answer(values, request)
        except Exception as error:
            response = await refusal_of(request, error)
        await response(scope, receive, send)

    def _found(self, request: Request) -> tuple[Way, list[Any]] | None:
        """The way of the request and the values of its parameters, if there is one and they are valid."""
        scope = request.scope
        path: str = scope["path"]
        for way in self.ways.get(_key(scope["method"], path), ()):
            if match := way.pattern.match(path):
                steps = match.groupdict()
                values = way.values(steps, request)
                if values is None:
                    return None
                scope["route"], scope["path_params"] = way.route.original_route, steps
                return way, values
        return None


def _key(method: str, path: str) -> tuple[str, str, int]:
    return method, path.split("/", 2)[1] if path.startswith("/") else "", path.count("/")


def _has_more(dependant: Dependant) -> bool:
    """Whether it takes something that is not laid out here."""
    names = "http_connection", "websocket", "background_tasks", "security_scopes"
    more = [dependant.body_params, dependant.cookie_params]
    return any(more) or not dependant.use_cache or any(getattr(dependant, f"{name}_param_name") for name in names)


def _is_many(annotation: Any) -> bool:
    """Whether it takes several values."""
    return get_origin(annotation) in (list, tuple, set) or any(map(_is_many, get_args(annotation)))
