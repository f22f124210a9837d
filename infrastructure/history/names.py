"""What ids are known by: the number of a document, the name of a customer."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import takewhile
from uuid import UUID

from domain.shared.aggregate import Aggregate
from infrastructure.event_log import EventLog, RecordedEvent
from infrastructure.history.records import event_of

MOST = 60
"""How many ids one answer names; the rest stay ids."""


async def names_of(log: EventLog, ids: Iterable[UUID], up_to_position: int) -> dict[str, str]:
    """Number or name of each id that an aggregate had by then."""
    names = {}
    for id in sorted(set(ids))[:MOST]:
        events = await log.events_of(id, up_to_position=up_to_position)
        if not events:
            continue
        readable = takewhile(lambda event: event is not None, map(event_of, events))
        if name := name_of(kind_of(events[0]).replay(id, filter(None, readable))):
            names[str(id)] = name
    return names


def kind_of(recorded: RecordedEvent) -> type[Aggregate]:
    """What the event's aggregate is; one without anything where this version knows no such kind."""
    return Aggregate.KINDS.get(recorded.topic.rpartition(".")[0], Aggregate)


def name_of(aggregate: Aggregate) -> str | None:
    """What it is known by, if it bears a number or a name."""
    bearers = (aggregate, getattr(aggregate, "offer", None))
    found = (getattr(bearer, name, None) for name in ("number", "sku", "name") for bearer in bearers)
    return next((str(name) for name in found if name), None)
