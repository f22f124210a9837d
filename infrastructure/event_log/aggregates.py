"""Aggregates between two commands: checked out by one, checked in when its save is in the log."""

from __future__ import annotations

import asyncio
from typing import TypeVar
from uuid import UUID

from domain.shared.aggregate import Aggregate
from infrastructure.event_log.kept import MOST, Kept
from infrastructure.event_log.keyed_locks import KeyedLocks
from infrastructure.event_log.log import EventLog
from infrastructure.event_log.saves import OfAnotherKind

A = TypeVar("A", bound=Aggregate)


class Aggregates:
    """A cache without copies: an aggregate is taken out of it while a command works on it, and comes back only if the
    log took its events. So nothing in it was ever refused; that another process wrote since, the append finds out.
    """

    def __init__(self, log: EventLog, *, kept_events: int = MOST) -> None:
        self._log = log
        self._kept = Kept(kept_events)
        self._locks: KeyedLocks[UUID] = KeyedLocks()

    def lock(self, id: UUID) -> asyncio.Lock:
        """`async with aggregates.lock(id):` commands on one aggregate follow one another within this process."""
        return self._locks(id)

    async def check_out(self, kind: type[A], id: UUID) -> tuple[A, bool]:
        """The aggregate (at version 0 where there is none), and whether it comes from the cache: others may have
        written since, so that only a copy that does not may be the ground of a refusal.

        Raises OfAnotherKind, UnknownTopic, DatabaseUnavailable.
        """
        kept = self._kept.pop(id)
        if kept is not None:
            return _of_kind(kind, kept), True
        return await self._log.load(kind, id), False

    def has(self, id: UUID) -> bool:
        """Whether it would come from the cache."""
        return id in self._kept

    def check_in(self, aggregate: Aggregate) -> None:
        """Keep it for the next command: all of its events are in the log, and nobody works on it any more."""
        if aggregate.pending:
            raise AssertionError(f"{aggregate.id} has events that are not saved")
        if aggregate.version == 0:
            return
        other = self._kept.pop(aggregate.id)
        if other is not None and other.version > aggregate.version:
            aggregate = other
        self._kept.put(aggregate)

    def forget(self, id: UUID) -> None:
        """Load it afresh next time."""
        self._kept.pop(id)


def _of_kind(kind: type[A], aggregate: Aggregate) -> A:
    if not isinstance(aggregate, kind):
        raise OfAnotherKind(f"{aggregate.id} is not a {kind.KIND}")
    return aggregate
