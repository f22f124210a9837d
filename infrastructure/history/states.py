"""How an aggregate stands, as plain data, and what differs between two such states."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields, is_dataclass
from typing import Any

import msgspec

from domain.shared.aggregate import Aggregate

_BOOKKEEPING = {"id", "version", "modified_on", "pending"}
_NATURAL_KEYS = (
    ("line_id",),
    ("number",),
    ("tax",),
    ("jurisdiction", "tax_class", "valid_from"),
    ("valid_from",),
    ("due_date",),
    ("invoice_date",),
    ("side", "name"),
    ("document_id",),
    ("source",),
    ("reason",),
    ("name",),
)
"""What tells the entries of a list apart, the first that does: a line is known by its id, not by its place."""

_EMPTY: tuple[Any, ...] = (None, "", [], (), {})
"""What comes into being without telling anything."""

Standing = dict[str, Any]
"""An aggregate's attributes as plain data."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part that is not the same: where, by names and keys; None is where there was nothing."""

    path: tuple[str, ...]
    before: Any
    after: Any


def state_of(aggregate: Aggregate) -> Standing:
    """The aggregate's public attributes as plain data."""
    return {name: plain(value) for name, value in _attributes(aggregate).items()}


class Standings:
    """How one aggregate stands, again and again: what has not changed since is not put into plain data anew."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Any, Any]] = {}

    def of(self, aggregate: Aggregate) -> Standing:
        """As `state_of`, but what is one of several (such as the revision that is open) is named, not told twice."""
        attributes = _attributes(aggregate)
        several = {
            id(one): f"{singular(name)} {key}"
            for name, value in attributes.items()
            if isinstance(value, dict)
            for key, one in value.items()
            if is_dataclass(one)
        }
        return {name: several.get(id(value)) or self._plain(value) for name, value in attributes.items()}

    def _plain(self, value: Any) -> Any:
        known = self._known.get(id(value))
        if known is not None and known[0] is value:
            return known[1]
        if isinstance(value, dict):
            return {str(key): self._plain(part) for key, part in value.items()}
        if isinstance(value, list):
            return [self._plain(part) for part in value]
        if is_dataclass(value) and not _is_frozen(value):
            return {field.name: self._plain(getattr(value, field.name)) for field in fields(value)}
        found = plain(value)
        if is_dataclass(value) or isinstance(value, tuple):
            # The value is kept with its id, so that no other one gets it.
            self._known[id(value)] = value, found
        return found


def _is_frozen(value: Any) -> bool:
    return bool(getattr(type(value), "__dataclass_params__").frozen)  # noqa: B009 (no type declares it)


def differences(before: Any, after: Any, path: tuple[str, ...] = ()) -> Iterator[Part]:
    """The topmost parts that differ: what is new or gone is told as a whole, but each entry of a list by itself."""
    if before == after or (before is None and after in _EMPTY):
        return
    parts = _parts(before, after)
    if parts is None:
        yield Part(path, before, after)
        return
    old, new = parts
    for name in sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name)):
        yield from differences(old.get(name), new.get(name), (*path, name))


def plain(value: Any) -> Any:
    """The value as JSON would hold it: decimals and dates as strings, everything in a fixed order."""
    return msgspec.to_builtins(value, str_keys=True, enc_hook=_plain_object, order="deterministic")


def is_money(value: Any) -> bool:
    """Whether this is an amount in a currency: one value, not two."""
    return isinstance(value, dict) and value.keys() == {"amount", "currency"}


def singular(name: str) -> str:
    """`lines` is `line`."""
    return name.removesuffix("s")


def _attributes(aggregate: Aggregate) -> dict[str, Any]:
    attributes = vars(aggregate).items()
    return {name: value for name, value in attributes if name not in _BOOKKEEPING and not name.startswith("_")}


def _plain_object(value: Any) -> Any:
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else dict(vars(value))


def _parts(before: Any, after: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Both sides by names or natural keys; None where they are to be told as a whole."""
    if isinstance(before, dict) and isinstance(after, dict):
        return None if is_money(before) and is_money(after) else (before, after)
    lists = [side or [] for side in (before, after) if isinstance(side, list | tuple | None)]
    if len(lists) < 2 or not any(lists):
        return None
    for names in _NATURAL_KEYS:
        keyed = [_keyed(entries, names) for entries in lists]
        if keyed[0] is not None and keyed[1] is not None:
            return keyed[0], keyed[1]
    return None


def _keyed(entries: Sequence[Any], names: tuple[str, ...]) -> dict[str, Any] | None:
    """The entries by that key; None where it does not tell them apart."""
    if not all(isinstance(entry, dict) and entry.keys() >= set(names) for entry in entries):
        return None
    keyed = {" ".join(_key(entry[name]) for name in names): entry for entry in entries}
    return keyed if len(keyed) == len(entries) else None


def _key(value: Any) -> str:
    return " ".join(str(part) for part in value.values() if part) if isinstance(value, dict) else str(value)
