"""Several effects of one statement as fewer: rows inserted together, changes of one row as one change."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Context, Decimal
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from infrastructure.sending import Values
from projections.shared import Effect

MOST_ROWS = 64
"""In one statement; each number of rows is a statement of its own, so that they are powers of two."""

_PLACES = re.compile(r"%\((\w+)\)s")
_INSERT = re.compile(r"insert into \w+ \([\w, ]+\) values \(%\(\w+\)s(?:, %\(\w+\)s)*\)")
_UPDATE = re.compile(r"update \w+ set (.+) where (\w+ = %\(\w+\)s(?: and \w+ = %\(\w+\)s)*)")
_CHANGE = re.compile(r"\w+ = (?:(\w+) \+ )?%\((\w+)\)s")
_STRICT = re.compile(
    r"\b(check|exclude|generated|domain|trigger)\b|(numeric|decimal|char|varchar|bit)\s*\(", re.IGNORECASE
)
"""Where a value that is overwritten at once might have been refused or rounded."""
_UNIQUE = re.compile(
    r"(\w+)\s+\w+(?:\s+not\s+null)?\s+unique\b|\bunique\s+(?:index\s+on\s+\w+\s*)?\(([^()]*)\)", re.IGNORECASE
)
_EXACTLY = Context(prec=1000)
_HARMLESS = (UUID, bool, date, datetime, Decimal)
"""A value of one of these types is taken wherever another one of it is."""


class Sent(NamedTuple):
    """A statement, and how many rows it must touch (None: any number)."""

    sql: str
    values: Values
    rows: int | None


def folded(definition: str, effects: Sequence[Effect]) -> Iterable[Sent]:
    """What is as good as these effects of one statement on these tables, one after another.

    Where one of them would be refused, so is one of the statements; which, is no longer known.
    """
    sql = effects[0].sql
    if len(effects) > 1:
        if _INSERT.fullmatch(sql):
            return _inserted(sql, effects)
        change = _change(definition, sql)
        if change is not None:
            return _changed(change, effects)
    return map(_as_it_is, effects)


def _inserted(sql: str, effects: Sequence[Effect]) -> Iterator[Sent]:
    names, done = _PLACES.findall(sql), 0
    while done < len(effects):
        count = min(MOST_ROWS, 1 << (len(effects) - done).bit_length() - 1)
        some = effects[done : done + count]
        yield Sent(_inserting(sql, count), [effect.values[name] for effect in some for name in names], count)
        done += count


@cache
def _inserting(sql: str, count: int) -> str:
    """The same statement for so many rows; their places are numbered."""
    head, _, _ = sql.partition(" values ")
    width = len(_PLACES.findall(sql))
    rows = (", ".join(f"${row * width + column}" for column in range(1, width + 1)) for row in range(count))
    return f"{head} values {', '.join(f'({row})' for row in rows)}"


@dataclass(frozen=True, slots=True)
class _Change:
    """An update of rows that bear certain values: to other values, or by so much."""

    keys: Sequence[str]
    set: Sequence[str]
    added: Sequence[str]


@cache
def _change(definition: str, sql: str) -> _Change | None:
    """None where it is another statement, or one that may be refused for a value which another overwrites."""
    update = _UPDATE.fullmatch(" ".join(sql.split()))
    if update is None or _STRICT.search(definition):
        return None
    changes = [(one.partition(" ")[0], _CHANGE.fullmatch(one)) for one in update[1].split(", ")]
    keys = [one.partition(" = ")[::2] for one in update[2].split(" and ")]
    columns = [column for column, _ in changes] + [column for column, _ in keys]
    unique = {name for found in _UNIQUE.findall(definition) for name in re.findall(r"\w+", " ".join(found))}
    if len(set(columns)) < len(columns) or not unique.isdisjoint(column for column, _ in changes):
        return None
    is_set, is_added = list[str](), list[str]()
    for column, change in changes:
        if change is None or change[1] not in (None, column):
            return None
        (is_added if change[1] else is_set).append(change[2])
    return _Change([place[2:-2] for _, place in keys], is_set, is_added)


def _changed(change: _Change, effects: Sequence[Effect]) -> Iterator[Sent]:
    latest: dict[tuple[Any, ...], Effect] = {}
    for effect in effects:
        values = effect.values
        key = tuple([values[name] for name in change.keys])
        before = latest.get(key)
        if before and effect.rows == before.rows == 1 and _hides_nothing(change, before.values, values):
            if change.added:
                sums = {name: _sum(before.values[name], values[name]) for name in change.added}
                values = {**values, **sums}
        elif before:
            yield _as_it_is(before)
        latest[key] = Effect(effect.sql, values, effect.rows)
    yield from map(_as_it_is, latest.values())


def _as_it_is(effect: Effect) -> Sent:
    return Sent(effect.sql, effect.values, effect.rows)


def _sum(one: Any, other: Any) -> Any:
    return _EXACTLY.add(one, other) if isinstance(one, Decimal) else one + other


def _hides_nothing(change: _Change, before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether the values that are no longer sent would be refused only if the others are."""
    for name in change.set:
        if not _like(before[name], after[name]):
            return False
    for name in change.added:
        one, other = before[name], after[name]
        if type(one) is not type(other) or not (type(one) is Decimal or (type(one) is int and one >= 0 <= other)):
            return False
    return True


def _like(before: Any, after: Any) -> bool:
    kind = type(after)
    if type(before) is not kind:
        return False
    if kind is str:
        return "\0" not in before
    return kind in _HARMLESS or (kind is int and 0 <= before <= after)
