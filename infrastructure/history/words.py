"""What a person reads of a change: plain words instead of paths, amounts with their currency, names beside ids."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from infrastructure.history.states import Part, is_money, singular

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_OPEN_ENDS = {"0001-01-01", "9999-12-31"}
"""Days that stand for none."""
_MOST_FIELDS = 8
_MOST_ENTRIES = 12
_HEADLINES = ("line_id", "number", "quantity", "item_name", "name", "sku", "reason", "net_price")
"""What a reader wants to know first of something that is new."""
_SHORTER = {"totals tax inclusive amount": "total", "totals tax exclusive amount": "total without tax"}


def words_of(name: str) -> str:
    """`PaymentApplied` and `payment_applied` are `payment applied`."""
    return re.sub(r"(?<!^)(?=[A-Z])", " ", name).lower().replace("_", " ")


def happened(topic: str) -> str:
    """The stored name of an event in words: `quoting.Quote.Accepted` is `quote accepted`."""
    kind, _, name = topic.partition("@")[0].rpartition(".")
    return f"{words_of(kind.rpartition('.')[2])} {words_of(name)}"


def told(part: Part, names: Mapping[str, str]) -> str:
    """The change in a line, such as `line 2 quantity: 3 → 5`; `names` are what ids are known by."""
    subject = _subject(part.path, names)
    before, after = part.before, part.after
    if before is None:
        added = " added" if _is_key(part.path[-1]) and isinstance(after, dict) and not is_money(after) else ""
        return f"{subject}{added}: {text_of(after, names)}"
    if after is None and isinstance(before, dict) and not is_money(before):
        return f"{subject} removed: {text_of(before, names)}"
    return f"{subject}: {text_of(before, names)} → {text_of(after, names)}"


def text_of(value: Any, names: Mapping[str, str]) -> str:
    """One value as a person writes it."""
    if value is None or value in ("", [], (), {}) or (isinstance(value, str) and value in _OPEN_ENDS):
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if is_money(value):
        return f"{value['amount']} {value['currency']}"
    if isinstance(value, dict):
        return _summary(value, names)
    if isinstance(value, list | tuple):
        more = f", … and {len(value) - _MOST_ENTRIES} more" if len(value) > _MOST_ENTRIES else ""
        return ", ".join(text_of(entry, names) for entry in value[:_MOST_ENTRIES]) + more
    return _named(str(value), names)


def ids_in(value: Any) -> set[UUID]:
    """Every id that stands in plain data, as a value or a key."""
    if isinstance(value, dict):
        return {found for pair in value.items() for part in pair for found in ids_in(part)}
    if isinstance(value, list | tuple):
        return {found for part in value for found in ids_in(part)}
    return {UUID(value)} if isinstance(value, str) and _UUID.fullmatch(value) else set()


def _subject(path: tuple[str, ...], names: Mapping[str, str]) -> str:
    """`lines`, `2`, `quantity`: line 2 quantity."""
    steps: list[str] = []
    for step in path:
        if _is_key(step) and steps:
            steps[-1] = singular(steps[-1])
        steps.append(_named(step, names) if _is_key(step) else words_of(step))
    subject = " ".join(steps)
    return _SHORTER.get(subject, subject)


def _is_key(step: str) -> bool:
    """Names of fields are identifiers; ids, numbers and days are not."""
    return not step.isidentifier()


def _named(text: str, names: Mapping[str, str]) -> str:
    return f"{names[text]} ({text[:8]})" if text in names else text


def _summary(value: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """What stands directly in it, the telling parts first, and of what lies within only what it is called."""
    order = sorted(value, key=lambda name: _HEADLINES.index(name) if name in _HEADLINES else len(_HEADLINES))
    said = [(name, _part(value[name], names)) for name in order]
    fields = [f"{words_of(name)} {text}" for name, text in said if text not in ("none", "no", "0")]
    return ", ".join([*fields[:_MOST_FIELDS], *(["…"] if len(fields) > _MOST_FIELDS else [])]) or "…"


def _part(value: Any, names: Mapping[str, str]) -> str:
    if isinstance(value, dict) and not is_money(value):
        entries = [value, *value.values()]
    elif isinstance(value, list | tuple):
        entries = list(value)
    else:
        return text_of(value, names)
    briefs = [_brief(entry) for entry in entries if isinstance(entry, dict)]
    return "; ".join(f"({brief})" for brief in briefs[:_MOST_ENTRIES] if brief) or ("…" if entries else "none")


def _brief(value: Mapping[str, Any]) -> str:
    parts = (value.get(name) for name in _HEADLINES)
    return " ".join(str(part) for part in parts if isinstance(part, str | int) and part not in ("", False))
