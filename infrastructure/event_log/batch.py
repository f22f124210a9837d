"""Saves that may go in one statement: none of them stands against another."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from uuid import UUID

from infrastructure.event_log.saves import Appended, LogError
from infrastructure.event_log.statement import Encoded

ROWS = 1_000
BYTES = 4 * 2**20
"""A batch takes no further save beyond these; a larger save goes alone."""


@dataclass(slots=True, eq=False)
class Waiting:
    """A save whose answer somebody waits for."""

    save: Encoded
    answer: asyncio.Future[Appended]
    sent: bool = field(default=False)
    """It may have been written, though no answer came."""

    def resolve(self, outcome: Appended | LogError) -> None:
        """Tell whoever asked, if they still wait."""
        if self.answer.done():
            return
        if isinstance(outcome, LogError):
            self.answer.set_exception(outcome)
        else:
            self.answer.set_result(outcome)


class Batch:
    """A save may follow on what an earlier one writes; whatever else two of them share keeps them apart."""

    def __init__(self, *waiting: Waiting) -> None:
        self.waiting: list[Waiting] = []
        self.rows = self.size = 0
        self._written: dict[UUID, int] = {}
        self._marks: set[tuple[bytes, bytes]] = set()
        for each in waiting:
            self.add(each)

    def has_room_for(self, save: Encoded) -> bool:
        """Whether it may be added without making the batch too large."""
        return not self.waiting or (self.rows + len(save.events) <= ROWS and self.size + save.size <= BYTES)

    def agrees_with(self, save: Encoded) -> bool:
        """Whether it is decided on what the others leave, and shares no key and no claim with any."""
        written = self._written
        return all(written.get(id, version) == version for id, version in save.expected) and self._marks.isdisjoint(
            _marks(save)
        )

    def add(self, waiting: Waiting) -> None:
        """One more, which goes after the others."""
        save = waiting.save
        self.waiting.append(waiting)
        self.rows += len(save.events)
        self.size += save.size
        self._written.update(save.written)
        self._marks.update(_marks(save))


def _marks(save: Encoded) -> list[tuple[bytes, bytes]]:
    # A key's mark cannot be a claim's: no scope of a claim begins with this byte.
    return [(b"\0" + save.actor, save.key), *((scope, value) for scope, value, _ in save.claims)]
