"""A point of the past: a position of the log, or an instant, which is the last position recorded by then."""

from __future__ import annotations

from datetime import datetime, timedelta

from infrastructure.event_log import EventLog

SKEW = timedelta(minutes=1)
"""How far the clock of whoever asks may be ahead of the database's."""

Point = int | datetime


class NotYet(Exception):
    """What is asked for lies in the future: nobody can tell yet what the log will say then."""


class NotInOrder(Exception):
    """The first of two points lies after the second."""


def check_order(since: datetime | None, until: datetime | None) -> None:
    """Refuse a span that ends before it begins. Raises `NotInOrder`."""
    if since is not None and until is not None and since > until:
        raise NotInOrder(f"{since.isoformat()} lies after {until.isoformat()}.")


async def position_at(log: EventLog, point: Point | None) -> int:
    """The position that is meant; without a point, the head of the log. Raises `NotYet`, `DatabaseUnavailable`."""
    if isinstance(point, datetime):
        rows = await log.rows(b"SELECT log.position_at(%s), %s > clock_timestamp() + %s", [point, point, SKEW])
        position, future = rows[0]
        if future:
            raise NotYet(f"{point.isoformat()} has not come yet.")
        return int(position)
    head = await log.head()
    if point is not None and point > head:
        raise NotYet(f"There is no position {point} yet: the log ends at {head}.")
    return head if point is None else point
