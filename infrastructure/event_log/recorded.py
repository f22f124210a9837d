"""One row of the log, as readers see it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from domain.shared.aggregate import Event
from infrastructure.event_log.codec import DECODERS, FAULTS, Undecodable, decode_metadata

COLUMNS = b"position, recorded_at, topic, state, metadata, originator_id, originator_version"


class RecordedEvent(Struct, eq=False, gc=False):
    """An event with its place in the log. `event` and `metadata` are decoded when first asked for, so that a row which
    cannot be decoded can still be named, parked and passed."""

    position: int
    recorded_at: datetime
    topic: str
    state: bytes
    raw_metadata: bytes
    originator_id: UUID
    originator_version: int
    _event: Event | None = None
    _metadata: dict[str, Any] | None = None

    @classmethod
    def just_appended(cls, event: Event, position: int, recorded_at: datetime) -> RecordedEvent:
        """What a reader would see of an event that this process has appended, without the bytes."""
        recorded = cls(position, recorded_at, event.TOPIC, b"", b"{}", event.originator_id, event.originator_version)
        recorded._event = event
        return recorded

    @property
    def event(self) -> Event:
        """The domain's event. Raises UnknownTopic, Undecodable."""
        event = self._event
        if event is None:
            try:  # not by `decode`: a call is a twentieth of what most events take, and every event passes here
                event = self._event = DECODERS[self.topic](self.state)
            except FAULTS as fault:
                raise Undecodable(self.topic, fault) from fault
        return event

    @property
    def metadata(self) -> dict[str, Any]:
        """Who, on whose behalf, which command, why, in consequence of what."""
        if self._metadata is None:
            self._metadata = decode_metadata(self.raw_metadata)
        return self._metadata

    def __repr__(self) -> str:
        return f"<{self.position} {self.topic} {self.originator_id}@{self.originator_version}>"
