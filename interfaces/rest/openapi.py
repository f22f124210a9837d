"""The OpenAPI description: FastAPI's own, completed with the bodies of the commands and the problems."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute, iter_route_contexts
from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from application.access import ASKED_WHY, OPEN, POLICY, WHERE_ASKED
from interfaces.rest.access import LONGEST, PURPOSE, operation_of
from interfaces.rest.executing import CommandRoute
from interfaces.rest.json_bodies import adapter_of
from interfaces.rest.problems import Problem

REF = "#/components/schemas/{model}"
PURPOSE_PARAMETER = {
    "name": PURPOSE,
    "in": "header",
    "required": False,
    "description": f"Why you look: a ticket or a case. Required of {' and '.join(sorted(ASKED_WHY))}, "
    "where no other role of theirs lets them; it is kept with the access.",
    "schema": {"type": "string", "maxLength": LONGEST},
    "example": "CASE-4711",
}


class Described(GenerateJsonSchema):
    """Decimals are strings on the way in as on the way out."""

    def decimal_schema(self, schema: core_schema.DecimalSchema) -> JsonSchemaValue:
        """No exponent, as many digits as `check_values` lets pass; signed only where the command allows it."""
        low = schema.get("gt", schema.get("ge"))
        sign = "" if low is not None and low >= 0 else "-?"
        return {"type": "string", "pattern": rf"^{sign}[0-9]{{1,15}}(\.[0-9]{{1,12}})?$", "examples": ["19.90"]}


def describe(app: FastAPI, routes: list[CommandRoute]) -> dict[str, Any]:
    """The whole interface as OpenAPI 3.1."""
    description = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
    components = description.setdefault("components", {}).setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        components.pop(unused, None)
    adapters: list[tuple[Any, Any, TypeAdapter[Any]]] = [
        (route.command, "validation", adapter_of(route.command)) for route in routes
    ]
    adapters.append((Problem, "serialization", TypeAdapter(Problem)))
    refs, schema = TypeAdapter.json_schemas(adapters, ref_template=REF, schema_generator=Described)
    components.update(schema.get("$defs", {}))
    for route in routes:
        reference = refs[(route.command, "validation")]["items"]
        operation = description["paths"][route.path_format]["post"]
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": reference}}}
    _say_who_may(app, description)
    return description


def _say_who_may(app: FastAPI, description: dict[str, Any]) -> None:
    """The operation that each route is held against, and what proves who asks."""
    schemes = description["components"].setdefault("securitySchemes", {})
    schemes["token"] = {"type": "http", "scheme": "bearer", "description": "A session's token, or a key."}
    for route in iter_route_contexts(app.routes):
        if isinstance(route.original_route, APIRoute) and route.path in description["paths"]:
            operation = operation_of(route.original_route)
            for method in route.methods or ():
                told = description["paths"][route.path][method.lower()]
                told["x-operation"] = operation
                if operation not in OPEN:
                    told["security"] = [{"token": []}]
                    told["x-scopes"] = {role: scope.name.lower() for role, scope in sorted(POLICY[operation].items())}
                    told["x-roles"] = list(told["x-scopes"])
                if operation in WHERE_ASKED:
                    told.setdefault("parameters", []).append(PURPOSE_PARAMETER)
