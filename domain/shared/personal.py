"""What tells of a person: marked where it is declared, sealed before an event bears it, opened only at the edges.

A sealed text stands where the text itself would stand. Whoever has no key sees whose it is and of what class, and that
two of them are the same; nothing else.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, Literal, TypeVar, get_args, get_origin, get_type_hints

T = TypeVar("T")

SEALED = "sealed:1:"
"""What every sealed text begins with."""
ERASED, HIDDEN, UNREADABLE = "[erased]", "[hidden]", "[unreadable]"
"""What stands for a text whose key is destroyed; that is not for whoever looks; that no key opens."""
NOT_TOLD = frozenset((ERASED, HIDDEN, UNREADABLE))


class KeyClass(StrEnum):
    """Why personal data is kept, and therefore how long."""

    PROFILE = "profile"
    """To do business: gone when its subject is erased."""
    LEGAL = "legal"
    """Because the law wants it: gone when its retention has ended, too."""


@dataclass(frozen=True, slots=True)
class PersonalData:
    """Marks a field whose content tells of a person, so that storage and display know it without a list."""

    key_class: KeyClass
    found_as: Literal["name", "contact", "email", "phone", "vat_id"] | None = None
    """What somebody may quote to find its subject."""
    carried: bool = False
    """From an earlier event, which may be older than the mark: then it goes on in plain, as it stands there."""


PROFILE = PersonalData(KeyClass.PROFILE)
LEGAL = PersonalData(KeyClass.LEGAL)
Profile = Annotated[str, PROFILE]
Legal = Annotated[str, LEGAL]


def is_sealed(text: str) -> bool:
    """Whether it is no longer in plain. Nothing that comes from outside may look like it."""
    return text.startswith(SEALED)


@dataclass(frozen=True, slots=True)
class _Fields:
    """The fields of a class that hold something personal, themselves or deeper."""

    texts: Mapping[str, PersonalData]
    values: tuple[str, ...]


def is_personal(kind: type) -> bool:
    """Whether something of that class may hold personal data."""
    fields = _fields(kind)
    return bool(fields.texts or fields.values)


def with_personal(value: T, replaced: Callable[[str, PersonalData, str], str]) -> T:
    """The value with each personal text in it replaced: given the text, what it is, and the class and name of its
    field. An empty text tells nothing and stays."""
    if isinstance(value, tuple):
        return tuple(with_personal(each, replaced) for each in value)  # type: ignore[return-value]
    if not dataclasses.is_dataclass(value):
        return value
    kind: type = type(value)
    fields = _fields(kind)
    changes: dict[str, Any] = {}
    for name, data in fields.texts.items():
        if text := getattr(value, name):
            changes[name] = replaced(text, data, f"{kind.__name__}.{name}")
    for name in fields.values:
        changes[name] = with_personal(getattr(value, name), replaced)
    return dataclasses.replace(value, **changes) if changes else value  # type: ignore[type-var]


@cache
def _fields(kind: type) -> _Fields:
    texts: dict[str, PersonalData] = {}
    values: list[str] = []
    if dataclasses.is_dataclass(kind):
        hints = get_type_hints(kind, include_extras=True)
        for field in dataclasses.fields(kind):
            marks, kinds = _marks_and_kinds(hints[field.name])
            if marks:
                texts[field.name] = marks[0]
            elif any(is_personal(each) for each in kinds if each is not kind):
                values.append(field.name)
    return _Fields(texts, tuple(values))


def _marks_and_kinds(hint: Any) -> tuple[list[PersonalData], list[type]]:
    """How a type is marked, and the classes that it is put together from."""
    if isinstance(hint, type) and get_origin(hint) is None:
        return [], [hint]
    marks = [mark for mark in getattr(hint, "__metadata__", ()) if isinstance(mark, PersonalData)]
    kinds: list[type] = []
    for part in get_args(hint):
        inner, within = _marks_and_kinds(part)
        marks += inner
        kinds += within
    return marks, kinds
