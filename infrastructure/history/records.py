"""One event of the log as people and machines read it: who, when, what, why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from application.policies import POLICIES
from domain.shared.aggregate import Event
from infrastructure.event_log import RecordedEvent, UnknownTopic
from infrastructure.history.states import plain
from infrastructure.history.words import happened, words_of

COLUMNS = (
    *("position", "recorded_at", "effective_at", "actor", "on_behalf_of", "command", "event", "happened"),
    *("aggregate_id", "version", "reason", "why", "correlation_id", "causation_position", "fields", "unreadable"),
)
"""In the order in which files have them."""

UNREADABLE = " (cannot be read)"
_ENVELOPE = {"originator_id", "originator_version", "timestamp"}


@dataclass(frozen=True, slots=True)
class Record:
    """One event, as its recorder and its readers see it. Values are plain data, as in JSON."""

    version: int
    position: int
    effective_at: datetime
    """When it took effect in the business."""
    recorded_at: datetime
    aggregate_id: UUID
    actor: str
    on_behalf_of: str | None
    command: str | None
    reason: str | None
    """What whoever did it gave as the reason, for this or for all that they did with it."""
    why: str | None
    """The reason in words, or what caused it where nobody gave one: a policy and the event that it reacted to."""
    correlation_id: str | None
    """What the whole chain of consequences shares."""
    causation_position: int | None
    """The event that a policy reacted to."""
    event: str
    """The stored name, such as `quoting.Quote.Accepted`."""
    happened: str
    """The same in words: `quote accepted`."""
    fields: dict[str, Any]
    unreadable: bool
    """Whether the event cannot be read by this version: what stands beside it is told, without fields."""


def event_of(recorded: RecordedEvent) -> Event | None:
    """The domain's event; None where the row cannot be read."""
    try:
        return recorded.event
    except UnknownTopic:  # or `Undecodable`
        return None


def effective_at(recorded: RecordedEvent) -> datetime:
    """When it took effect in the business; of one that cannot be read, when it was recorded."""
    event = event_of(recorded)
    return recorded.recorded_at if event is None else event.timestamp


def record_of(
    recorded: RecordedEvent, cause: RecordedEvent | None = None, beside: Sequence[str] = ()
) -> dict[str, Any]:
    """The fields of a `Record`; `cause` is the event that a policy reacted to, `beside` are the reasons that stand on
    other events of its save, where they are at hand."""
    event, metadata = event_of(recorded), recorded.metadata
    told = {} if event is None else vars(event)
    fields = {name: plain(value) for name, value in told.items() if name not in _ENVELOPE}
    reasons = [str(one) for one in (metadata.get("reason"), fields.get("reason"), *beside) if one]
    return {
        "version": recorded.originator_version,
        "position": recorded.position,
        "effective_at": effective_at(recorded),
        "recorded_at": recorded.recorded_at,
        "aggregate_id": recorded.originator_id,
        "actor": str(metadata.get("actor", "")),
        "on_behalf_of": metadata.get("on_behalf_of"),
        "command": metadata.get("command"),
        "reason": reasons[0] if reasons else None,
        "why": _why(recorded, reasons, cause),
        "correlation_id": metadata.get("correlation_id"),
        "causation_position": metadata.get("causation_position"),
        "event": recorded.topic,
        "happened": happened(recorded.topic) + (UNREADABLE if event is None else ""),
        "fields": fields,
        "unreadable": event is None,
    }


def _why(recorded: RecordedEvent, reasons: Sequence[str], cause: RecordedEvent | None) -> str | None:
    metadata, told = recorded.metadata, list(reasons)
    if (position := metadata.get("causation_position")) is not None:
        told.append(_by_policy(position, cause))
    elif metadata.get("actor") == "timer":
        told.append("it had become due")
    return "; ".join(told) or None


def _by_policy(position: int, cause: RecordedEvent | None) -> str:
    if cause is None:
        return f"a policy, because of event {position}"
    event = event_of(cause)
    policies = (words_of(policy.__name__) for policy in (POLICIES.get(type(event), ()) if event else ()))
    policy = " or ".join(f"“{name}”" for name in policies) or "of that time"
    return f"policy {policy}, because of event {position}: {happened(cause.topic)}"
