"""What goes into the log, what comes back, and every way in which it may be refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from domain.shared.aggregate import Event
from infrastructure.database import DatabaseUnavailable


class Succession:
    """Saves each of which goes on from what the one before it has not saved yet. As soon as one is not kept, those
    after it went on from what never was; the versions they expect need not tell, as others may write as many events.
    """

    def __init__(self) -> None:
        self.is_broken = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Save:
    """The events of one command, kept wholly or not at all."""

    key: str
    """Idempotency key: the same actor's same key has one effect."""
    actor: str
    digest: bytes
    """Of the request: the same key with another digest is refused."""
    events: Sequence[Event]
    """At least one; of several aggregates, in the order in which they happened."""
    metadata: Mapping[str, Any]
    """JSON, the same for every event: actor, on_behalf_of, command, reason, correlation_id, causation_position."""
    reads: Sequence[tuple[UUID, int]] = ()
    """Aggregate and version of everything the command read but did not write; version 0: there was none."""
    claims: Sequence[tuple[str, str, UUID]] = ()
    """Scope, value and owner: no other owner may hold the value in that scope; one's own may be claimed again."""
    releases: Sequence[tuple[str, str]] = ()
    """Scope and value of claims given up, before those above are made."""
    successions: Sequence[Succession] = ()
    """Those that it takes part in; where one is broken, it is refused as stale."""


class Appended(msgspec.Struct, frozen=True):
    """The save is in the log, and on disk."""

    position: int
    """Of the save's last event."""
    recorded_at: datetime
    replayed: bool
    """It was there before, under the same key and digest."""


@dataclass(frozen=True, slots=True)
class FoundSave:
    """What the log knows under an actor's key."""

    digest: bytes
    position: int
    """Of the save's last event."""
    originator_id: UUID
    """Whose that last event is."""


class LogError(Exception):
    """The log did not do what it was asked."""


class Stale(LogError):
    """Others wrote, meanwhile, what this save was decided on. Nothing was written."""

    def __init__(self, aggregate_ids: Sequence[UUID], *, only_read: bool) -> None:
        super().__init__(f"changed meanwhile: {', '.join(map(str, aggregate_ids))}")
        self.aggregate_ids = tuple(aggregate_ids)
        self.only_read = only_read
        """These aggregates were read by the save, not written."""


class KeyReused(LogError):
    """The actor has used this key for another request. Nothing was written."""


class ClaimTaken(LogError):
    """Something else already bears what must be unique in this scope. Nothing was written."""

    def __init__(self, scope: str) -> None:
        super().__init__(scope)
        self.scope = scope


class NotStorable(LogError):
    """The database cannot hold this value, now or later. Nothing was written."""


class LogBusy(LogError):
    """Too much is waiting to be written. Nothing was written: ask again later."""


class LogUnavailable(LogError, DatabaseUnavailable):
    """Whether it was written is unknown: ask again with the same key."""


class UnknownTopic(LogError):
    """A row bears a name that is no event of this code."""


class OfAnotherKind(LogError):
    """The aggregate of this id is not of the kind that was asked for."""
