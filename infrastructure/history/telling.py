"""The history of one aggregate: what happened, who did it and why, what it changed, and what stood at any point."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.shared.aggregate import Aggregate, Event
from infrastructure.event_log import EventLog, RecordedEvent
from infrastructure.history.names import kind_of, name_of, names_of
from infrastructure.history.reasons import reasons_beside
from infrastructure.history.records import Record, effective_at, event_of, record_of
from infrastructure.history.states import Part, Standing, Standings, differences, plain, state_of
from infrastructure.history.words import ids_in, told
from infrastructure.points import NotInOrder, Point, position_at


@dataclass(frozen=True, slots=True)
class Change:
    """One part of the aggregate's state; a value is None where there was none."""

    path: str
    """Names and keys with dots between: `lines.2.quantity` is the quantity of the line whose id is 2."""
    before: Any
    after: Any
    told: str = field(default="", compare=False)
    """The same in words: `line 2 quantity: 3 → 5`."""


@dataclass(frozen=True, slots=True)
class Entry(Record):
    """One event of the aggregate, and what it changed."""

    changes: list[Change]

    @property
    def changed(self) -> list[str]:
        """What it changed, in words."""
        return [change.told for change in self.changes]


@dataclass(frozen=True, slots=True)
class History:
    """An aggregate at some point: how it stood, and all that had happened by then.

    Where an event cannot be read, state and version are those before it; the entries are told to the end.
    """

    aggregate_id: UUID
    kind: str
    name: str | None
    """Its number or name, where it bears one."""
    version: int
    as_of: int
    """The position of the log up to which this was asked."""
    state: dict[str, Any]
    entries: list[Entry]


@dataclass(frozen=True, slots=True)
class Difference:
    """What became of an aggregate between two points: the first is left out, the second included."""

    aggregate_id: UUID
    kind: str
    name: str | None
    from_position: int
    from_version: int
    """0 where there was nothing yet."""
    to_position: int
    to_version: int
    changes: list[Change]
    """Of the state, from the first point to the second."""
    entries: list[Entry]
    """The events between."""


class BuiltOnTheFuture(Exception):
    """An event that had taken effect by then changes something that had not: no such state ever stood."""

    def __init__(self, version: int) -> None:
        super().__init__(f"Version {version} builds on an event that took effect later than the date asked for.")
        self.version = version


async def history(
    log: EventLog, aggregate_id: UUID, *, as_of: Point | None = None, effective: date | datetime | None = None
) -> History | None:
    """All that happened to one aggregate; None if nothing had.

    `as_of` is a position of the log, or an instant at which something was recorded or not. `effective` leaves out what
    took effect later; a plain date ends with its last moment where the seller is, or in UTC where there is no seller.
    Raises `NotYet`, `BuiltOnTheFuture`, `DatabaseUnavailable`.
    """
    position = await position_at(log, as_of)
    events = await log.events_of(aggregate_id, up_to_position=position)
    if events and effective is not None:
        until = await _end_of(effective, log, events[0])
        events = [each for each in events if effective_at(each) <= until]
    if not events:
        return None
    told_events = _Told(aggregate_id, events)
    entries = await told_events.entries(log, position)
    aggregate = told_events.aggregate
    return History(
        aggregate_id, told_events.kind, name_of(aggregate), aggregate.version, position, state_of(aggregate), entries
    )


async def difference(log: EventLog, aggregate_id: UUID, first: Point, last: Point | None = None) -> Difference | None:
    """What became of an aggregate between two points; None if there was nothing by the last.

    Raises `NotInOrder`, `NotYet`, `DatabaseUnavailable`.
    """
    start, end = await position_at(log, first), await position_at(log, last)
    if start > end:
        raise NotInOrder(f"Position {start} lies after position {end}.")
    events = await log.events_of(aggregate_id, up_to_position=end)
    if not events:
        return None
    told_events = _Told(aggregate_id, events, start)
    between = [place for place, each in enumerate(events) if each.position > start]
    version = told_events.aggregate.version
    parts = list(differences(told_events.then, told_events.now))
    names = await names_of(log, told_events.ids(parts), end)
    return Difference(
        aggregate_id=aggregate_id,
        kind=told_events.kind,
        name=name_of(told_events.aggregate),
        from_position=start,
        from_version=min(events[between[0]].originator_version - 1, version) if between else version,
        to_position=end,
        to_version=version,
        changes=_changes(parts, names),
        entries=await told_events.entries(log, end, between),
    )


