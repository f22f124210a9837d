"""Aggregates in memory, as many as there is room for."""

from __future__ import annotations

from collections import OrderedDict
from uuid import UUID

from domain.organisation import NumberSeries
from domain.shared.aggregate import Aggregate

MOST = 200_000
"""How many events and lines they may be made of, together."""


class Kept:
    """Those that were used last; the others go where there is no room for all."""

    def __init__(self, most: int = MOST) -> None:
        self._aggregates: OrderedDict[UUID, Aggregate] = OrderedDict()
        self._most = most
        self._weight = 0

    def __contains__(self, id: UUID) -> bool:
        return id in self._aggregates

    def get(self, id: UUID) -> Aggregate | None:
        """It stays; None where it is not kept."""
        found = self._aggregates.get(id)
        if found is not None:
            self._aggregates.move_to_end(id)
        return found

    def put(self, aggregate: Aggregate) -> None:
        """In the place of what was kept of that identity."""
        self.pop(aggregate.id)
        self._aggregates[aggregate.id] = aggregate
        self._weight += _weight(aggregate)
        while self._weight > self._most:
            _, oldest = self._aggregates.popitem(last=False)
            self._weight -= _weight(oldest)

    def pop(self, id: UUID) -> Aggregate | None:
        """Kept no longer."""
        found = self._aggregates.pop(id, None)
        if found is not None:
            self._weight -= _weight(found)
        return found


def _weight(aggregate: Aggregate) -> int:
    """About how much it holds: its events, and a document its lines. Of a series only the last number is kept, however
    many it gave."""
    if isinstance(aggregate, NumberSeries):
        return 1
    return aggregate.version + len(getattr(aggregate, "lines", ()))
