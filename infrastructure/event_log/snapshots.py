"""Loading an aggregate: from the last snapshot and what came after it, else from all that ever happened to it.

Snapshots are taken in the background, by the process that had to go through many events. They are a cache: each belongs
to the code and to the log that it was made from, and is ignored by any other.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar
from uuid import UUID

from psycopg.rows import TupleRow

from domain.shared.aggregate import Aggregate
from infrastructure.event_log.codec import decode
from infrastructure.event_log.saves import OfAnotherKind
from infrastructure.event_log.state import NotKept, fingerprint, restore, source, state_of

logger = logging.getLogger("q2c.snapshots")

MANY = 200
"""Events that are gone through without a snapshot of what they come to."""
EVENTS = b"""
    SELECT originator_version, topic, state FROM log.events WHERE originator_id = %s ORDER BY originator_version"""
LOAD = b"""
    WITH kept AS MATERIALIZED (
        SELECT s.version, s.state FROM log.snapshots s
        JOIN log.events e ON e.originator_id = s.originator_id AND e.originator_version = s.version
        WHERE s.originator_id = %s AND s.fingerprint = %s
            AND e.position = s.position AND e.recorded_at = s.recorded_at)
    SELECT version, NULL AS topic, state FROM kept
    UNION ALL
    (SELECT originator_version, topic, state FROM log.events
     WHERE originator_id = %s AND originator_version > coalesce((SELECT version FROM kept), -1)
     ORDER BY originator_version)"""
KEEP = b"""
    INSERT INTO log.snapshots AS s (originator_id, kind, version, fingerprint, position, recorded_at, state)
    SELECT originator_id, %s, originator_version, %s, position, recorded_at, %s FROM log.events
    WHERE originator_id = %s AND originator_version = %s
    ON CONFLICT (originator_id) DO UPDATE SET
        (kind, version, fingerprint, position, recorded_at, state, taken_at)
        = (excluded.kind, excluded.version, excluded.fingerprint, excluded.position, excluded.recorded_at,
           excluded.state, excluded.taken_at)"""
A = TypeVar("A", bound=Aggregate)
Rows = Callable[[bytes, Sequence[Any]], Awaitable[list[TupleRow]]]


class Snapshots:
    """Loads, and sees to it that the next load is short."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._wanted: dict[UUID, type[Aggregate]] = {}
        self._taking: asyncio.Task[None] | None = None
        self._not_kept: set[type[Aggregate]] = set()
        self._fingerprints: dict[type[Aggregate], bytes] = {}
        source("domain")  # as it is while this process starts, whatever is installed over it later

    async def load(self, kind: type[A], id: UUID) -> A:
        """The aggregate, at version 0 where there is none. Raises OfAnotherKind, UnknownTopic, DatabaseUnavailable."""
        aggregate, replayed = await self._load(kind, id)
        if replayed >= MANY and kind not in self._not_kept:
            self._wanted[id] = kind
            if self._taking is None or self._taking.done():
                self._taking = asyncio.create_task(self._take_wanted())
        return aggregate

    async def settled(self) -> None:
        """Wait until there is none to take."""
        if self._taking is not None:
            await self._taking

    async def close(self) -> None:
        """Leave it at what is taken."""
        if self._taking is not None:
            self._taking.cancel()
            await asyncio.gather(self._taking, return_exceptions=True)

    async def _load(self, kind: type[A], id: UUID) -> tuple[A, int]:
        rows = await self._rows(LOAD, [id, self._fingerprint(kind), id])
        if not rows or rows[0][1] is not None:
            return _replayed(kind, id, rows), len(rows)
        aggregate = kind(id)
        try:
            restore(aggregate, rows[0][2])
        except Exception:
            logger.exception("a snapshot of a %s cannot be read: its events are", kind.KIND)
            rows = await self._rows(EVENTS, [id])
            return _replayed(kind, id, rows), len(rows)
        _let_happen(aggregate, rows[1:])
        return aggregate, len(rows) - 1

    def _fingerprint(self, kind: type[Aggregate]) -> bytes:
        found = self._fingerprints.get(kind)
        if found is None:
            found = self._fingerprints[kind] = fingerprint(kind)
        return found

    async def _take_wanted(self) -> None:
        while self._wanted:
            id, kind = self._wanted.popitem()
            try:
                # A copy of its own: commands go on changing the one that they have.
                aggregate, _ = await self._load(kind, id)
                state = await asyncio.to_thread(state_of, aggregate)
                await self._rows(KEEP, [kind.KIND, self._fingerprint(kind), state, id, aggregate.version])
            except NotKept as error:
                self._not_kept.add(kind)
                logger.info("no snapshots of %s: %s", kind.KIND, error)
            except Exception:
                logger.exception("no snapshot of %s %s this time", kind.KIND, id)


def _replayed(kind: type[A], id: UUID, rows: Sequence[TupleRow]) -> A:
    if rows and not rows[0][1].startswith(f"{kind.KIND}."):
        raise OfAnotherKind(f"{id} is not a {kind.KIND}")
    aggregate = kind(id)
    _let_happen(aggregate, rows)
    return aggregate


def _let_happen(aggregate: Aggregate, rows: Sequence[TupleRow]) -> None:
    for _, topic, state in rows:
        decode(topic, state).mutate(aggregate)