class _Told:
    """An aggregate's events, applied one after another: what each changed, and how it stood then and now."""

    def __init__(self, aggregate_id: UUID, events: Sequence[RecordedEvent], then: int = 0) -> None:
        self.events = events
        self.kind = events[0].topic.rpartition(".")[0]
        self.aggregate = kind_of(events[0])(aggregate_id)
        standings = Standings()
        self.then = self.now = standings.of(self.aggregate)
        self.parts: list[list[Part]] = [[] for _ in events]
        totals: Standing = {}
        for place, recorded in enumerate(events):
            event = event_of(recorded)
            if event is None:
                break  # what came after it cannot be told without it
            _apply(event, self.aggregate)
            if hasattr(event, "totals"):
                # Totals follow from lines: not every aggregate keeps them, but its reader wants to see them change.
                totals = {"totals": plain(event.totals)}
            before, self.now = self.now, totals | standings.of(self.aggregate)
            self.parts[place] = list(differences(before, self.now))
            if recorded.position <= then:
                self.then = self.now

    def ids(self, parts: Iterable[Part]) -> set[UUID]:
        """Every id that these changes tell of, but the aggregate's own."""
        return {found for part in parts for found in ids_in([part.path, part.before, part.after])} - {self.aggregate.id}

    async def entries(self, log: EventLog, position: int, places: Sequence[int] | None = None) -> list[Entry]:
        """These events, or all, in words."""
        places = range(len(self.events)) if places is None else places
        names = await names_of(log, self.ids(part for place in places for part in self.parts[place]), position)
        told_of = [self.events[place] for place in places]
        causes, beside = await _causes(log, told_of), await reasons_beside(log, told_of)
        return [
            Entry(
                **record_of(
                    recorded,
                    causes.get(recorded.metadata.get("causation_position") or 0),
                    beside.get(recorded.position, ()),
                ),
                changes=_changes(self.parts[place], names),
            )
            for place in places
            for recorded in [self.events[place]]
        ]


def _apply(event: Event, aggregate: Aggregate) -> None:
    try:
        event.apply(aggregate)
    except Exception:
        if aggregate.version + 1 == event.originator_version:
            raise
        raise BuiltOnTheFuture(event.originator_version) from None
    aggregate.version, aggregate.modified_on = event.originator_version, event.timestamp


def _changes(parts: Iterable[Part], names: Mapping[str, str]) -> list[Change]:
    return [Change(".".join(part.path), part.before, part.after, told(part, names)) for part in parts]


async def _causes(log: EventLog, events: Sequence[RecordedEvent]) -> dict[int, RecordedEvent]:
    """The events that policies reacted to, by position."""
    positions = {int(each.metadata.get("causation_position") or 0) for each in events} - {0}
    return {position: (await log.read(position - 1, 1))[0] for position in sorted(positions)}


async def _end_of(effective: date | datetime, log: EventLog, first: RecordedEvent) -> datetime:
    """The last moment of a day, where the seller is."""
    if isinstance(effective, datetime):
        return effective
    zone, seller = (_found_in(name, _fields(first)) for name in ("time_zone", "seller_id"))
    if zone is None and seller is not None:
        registered = await log.events_of(UUID(seller), up_to_version=1)
        zone = _found_in("time_zone", _fields(registered[0])) if registered else None
    return datetime.combine(effective, time.max, ZoneInfo(zone) if zone else UTC)


def _fields(recorded: RecordedEvent) -> Any:
    event = event_of(recorded)
    return None if event is None else plain(vars(event))


def _found_in(name: str, value: Any) -> str | None:
    """The first text of that name, at any depth."""
    if not isinstance(value, dict):
        return None
    if isinstance(found := value.get(name), str):
        return found
    return next((found for part in value.values() if (found := _found_in(name, part)) is not None), None)
