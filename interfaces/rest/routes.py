"""What a path takes, as its routes say: which methods, which parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from fastapi import FastAPI, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts

from interfaces.rest.requests import FieldError, ParameterUnknown, pointer_to

OF_FILES = ["GET", "HEAD"]
MOST_TOLD = 20

_known: dict[Callable[..., Any], frozenset[str]] = {}
"""The parameters of the query by endpoint."""


def methods_of(app: FastAPI, path: str) -> list[str]:
    """All methods of a path that is there, whichever routes take them; those of files where no route has it."""
    found = {
        method
        for route in iter_route_contexts(app.routes)
        for method in route.methods or ()
        if route.path_regex.match(path)
    }
    return sorted(found) or OF_FILES


async def only_known(request: Request) -> None:
    """A dependency: whoever asks by a parameter that the route does not know is told so, since an answer would be one
    to another question. Raises ParameterUnknown."""
    if not request.scope["query_string"]:
        return
    route = request.scope["route"]
    known = _known.get(route.endpoint)
    if known is None:
        known = _known[route.endpoint] = frozenset(_parameters(route.dependant))
    unknown = (name for name in request.query_params if name not in known)
    errors = [
        FieldError(pointer_to(["query"], name), "There is no such parameter.") for name in islice(unknown, MOST_TOLD)
    ]
    if errors:
        raise ParameterUnknown(f"Known here: {', '.join(sorted(known)) or 'none'}.", errors)


def _parameters(dependant: Dependant) -> Iterator[str]:
    """The names of those that it takes itself, and of those that what it depends on takes."""
    yield from (each.alias for each in dependant.query_params)
    for one in dependant.dependencies:
        yield from _parameters(one)
