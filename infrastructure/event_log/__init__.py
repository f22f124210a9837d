"""The event log: one total order of all events, in Postgres."""

from infrastructure.event_log.aggregates import Aggregates
from infrastructure.event_log.codec import Undecodable
from infrastructure.event_log.exclusive import Turn
from infrastructure.event_log.kept import Kept
from infrastructure.event_log.log import EventLog
from infrastructure.event_log.recorded import RecordedEvent
from infrastructure.event_log.saves import (
    Appended,
    ClaimTaken,
    FoundSave,
    KeyReused,
    LogBusy,
    LogError,
    LogUnavailable,
    NotStorable,
    OfAnotherKind,
    Save,
    Stale,
    UnknownTopic,
)

__all__ = [
    "Aggregates",
    "Appended",
    "ClaimTaken",
    "EventLog",
    "FoundSave",
    "Kept",
    "KeyReused",
    "LogBusy",
    "LogError",
    "LogUnavailable",
    "NotStorable",
    "OfAnotherKind",
    "RecordedEvent",
    "Save",
    "Stale",
    "Turn",
    "Undecodable",
    "UnknownTopic",
]
