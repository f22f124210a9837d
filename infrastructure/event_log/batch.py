"""Saves that may go in one statement: none of them stands against another."""

from __future__ import annotations

import asyncio
from uuid import UUID

from infrastructure.event_log.saves import Appended, LogBusy, LogError, LogUnavailable, Stale
from infrastructure.event_log.statement import Encoded

ROWS = 1_000
BYTES = 4 * 2**20
"""A batch takes no further save beyond these; a larger save goes alone."""


class Waiting:
    """A save whose answer somebody waits for."""

    __slots__ = ("answer", "in_doubt", "save", "sent")

    def __init__(self, save: Encoded, answer: asyncio.Future[Appended]) -> None:
        self.save, self.answer = save, answer
        self.in_doubt = False
        """The answer to a statement that bore it was lost: that one may still be written."""
        self.sent = False
        """It may have been written, though no answer came."""

    def resolve(self, outcome: Appended | LogError) -> None:
        """Tell whoever asked, if they still wait."""
        if not isinstance(outcome, Appended) or outcome.replayed:
            self.break_off()
        if self.answer.done():
            return
        if isinstance(outcome, LogError):
            self.answer.set_exception(outcome)
        else:
            self.answer.set_result(outcome)

    def break_off(self) -> None:
        """What it would have saved, nobody is to go on from."""
        for succession in self.save.successions:
            succession.is_broken = True

    def is_in_vain(self) -> bool:
        """Whether it is not to be sent: nobody waits for it any more, or it goes on from what was not kept."""
        if self.answer.done():
            self.break_off()
        elif any(succession.is_broken for succession in self.save.successions):
            self.resolve(Stale(tuple(self.save.written), only_read=False))
        return self.answer.done()

    def give_up(self, after: float) -> None:
        """So many seconds are over."""
        if self.sent:
            self.resolve(LogUnavailable(f"no answer within {after:.0f} s"))
        else:
            self.resolve(LogBusy(f"not sent within {after:.0f} s"))


class Batch:
    """A save may follow on what an earlier one writes; whatever else two of them share keeps them apart."""

    def __init__(self, *waiting: Waiting) -> None:
        self.waiting = list(waiting)
        self._rows = self._bytes = 0
        self._written: dict[UUID, int] = {}
        self._marks: set[tuple[bytes, bytes]] = set()

    def has_room_for(self, save: Encoded) -> bool:
        """Whether it may be added without making the batch too large."""
        return not self.waiting or (self._rows + len(save.events) <= ROWS and self._bytes + save.size <= BYTES)

    def takes(self, waiting: Waiting) -> bool:
        """Add it after the others, if it is decided on what they leave, and shares no key and no claim with them."""
        save, written = waiting.save, self._written
        if written and any(written.get(id, version) != version for id, version in save.expected):
            return False
        if not self._marks.isdisjoint(save.marks):
            return False
        self.waiting.append(waiting)
        self._rows += len(save.events)
        self._bytes += save.size
        written.update(save.written)
        self._marks.update(save.marks)
        return True
