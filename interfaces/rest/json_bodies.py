"""Strict JSON: what a body may be, and clear words for what it may not. Nothing of the body is ever echoed."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from functools import cache
from typing import Any, NoReturn

from fastapi import Request
from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from interfaces.rest.requests import BodyInvalid, BodyMalformed, BodyTooLarge, FieldError

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
            return adapter_of(command).validate_json(b"[" + body + b"]")[0]
        except ValidationError as error:
            if error.error_count() > MOST_ERRORS:
                raise BodyInvalid([], f"More than {MOST_ERRORS:,} values are invalid.") from None
            raise BodyInvalid([_field_error(one) for one in error.errors(include_input=False)]) from None

    return parse


@cache
def adapter_of(command: type) -> TypeAdapter[list[Any]]:
    """Validates and describes one command."""
    return TypeAdapter(list[command], config=ConfigDict(strict=True, extra="forbid"))  # type: ignore[valid-type]


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


def _field_error(error: ErrorDetails) -> FieldError:
    location, message = error["loc"][1:], error["msg"]
    if error["type"] == "unexpected_keyword_argument":
        # Its name is whatever the sender wrote: only where it stands is told.
        location, message = location[:-1], "There is a field here that is not known."
    elif error["type"] == "uuid_parsing":
        message = message.partition(",")[0]  # the rest quotes it
    return FieldError("".join(f"/{part}" for part in location), message)
