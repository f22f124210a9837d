"""The whole log, searched: who did what, when, by which command, for which reason; page by page or all at once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from infrastructure.event_log import EventLog, RecordedEvent
from infrastructure.history.kinds import check_kind
from infrastructure.history.records import Record, event_of, record_of
from infrastructure.points import check_order

SCANNED_AT_ONCE = 10_000
SCANNED_A_PAGE = 100_000
"""How many events one page looks at, at most: a page may be short, and yet not be the last."""

_SEARCH = b"""
    SELECT position, recorded_at, topic, state, metadata, originator_id, originator_version FROM log.events
    WHERE position > %(after)s AND position <= %(upto)s
      AND (%(aggregate_id)s::uuid IS NULL OR originator_id = %(aggregate_id)s)
      AND (%(kind)s::text IS NULL OR topic = %(kind)s
           OR starts_with(topic, %(kind)s || '.') OR starts_with(topic, %(kind)s || '@'))
      AND (SELECT bool_and(position(part IN metadata) > 0) FROM unnest(%(metadata)s::bytea[]) AS part) IS NOT FALSE
      AND (%(reason)s::bytea IS NULL OR position(%(reason)s IN metadata) > 0 OR position(%(reason)s IN state) > 0)
    ORDER BY position LIMIT %(limit)s"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which events; every given part must be so. Raises `NotInOrder`."""

    actor: str | None = None
    on_behalf_of: str | None = None
    kind: str | None = None
    """A context, an aggregate or an event."""
    command: str | None = None
    reason: str | None = None
    """A text within the reason."""
    aggregate_id: UUID | None = None
    since: datetime | None = None
    """Recorded then or later."""
    until: datetime | None = None
    """Recorded by then."""

    def __post_init__(self) -> None:
        check_order(self.since, self.until)


@dataclass(frozen=True, slots=True)
class RecordPage:
    """Some events in the order of the log. There may be fewer than asked for although more follow."""

    items: list[Record]
    next_after: int | None
    """`after` of the next page; null where this is the last."""


async def found(log: EventLog, wanted: Wanted, after: int, limit: int, upto: int | None = None) -> RecordPage:
    """The next wanted events after a position, up to another. Raises `NoSuchKind`, `DatabaseUnavailable`."""
    if wanted.kind is not None:
        check_kind(wanted.kind)
    first, last = await _range(log, wanted, after, upto)
    items: list[Record] = []
    scanned, budget = first, first + SCANNED_A_PAGE
    while scanned < last and scanned < budget and len(items) < limit:
        end = last if wanted.aggregate_id else min(scanned + SCANNED_AT_ONCE, last)
        rows = await _rows(log, wanted, scanned, end, limit - len(items))
        full = len(rows) == limit - len(items)
        items += [Record(**record_of(each)) for each in rows if _has_reason(each, wanted.reason)]
        scanned = rows[-1].position if full else end
    return RecordPage(items, scanned if scanned < last else None)


async def all_found(log: EventLog, wanted: Wanted, after: int = 0, limit: int | None = None) -> AsyncIterator[Record]:
    """Every wanted event that is recorded by now, a page at a time in memory. Raises as `found` does."""
    upto, left = await log.head(), limit
    position: int | None = after
    while position is not None and (left is None or left > 0):
        page = await found(log, wanted, position, min(left or 500, 500), upto)
        for record in page.items:
            yield record
        left = None if left is None else left - len(page.items)
        position = page.next_after


async def _range(log: EventLog, wanted: Wanted, after: int, upto: int | None) -> tuple[int, int]:
    """After which position, and up to which."""
    last = await log.head() if upto is None else upto
    if wanted.since is not None:
        after = max(after, await log.position_at(wanted.since - timedelta(microseconds=1)))
    if wanted.until is not None:
        last = min(last, await log.position_at(wanted.until))
    return after, last


async def _rows(log: EventLog, wanted: Wanted, after: int, upto: int, limit: int) -> list[RecordedEvent]:
    # Metadata are JSON as we wrote it: one of its parts is found as bytes, without reading the rest.
    parts = {"actor": wanted.actor, "on_behalf_of": wanted.on_behalf_of, "command": wanted.command}
    arguments = {
        "after": after,
        "upto": upto,
        "limit": limit,
        "kind": wanted.kind,
        "aggregate_id": wanted.aggregate_id,
        "metadata": [msgspec.json.encode({name: part})[1:-1] for name, part in parts.items() if part is not None],
        "reason": None if wanted.reason is None else msgspec.json.encode(wanted.reason)[1:-1],
    }
    return [RecordedEvent(*row) for row in await log.rows(_SEARCH, arguments)]


def _has_reason(recorded: RecordedEvent, reason: str | None) -> bool:
    if reason is None:
        return True
    given = (recorded.metadata.get("reason"), getattr(event_of(recorded), "reason", None))
    return any(reason in str(one) for one in given if one)
