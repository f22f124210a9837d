"""The history of one aggregate: what happened, who did it and why, what it changed, and what stood at any point."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, is_dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

import msgspec

import domain
from domain.shared.aggregate import Aggregate
from infrastructure.event_log import EventLog, RecordedEvent

_BOOKKEEPING = {"id", "version", "modified_on", "pending"}
_ENVELOPE = {"originator_id", "originator_version", "timestamp"}


@dataclass(frozen=True, slots=True)
class Change:
    """One part of the aggregate's state by its path (`revisions.1.lines`); a value is None where there was none."""

    path: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Entry:
    """One event of the aggregate, as its recorder and its readers see it. Values are plain data, as in JSON."""

    version: int
    position: int
    effective_at: datetime
    """When it took effect in the business."""
    recorded_at: datetime
    actor: str
    on_behalf_of: str | None
    command: str | None
    reason: str | None
    event: str
    """The stored name, such as `quoting.Quote.Accepted`."""
    happened: str
    """The same in words: `quote accepted`."""
    fields: dict[str, Any]
    changes: list[Change]


@dataclass(frozen=True, slots=True)
class History:
    """An aggregate at some point: how it stood, and all that had happened by then."""

    aggregate_id: UUID
    kind: str
    version: int
    as_of: int
    """The position of the log up to which this was asked."""
    state: dict[str, Any]
    entries: list[Entry]


class BuiltOnTheFuture(Exception):
    """An event that had taken effect by then changes something that had not: no such state ever stood."""

    def __init__(self, version: int) -> None:
        super().__init__(f"Version {version} builds on an event that took effect later than the date asked for.")
        self.version = version


async def history(
    log: EventLog, aggregate_id: UUID, *, as_of: int | datetime | None = None, effective: date | datetime | None = None
) -> History | None:
    """All that happened to one aggregate; None if nothing had.

    `as_of` is a position of the log, or an instant at which something was recorded or not. `effective` leaves out what
    took effect later; a plain date ends with its last moment in UTC. Raises `BuiltOnTheFuture`, `DatabaseUnavailable`.
    """
    position = await log.position_at(as_of) if isinstance(as_of, datetime) else as_of
    if position is None:
        position = await log.head()
    events = await log.events_of(aggregate_id, up_to_position=position)
    until = _end_of(effective) if effective is not None else None
    events = [each for each in events if until is None or each.event.timestamp <= until]
    if not events:
        return None
    kind = events[0].topic.rpartition(".")[0]
    aggregate = Aggregate.KINDS[kind](aggregate_id)
    entries = list(_entries(aggregate, events))
    return History(aggregate_id, kind, aggregate.version, position, state_of(aggregate), entries)


def import_domain() -> None:
    """Make every aggregate and event known, so that any history can be read."""
    for module in pkgutil.walk_packages(domain.__path__, f"{domain.__name__}."):
        importlib.import_module(module.name)


def state_of(aggregate: Aggregate) -> dict[str, Any]:
    """The aggregate's public attributes as plain data."""
    attributes = vars(aggregate).items()
    return {name: plain(value) for name, value in attributes if name not in _BOOKKEEPING and not name.startswith("_")}


def plain(value: Any) -> Any:
    """The value as JSON would hold it: decimals and dates as strings, everything in a fixed order."""
    return msgspec.to_builtins(value, str_keys=True, enc_hook=_plain_object, order="deterministic")


def _plain_object(value: Any) -> Any:
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else dict(vars(value))


def _end_of(effective: date | datetime) -> datetime:
    return effective if isinstance(effective, datetime) else datetime.combine(effective, time.max, UTC)


def _entries(aggregate: Aggregate, events: Sequence[RecordedEvent]) -> Iterator[Entry]:
    before: dict[str, Any] = {}
    for recorded in events:
        try:
            recorded.event.apply(aggregate)
        except Exception:
            if aggregate.version + 1 == recorded.originator_version:
                raise
            raise BuiltOnTheFuture(recorded.originator_version) from None
        aggregate.version, aggregate.modified_on = recorded.originator_version, recorded.event.timestamp
        after = state_of(aggregate)
        yield _entry(recorded, list(_changes("", before, after)))
        before = after


def _entry(recorded: RecordedEvent, changes: list[Change]) -> Entry:
    event, metadata = recorded.event, recorded.metadata
    kind, _, name = event.TOPIC.partition("@")[0].rpartition(".")
    return Entry(
        version=recorded.originator_version,
        position=recorded.position,
        effective_at=event.timestamp,
        recorded_at=recorded.recorded_at,
        actor=str(metadata.get("actor", "")),
        on_behalf_of=metadata.get("on_behalf_of"),
        command=metadata.get("command"),
        reason=metadata.get("reason"),
        event=recorded.topic,
        happened=f"{_words(kind.rpartition('.')[2])} {_words(name)}",
        fields={name: plain(value) for name, value in vars(event).items() if name not in _ENVELOPE},
        changes=changes,
    )


def _words(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", " ", name).lower()


def _changes(path: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    """The topmost parts that differ: what is new or gone is told as a whole."""
    for name in sorted(before.keys() | after.keys()):
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        here = f"{path}.{name}" if path else name
        if isinstance(old, dict) and isinstance(new, dict):
            yield from _changes(here, old, new)
        else:
            yield Change(here, old, new)
