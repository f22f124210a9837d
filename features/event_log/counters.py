"""An aggregate as small as can be, and saves of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from domain.shared.aggregate import Aggregate, Event
from infrastructure.event_log import Save

AT = datetime(2026, 1, 31, 12, tzinfo=UTC)


class Counter(Aggregate):
    class Counted(Event):
        by: Decimal
        note: str = ""

        def apply(self, aggregate: Counter) -> None:
            aggregate.total += self.by

    class Renamed(Event):
        class_version = 3
        name: str

        @staticmethod
        def upcast_v1_v2(state: dict[str, Any]) -> None:
            state["title"] = state.pop("label")

        @staticmethod
        def upcast_v2_v3(state: dict[str, Any]) -> None:
            state["name"] = state.pop("title")

    def __init__(self, id: UUID) -> None:
        super().__init__(id)
        self.total = Decimal(0)


class Other(Aggregate):
    """Of another kind."""


def counted(id: UUID, *versions: int, note: str = "") -> list[Event]:
    """One event of the counter for each version."""
    fields: dict[str, Any] = {"by": Decimal("1.10"), "note": note}
    return [
        Counter.Counted(originator_id=id, originator_version=version, timestamp=AT, **fields) for version in versions
    ]


def renamed(id: UUID) -> Event:
    """An event of a class that was changed twice."""
    fields: dict[str, Any] = {"name": "tally"}
    return Counter.Renamed(originator_id=id, originator_version=1, timestamp=AT, **fields)


def save(events: Sequence[Event], *, key: str | None = None, actor: str = "alice", **rest: Any) -> Save:
    """A save under a key of its own, unless one is given."""
    key = str(uuid4()) if key is None else key
    return Save(**{"key": key, "actor": actor, "digest": b"digest", "events": events, "metadata": {"key": key}} | rest)
