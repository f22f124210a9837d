"""What the access log tells: who signed in, who saw a customer, what somebody saw."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import LiteralString
from uuid import UUID

from projections.shared import Reader

SCHEMA = "access"
"""Where a reader finds it."""
SIGN_INS = """
    SELECT login, customer_id, (recorded_at AT TIME ZONE 'UTC')::date AS day,
           count(*) FILTER (WHERE outcome = 'given') AS signed_in, count(*) FILTER (WHERE outcome <> 'given') AS failed,
           max(recorded_at) FILTER (WHERE outcome = 'given') AS last_at
    FROM entries
    WHERE operation = 'identity.sign_in' AND (%(login)s::text IS NULL OR login = %(login)s)
      AND (%(since)s::timestamptz IS NULL OR recorded_at >= %(since)s)
      AND (%(until)s::timestamptz IS NULL OR recorded_at <= %(until)s)
    GROUP BY login, customer_id, day ORDER BY login, customer_id, day"""
ROWS: LiteralString = """
    SELECT position, entries.recorded_at, login, customer_id, key_name, operation, outcome, objects, more, purpose,
           address, correlation_id
    FROM entries LEFT JOIN addresses USING (position)
    WHERE position < %(before)s
      AND (%(since)s::timestamptz IS NULL OR entries.recorded_at >= %(since)s)
      AND (%(until)s::timestamptz IS NULL OR entries.recorded_at <= %(until)s)
      AND """
REFUSED_DUTY: LiteralString = "outcome NOT IN ('given', 'unknown', 'denied', 'missing', 'limited')"
LAST: LiteralString = " ORDER BY position DESC LIMIT %(limit)s + 1"


@dataclass(frozen=True, slots=True)
class Span:
    """Between two instants, both included; open where one is None."""

    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Day:
    """How often on one day, in UTC."""

    day: date
    signed_in: int
    failed: int


@dataclass(frozen=True, slots=True)
class SignIns:
    """How often somebody signed in, and when last."""

    login: str | None
    """None: attempts under logins that nobody has."""
    customer_id: UUID | None
    """Whose people they belong to; None for our own."""
    signed_in: int
    failed: int
    last_at: datetime | None
    """When they last did."""
    days: list[Day]


@dataclass(frozen=True, slots=True)
class AccessRow:
    """That somebody was shown something, or was turned away."""

    position: int
    """In the access log."""
    recorded_at: datetime
    login: str | None
    """None: nobody knows who it was."""
    customer_id: UUID | None
    """Whose people they belong to; None for our own."""
    key_name: str | None
    """The key that they came with; None with a session."""
    operation: str
    outcome: str
    """given; or unknown (nobody was proved to ask), denied, missing (or another's), limited (had to wait); or the name
    of the rule of two persons that refused it."""
    objects: list[UUID]
    """What was asked for, in whose name, and the customers who were shown."""
    more: int | None
    """How many more customers were shown; None where nobody counted: a file."""
    purpose: str | None
    address: str | None
    """Of whoever signed in, for ninety days."""
    correlation_id: str | None
    """As logs and the header Q2C-Request-Id have it."""

    @property
    def ordinal(self) -> int:
        """By which lists are ordered."""
        return self.position


@dataclass(frozen=True, slots=True)
class _OneDay:
    login: str | None
    customer_id: UUID | None
    day: date
    signed_in: int
    failed: int
    last_at: datetime | None


async def sign_ins(reader: Reader, span: Span, login: str | None = None) -> list[SignIns]:
    """Of each login, or of one: how often, when last, how often in vain; and by day."""
    rows = await reader.rows(_OneDay, SIGN_INS, login=login, since=span.since, until=span.until)
    return [
        _summed(*whose, list(days)) for whose, days in groupby(rows, key=lambda each: (each.login, each.customer_id))
    ]


def _summed(login: str | None, customer_id: UUID | None, days: Sequence[_OneDay]) -> SignIns:
    last = max((each.last_at for each in days if each.last_at), default=None)
    by_day = [Day(each.day, each.signed_in, each.failed) for each in days]
    signed_in, failed = sum(each.signed_in for each in days), sum(each.failed for each in days)
    return SignIns(login, customer_id, signed_in, failed, last, by_day)


async def who_saw(reader: Reader, ids: Iterable[UUID], span: Span, before: int, limit: int) -> list[AccessRow]:
    """Accesses to any of these ids, the newest first; and files of everything, since they show everybody.

    One row more than `limit`, to know whether there are more.
    """
    sql = ROWS + "(objects && %(ids)s OR (more IS NULL AND objects = '{}'))" + LAST
    return await reader.rows(
        AccessRow, sql, ids=list(ids), before=before, limit=limit, since=span.since, until=span.until
    )


async def refused_duties(reader: Reader, span: Span, before: int, limit: int) -> list[AccessRow]:
    """Whoever would have done what another person has to do, the newest first; one row more than `limit`."""
    sql = ROWS + REFUSED_DUTY + LAST
    return await reader.rows(AccessRow, sql, before=before, limit=limit, since=span.since, until=span.until)


async def seen_by(reader: Reader, login: str, span: Span, before: int, limit: int) -> list[AccessRow]:
    """What somebody was shown or refused, the newest first; one row more than `limit`."""
    sql = ROWS + "login = %(login)s" + LAST
    return await reader.rows(
        AccessRow, sql, login=login, before=before, limit=limit, since=span.since, until=span.until
    )
