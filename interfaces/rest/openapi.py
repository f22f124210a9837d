"""The OpenAPI description: FastAPI's own, completed with the bodies of the commands and the problems."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts
from pydantic import ConfigDict, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from application.access import ASKED_WHY, OPEN, POLICY, WHERE_ASKED
from interfaces.rest.access import LONGEST, PURPOSE, operation_of
from interfaces.rest.executing import CommandRoute
from interfaces.rest.json_bodies import adapter_of
from interfaces.rest.openapi_headers import HEADERS, describe_headers, refusals
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
        if self.mode == "serialization":
            return super().decimal_schema(schema)
        low = schema.get("gt", schema.get("ge"))
        sign = "" if low is not None and low >= 0 else "-?"
        return {"type": "string", "pattern": rf"^{sign}[0-9]{{1,15}}(\.[0-9]{{1,12}})?$", "examples": ["19.90"]}


def describe(app: FastAPI, commands: list[CommandRoute]) -> dict[str, Any]:
    """The whole interface as OpenAPI 3.1."""
    description = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
    routes = [route for route in iter_route_contexts(app.routes) if isinstance(route.original_route, APIRoute)]
    _describe_bodies(description, commands, routes)
    _say_who_may(description, routes)
    operations = list(_operations(description, routes))
    for route, operation in operations:
        is_read = any(one["name"] == "after" for one in operation.get("parameters", ()))
        describe_headers(operation, has_version=is_read and hasattr(route.response_model, "version"))
    told = {"headers": HEADERS, "responses": refusals(operation for _, operation in operations)}
    description["components"] |= told
    return description


def _operations(
    description: dict[str, Any], routes: list[RouteContext]
) -> Iterator[tuple[RouteContext, dict[str, Any]]]:
    for route in routes:
        for method in route.methods or ():
            yield route, description["paths"][route.path_format][method.lower()]


def _describe_bodies(description: dict[str, Any], commands: list[CommandRoute], routes: list[RouteContext]) -> None:
    """Of commands, answers and problems, all at once: what has the same name is then told apart."""
    answers = [route for route in routes if route.response_field is not None]
    adapters: list[tuple[Any, Any, TypeAdapter[Any]]] = [(Problem, "serialization", TypeAdapter(Problem))]
    adapters += [(route.endpoint, "validation", adapter_of(route.command, describing=True)) for route in commands]
    adapters += [(route.endpoint, "serialization", _answering(route)) for route in answers]
    refs, schema = TypeAdapter.json_schemas(adapters, ref_template=REF, schema_generator=Described)
    for taking in commands:
        body = {"application/json": {"schema": refs[(taking.endpoint, "validation")]["items"]}}
        description["paths"][taking.path_format]["post"]["requestBody"] = {"required": True, "content": body}
    for route, operation in _operations(description, answers):
        answer = operation["responses"][str(route.status_code or 200)]["content"]["application/json"]
        answer["schema"] = refs[(route.endpoint, "serialization")]["items"]
    _replace_schemas(description, schema["$defs"])


def _answering(route: RouteContext) -> TypeAdapter[Any]:
    return TypeAdapter(list[route.response_model], config=ConfigDict(use_attribute_docstrings=True))  # type: ignore[name-defined]


def _replace_schemas(description: dict[str, Any], schemas: dict[str, Any]) -> None:
    """Of FastAPI's own, those of parameters stay."""
    told = json.dumps(description["paths"])
    before = description["components"]["schemas"]
    kept = {name: schema for name, schema in before.items() if f'"{REF.format(model=name)}"' in told}
    description["components"]["schemas"] = dict(sorted((kept | schemas).items()))


def _say_who_may(description: dict[str, Any], routes: list[RouteContext]) -> None:
    """The operation that each route is held against, and what proves who asks."""
    schemes = description["components"].setdefault("securitySchemes", {})
    schemes["token"] = {"type": "http", "scheme": "bearer", "description": "A session's token, or a key."}
    for route, told in _operations(description, routes):
        assert isinstance(route.original_route, APIRoute)
        operation = told["x-operation"] = operation_of(route.original_route)
        if operation not in OPEN:
            told["security"] = [{"token": []}]
            told["x-scopes"] = {role: scope.name.lower() for role, scope in sorted(POLICY[operation].items())}
            told["x-roles"] = list(told["x-scopes"])
        if operation in WHERE_ASKED:
            told.setdefault("parameters", []).append(PURPOSE_PARAMETER)
