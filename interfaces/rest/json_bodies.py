"""Strict JSON: what a body may be, and clear words for what it may not. No value of the body is ever echoed."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, NoReturn, get_args, get_type_hints

from fastapi import Request
from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic_core import CoreConfig, ErrorDetails, SchemaValidator
from pydantic_core.core_schema import chain_schema, str_schema

from interfaces.rest.requests import BodyInvalid, BodyMalformed, BodyTooLarge, FieldError, pointer_to

LARGEST = 4 * 1024 * 1024
"""Bytes. A command may have a `LARGEST_BODY` of its own."""
MOST_VALUES = 150_000
"""A document of 5,000 lines has some 80,000. Each takes some hundred bytes of memory, however few in the body."""
MOST_NAMES = 1_000
"""Of one object."""
MOST_ERRORS = 1_000
DEEPEST = 20


@cache
def parser_of(command: type) -> Callable[[Request], Awaitable[Any]]:
    """A dependency that gives the command that a request's body holds; the same one each time, so that whoever else
    depends on it is given the same command."""

    async def parse(request: Request) -> Any:
        body = await _body(request, getattr(command, "LARGEST_BODY", LARGEST))
        _check(body)
        try:
            # In an array, whose strictness reaches the dataclasses within: they have no settings of their own.
            return _validator_of(command).validate_json(b"[" + body + b"]")[0]
        except ValidationError as error:
            if error.error_count() > MOST_ERRORS:
                raise BodyInvalid([], f"More than {MOST_ERRORS:,} values are invalid.") from None
            raise BodyInvalid([*_field_errors(command, error.errors(include_input=False))]) from None

    return parse


@cache
def adapter_of(command: type, describing: bool = False) -> TypeAdapter[list[Any]]:
    """Knows what a body of one command holds; for whoever describes it, in words, too, which takes longer."""
    config = ConfigDict(strict=True, extra="forbid", use_attribute_docstrings=describing)
    return TypeAdapter(list[command], config=config)  # type: ignore[valid-type]


@cache
def _validator_of(command: type) -> SchemaValidator:
    schema = _with_strings(adapter_of(command).core_schema)
    return SchemaValidator(schema, CoreConfig(strict=True, extra_fields_behavior="forbid"))


def _with_strings(schema: Any) -> Any:
    """The same, with decimals as strings only: even a strict one takes whole numbers, too."""
    if isinstance(schema, list):
        return [_with_strings(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("type") == "decimal":
        return chain_schema([str_schema(), {**schema, "strict": False}])
    return {name: _with_strings(part) for name, part in schema.items()}


async def _body(request: Request, largest: int) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > largest:
            raise BodyTooLarge
    return bytes(body)


def _check(body: bytes) -> None:
    """Refuse what two readers could read differently: repeated names, binary fractions, NaN, lone surrogates. And what
    takes much more memory than bytes."""
    openings = body.count(b"[") + body.count(b"{")
    if openings + body.count(b",") > MOST_VALUES:
        raise BodyTooLarge
    try:
        value = _decoded(body.decode("utf-8"))
    except UnicodeDecodeError:
        raise BodyMalformed("The body is not UTF-8.") from None
    except json.JSONDecodeError as error:
        raise BodyMalformed(f"The body is not JSON: {error.msg} at character {error.pos}.") from None
    except RecursionError:
        raise BodyMalformed(f"The body is nested deeper than {DEEPEST} levels.") from None
    if not isinstance(value, dict):
        raise BodyMalformed("The body is not a JSON object.")
    if openings > DEEPEST and _depth(value) > DEEPEST:
        raise BodyMalformed(f"The body is nested deeper than {DEEPEST} levels.")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(pairs) > MOST_NAMES:
        raise BodyMalformed(f"An object of the body has more than {MOST_NAMES:,} names.")
    unique = dict(pairs)
    if len(unique) < len(pairs):
        raise BodyMalformed("An object of the body has the same name twice.")
    return unique


def _no_fraction(_: str) -> NoReturn:
    raise BodyMalformed('Decimals are written as strings, such as "19.90": a JSON fraction may lose digits on the way.')


def _no_constant(_: str) -> NoReturn:
    raise BodyMalformed("NaN and Infinity are no JSON numbers.")


def _small(digits: str) -> int:
    if len(digits) > 18:
        raise BodyMalformed("A whole number has at most 18 digits.")
    return int(digits)


_decoded = json.JSONDecoder(
    object_pairs_hook=_unique, parse_float=_no_fraction, parse_constant=_no_constant, parse_int=_small
).decode


def _depth(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + max(map(_depth, value.values()), default=0)
    if isinstance(value, list):
        return 1 + max(map(_depth, value), default=0)
    return 0


def _field_errors(command: type, errors: Iterable[ErrorDetails]) -> Iterator[FieldError]:
    told: set[type] = set()
    for error in errors:
        place, message = list(error["loc"][1:]), error["msg"]
        if error["type"] == "unexpected_keyword_argument":
            name = place.pop()
            kind = _kind_at(command, place)
            message = "There is no such field here."
            if kind not in told:
                told.add(kind)
                message += f" Known: {', '.join(field.name for field in fields(kind)) or 'none'}."
            yield FieldError(pointer_to(place, str(name)), message)
            continue
        if error["type"] == "uuid_parsing":
            message = message.partition(",")[0]  # the rest quotes it
        yield FieldError("".join(f"/{part}" for part in place), message)


def _kind_at(command: type, place: Iterable[str | int]) -> type:
    """Which dataclass stands there: no field holds one of several."""
    kind = command
    for step in place:
        if isinstance(step, str):
            kind = next(_kinds_within(get_type_hints(kind)[step]))
    return kind


def _kinds_within(annotation: Any) -> Iterator[type]:
    if is_dataclass(annotation) and isinstance(annotation, type):
        yield annotation
    for part in get_args(annotation):
        yield from _kinds_within(part)
