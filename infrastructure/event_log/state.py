"""What an aggregate came to, as JSON and back: its attributes, beside the types that they have.

The types are those of the values, not of a declaration. What is not made of the few known here and of dataclasses, or
would come back as anything else than it is, is refused. No class is imported by a stored name.
"""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache, reduce
from hashlib import sha256
from operator import attrgetter
from pathlib import Path
from types import NoneType
from typing import Any, TypedDict
from uuid import UUID

import msgspec

from domain.shared.aggregate import Aggregate
from infrastructure.event_log import codec

SCALARS: dict[type, str] = {kind: kind.__name__ for kind in (NoneType, bool, int, str, UUID, Decimal, date, datetime)}
CONTAINERS: dict[type, str] = {kind: kind.__name__ for kind in (list, set, tuple, dict)}
NAMED: dict[str, Any] = {name: kind for kind, name in (SCALARS | CONTAINERS).items()}
NOTHING = ""
"""The type of what is in an empty container."""
GIVEN = {"id", "pending"}
"""What an aggregate has before its first event, and gets from none."""
Type = str | tuple[Any, ...]
"""A name, or the name of a container and the types of what is in it."""

_encoder = msgspec.json.Encoder(decimal_format="string")


class NotKept(Exception):
    """The state is made of something that would not come back as it is."""


class _Kept(msgspec.Struct):
    types: msgspec.Raw
    state: msgspec.Raw


_kept = msgspec.json.Decoder(_Kept)


def state_of(aggregate: Aggregate) -> bytes:
    """All that events have made of it. Raises NotKept."""
    attributes = {name: value for name, value in vars(aggregate).items() if name not in GIVEN}
    _refuse_shared(attributes, set())
    types = {name: _type_of(value) for name, value in attributes.items()}
    again = type(aggregate)(aggregate.id)
    try:
        kept = _encoder.encode({"types": types, "state": attributes})
        restore(again, kept)
    except (msgspec.MsgspecError, TypeError, ValueError, LookupError, AttributeError) as error:
        raise NotKept(repr(error)) from None
    for name, value in attributes.items():
        if not same(value, getattr(again, name)):
            raise NotKept(f"{name} comes back as something else")
    return kept


def restore(aggregate: Aggregate, kept: bytes) -> None:
    """Make a new aggregate what another one was. Raises whatever is wrong with bytes that are of no such state."""
    parts = _kept.decode(kept)
    vars(aggregate).update(_decoder(bytes(parts.types)).decode(parts.state))


def same(one: Any, other: Any) -> bool:
    """Whether nothing tells them apart, be it types, digits of decimals, time zones or the order of dictionaries."""
    if type(one) is not type(other) or not _same_attributes(one, other):
        return False
    if isinstance(one, dict):
        return same(list(one.items()), list(other.items()))
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, Decimal | datetime):
        return repr(one) == repr(other)
    if dataclasses.is_dataclass(one):
        return same(_fields(one), _fields(other))
    # Of what is only equal to itself, the attributes tell all.
    return bool(one == other) or (hasattr(one, "__dict__") and "__eq__" not in vars(type(one)))


def _same_attributes(one: Any, other: Any) -> bool:
    """The same of what two of a kind have been given."""
    return not hasattr(one, "__dict__") or same(vars(one), vars(other))


def fingerprint(kind: type[Aggregate]) -> bytes:
    """Of all code that may have a say in what events make of such an aggregate."""
    packages = sorted({part.__module__.partition(".")[0] for part in kind.__mro__} - {"builtins"})
    return sha256(b"".join([kind.KIND.encode(), _encoding(), *map(source, packages)])).digest()


@cache
def source(package: str) -> bytes:
    """Digest of everything in a package, as it was when it was first asked for."""
    module = sys.modules[package]
    folders = [Path(folder) for folder in getattr(module, "__path__", ())]
    files = [path for folder in folders for path in folder.rglob("*.py")] or [Path(str(module.__file__))]
    return _digest(sorted(files))


@cache
def _encoding() -> bytes:
    return _digest([Path(__file__), Path(codec.__file__)])


def _digest(files: Iterable[Path]) -> bytes:
    return sha256(b"".join(sha256(file.read_bytes()).digest() for file in files)).digest()


def _type_of(value: Any) -> Type:
    kind = type(value)
    if kind in SCALARS:
        return SCALARS[kind]
    if kind is dict:
        return ("dict", _common(value), _common(value.values()))
    if kind in CONTAINERS:
        return (CONTAINERS[kind], _common(value))
    if dataclasses.is_dataclass(kind):
        return f"{kind.__module__}:{kind.__qualname__}"
    raise NotKept(f"a {kind.__qualname__}")


def _common(values: Iterable[Any]) -> Type:
    nothing: Type = NOTHING
    return reduce(_either, map(_type_of, values), nothing)


def _either(one: Type, other: Type) -> Type:
    """What both are, where an empty container is one of anything."""
    if other in (one, NOTHING):
        return one
    if one == NOTHING:
        return other
    if isinstance(one, tuple) and isinstance(other, tuple) and one[0] == other[0]:
        return (one[0], *map(_either, one[1:], other[1:]))
    raise NotKept(f"{one} beside {other}")


def _refuse_shared(value: Any, seen: set[int]) -> None:
    """What changes in one place and is seen in another would come back as two."""
    kind = type(value)
    parameters = vars(kind).get("__dataclass_params__")
    if kind in (dict, list, set) or (parameters is not None and not parameters.frozen):
        if id(value) in seen:
            raise NotKept(f"a {kind.__qualname__} in two places")
        seen.add(id(value))
    if kind is dict:
        value = (*value, *value.values())
    elif parameters is not None:
        value = _fields(value)
    elif kind not in CONTAINERS:
        return
    for part in value:
        _refuse_shared(part, seen)


def _fields(value: Any) -> list[Any]:
    return [getattr(value, field.name) for field in dataclasses.fields(value)]


@lru_cache(maxsize=1_000)
def _decoder(types: bytes) -> msgspec.json.Decoder[dict[str, Any]]:
    attributes = {name: _typed(it) for name, it in msgspec.json.decode(types).items()}
    typed_dict: Any = TypedDict
    return msgspec.json.Decoder(typed_dict("State", attributes))


def _typed(stored: str | list[Any]) -> Any:
    if isinstance(stored, list):
        container, *inner = stored
        parts = [*map(_typed, inner), *([...] if container == "tuple" else [])]
        return NAMED[container][tuple(parts)]
    if stored == NOTHING:
        return Any
    module, _, name = stored.partition(":")
    if not name:
        return NAMED[stored]
    found = attrgetter(name)(sys.modules[module])
    if not dataclasses.is_dataclass(found):
        raise LookupError(stored)
    return found
