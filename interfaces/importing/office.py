"""The application as an import meets it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar
from uuid import UUID

from application.unit_of_work import Envelope
from domain.shared.aggregate import Event
from domain.shared.refusal import Refusal

AT_ONCE = 16

T = TypeVar("T")


class Answer(Protocol):
    """What a command answers."""

    @property
    def position(self) -> int: ...


class Office(Protocol):
    """The application and its log, as far as an import needs them."""

    async def execute(self, command: Any, envelope: Envelope, on: UUID | None) -> Answer:
        """Carry a command out, policies included. Raises Refusal."""

    async def events_of(self, id: UUID, after_version: int = 0) -> Sequence[Event]:
        """What has happened to one thing since that version."""

    async def event_at(self, position: int) -> Event:
        """What the log holds there."""

    async def owner_of(self, scope: str, value: str) -> UUID | None:
        """What claimed that value, if anything."""

    def now(self) -> datetime:
        """What time it is."""

    async def head(self) -> int:
        """The last position of the log."""


async def at_once(things: Iterable[T], work: Callable[[T], Awaitable[None]]) -> None:
    """Work on all of them, `AT_ONCE` at a time, begun in their order."""
    waiting = iter(things)

    async def next_ones() -> None:
        for thing in waiting:
            await work(thing)

    async with asyncio.TaskGroup() as tasks:
        for _ in range(AT_ONCE):
            tasks.create_task(next_ones())


def told(refusal: Refusal) -> str:
    """Why something was refused, in one sentence or two."""
    return " ".join(filter(None, (refusal.title(), refusal.detail)))
