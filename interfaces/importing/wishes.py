"""What an import asks for: commands under keys that derive from what a row is about.

So importing it again asks for nothing new, and identities are known before anything was carried out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from application.unit_of_work import Envelope

ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)
NOON = time(12)


@dataclass(frozen=True, slots=True)
class Wish:
    """A command, what accompanies it, and what it addresses."""

    command: Any
    envelope: Envelope
    on: UUID | None = None

    @property
    def key(self) -> str:
        """What makes it one, however often it is asked for."""
        return self.envelope.key

    @property
    def subject(self) -> str:
        """What it is about, for people: the key without its last word, the step."""
        return self.key.rpartition(" ")[0]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where rows come from: in whose name commands are given, and on whose calendar."""

    name: str
    time_zone: str

    @property
    def actor(self) -> str:
        """Who gives the commands."""
        return f"import {self.name}"

    def key(self, subject: str, step: str) -> str:
        """Of one step with one thing."""
        return f"{self.name} {subject} {step}"

    def identity(self, key: str) -> UUID:
        """Of what the command of that key creates."""
        return _identity(self.actor, key)

    def wish(
        self, key: str, command: Any, when: date | datetime, on: UUID | None = None, *, now: datetime | None = None
    ) -> Wish:
        """To take effect then, by the clock of that place; at noon where only the day is known, but not after `now`."""
        local = when if isinstance(when, datetime) else datetime.combine(when, NOON)
        at = local.replace(tzinfo=ZoneInfo(self.time_zone)).astimezone(UTC)
        return Wish(command, Envelope(key=key, actor=self.actor, at=min(at, now or at)), on)


@cache
def _identity(actor: str, key: str) -> UUID:
    return Envelope(key=key, actor=actor, at=ANY_TIME).new_id()
