"""Reasons that an event does not bear itself: of one save, often a single event does."""

from __future__ import annotations

from collections.abc import Sequence

from domain.shared.aggregate import Aggregate
from infrastructure.event_log import EventLog, RecordedEvent
from infrastructure.history.records import event_of

_BESIDE = b"""
    SELECT asked.position, e.position, e.recorded_at, e.topic, e.state, e.metadata, e.originator_id,
           e.originator_version
    FROM unnest(%s::bigint[], %s::int[]) AS asked (position, events)
    CROSS JOIN LATERAL (
        SELECT position FROM log.events WHERE position >= asked.position AND key IS NOT NULL ORDER BY position LIMIT 1
    ) AS last
    JOIN log.events e ON e.position > last.position - asked.events AND e.position <= last.position
    WHERE split_part(e.topic, '@', 1) = ANY(%s) ORDER BY e.position"""


async def reasons_beside(log: EventLog, events: Sequence[RecordedEvent]) -> dict[int, list[str]]:
    """For each position, the reasons on other events of its save, where an event bears none itself: a credit note says
    why an invoice is credited, a payment why it settles it no longer. Raises DatabaseUnavailable."""
    silent = [one for one in events if int(one.metadata.get("events") or 1) > 1 and not _reason(one)]
    if not silent:
        return {}
    sizes = [int(one.metadata["events"]) for one in silent]
    found: dict[int, list[str]] = {}
    for position, *row in await log.rows(_BESIDE, [[one.position for one in silent], sizes, _giving_reasons()]):
        reason = _reason(RecordedEvent(*row))
        if reason and reason not in found.setdefault(position, []):
            found[position].append(reason)
    return found


def _reason(recorded: RecordedEvent) -> str:
    return str(getattr(event_of(recorded), "reason", None) or "")


def _giving_reasons() -> list[str]:
    """The stored names, without version, of the events that bear one."""
    return [topic.partition("@")[0] for topic, event in Aggregate.EVENTS.items() if "reason" in event.__annotations__]
