"""What the OpenAPI description says of headers: which a request needs, and which an answer bears."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from interfaces.rest.reading import INCOMPLETE

NEEDED = ("Idempotency-Key", "If-Match")
"""What asks for one of them is refused without it, in words of its own: to FastAPI they are optional."""
ALWAYS = ("Q2C-Request-Id", "RateLimit", "RateLimit-Policy")
AGAIN = ("429", "503")
TEXT = {"type": "string"}
HEADERS: dict[str, dict[str, Any]] = {
    "ETag": {"description": "The version, for `If-Match`.", "schema": TEXT, "example": '"2"'},
    INCOMPLETE: {"description": "The read model, where it lacks something that was asked for.", "schema": TEXT},
    "Retry-After": {"description": "Seconds until it is worth asking again.", "schema": {"type": "integer"}},
    "RateLimit": {
        "description": "How the sender stands within the limit of that name: how often more, within how many seconds.",
        "schema": TEXT,
        "example": '"queries";r=59999;t=60',
    },
    "RateLimit-Policy": {
        "description": "The limit of that name: how often, within how many seconds.",
        "schema": TEXT,
        "example": '"queries";q=60000;w=60',
    },
    "Q2C-Request-Id": {"description": "Finds this answer in logs.", "schema": TEXT},
}


def describe_headers(operation: dict[str, Any], has_version: bool) -> None:
    """Complete an operation's parameters and successes; `has_version` where it answers something that has one."""
    parameters = {one["name"]: one for one in operation.get("parameters", ())}
    for name in parameters.keys() & NEEDED:
        schema = parameters[name]["schema"]
        (text,) = (kind for kind in schema.pop("anyOf") if kind["type"] == "string")
        parameters[name] |= {"required": True, "schema": {**text, **schema}}
    names = ["ETag"] if has_version or NEEDED[0] in parameters else []
    names += [INCOMPLETE] if {"after", "position"} <= parameters.keys() else []
    for status, response in operation["responses"].items():
        if status < "400":
            response["headers"] = _described(names)


def refusals(operations: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """The refusals of all of them, by status: each is told once, and the operations refer to it."""
    found: dict[str, Any] = {}
    for operation in operations:
        for status, response in operation["responses"].items():
            if status >= "400":
                found[status] = {**response, "headers": _described(["Retry-After"] if status in AGAIN else [])}
                operation["responses"][status] = {"$ref": f"#/components/responses/{status}"}
    return found


def _described(names: Iterable[str]) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in (*ALWAYS, *names)}
