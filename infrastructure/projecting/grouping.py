"""Which effects may be sent together: one statement for many rows costs a third of one for each."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from projections.shared import Effect, ReadModel

_TABLE = re.compile(r"create\s+(?:unlogged\s+)?table\s+(?:if\s+not\s+exists\s+)?(\w+)", re.IGNORECASE)
_TIES = re.compile(r"\b(references|trigger|rule|function|view)\b", re.IGNORECASE)
_WORD = re.compile(r"\w+")


def groups(model: type[ReadModel], effects: Iterable[Effect]) -> list[list[int]]:
    """The numbers of the effects, in groups of one statement each, to be executed group after group.

    Effects change places only where they share no table, so that the rows are those of executing one after another.
    """
    found: list[list[int]] = []
    latest_of_statement: dict[str, int] = {}
    latest_on_table: dict[str, int] = {}
    last, group = None, 0
    for number, effect in enumerate(effects):
        if effect.sql == last:
            found[group].append(number)
            continue
        last = effect.sql
        tables = _tables_of(model.tables, last)
        known = latest_of_statement.get(last)
        if known is None or any(latest_on_table.get(table) != known for table in tables):
            group = len(found)
            found.append([])
            latest_of_statement[last] = group
            latest_on_table.update(dict.fromkeys(tables, group))
        else:
            group = known
        found[group].append(number)
    return found


@cache
def _tables_of(definition: str, sql: str) -> frozenset[str]:
    """The tables that a statement may touch. Where tables are tied to one another, that is any of them."""
    tables = _tables(definition)
    named = tables & {word.lower() for word in _WORD.findall(sql)}
    return tables if _TIES.search(definition) or not named else named


@cache
def _tables(definition: str) -> frozenset[str]:
    return frozenset(name.lower() for name in _TABLE.findall(definition)) | {"position"}
