"""Tokens: random, kept as a hash, and good until they expire or are ended."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import TupleRow

from infrastructure.credentials.rows import digest

PREFIX = "q2c_"

ISSUE = b"""
    INSERT INTO credentials.tokens AS it (hash, user_id, kind, name, expires_at, roles, is_strong, position)
    VALUES (%s, %s, %s, %s, clock_timestamp() + %s, %s, %s, %s)
    ON CONFLICT (position) DO UPDATE SET hash = excluded.hash RETURNING expires_at"""
EXPIRED = b"DELETE FROM credentials.tokens WHERE expires_at <= clock_timestamp()"


class TokenRefused(Exception):
    """The token is unknown, ended or expired: sign in anew."""


@dataclass(frozen=True, slots=True)
class Issued:
    """A session or a key. Nobody can read the token again: only its hash is kept."""

    token: str
    expires_at: datetime


async def issue(
    connection: AsyncConnection[TupleRow],
    owner: UUID,
    kind: str,
    lifetime: timedelta,
    *,
    name: str = "",
    roles: Collection[str] = (),
    is_strong: bool = False,
    position: int | None = None,
) -> Issued:
    """A new token; in the place of the one that was issued for the same event, whose answer was lost."""
    token = f"{PREFIX}{kind}_{secrets.token_urlsafe(32)}"
    await connection.execute(EXPIRED)
    values = [digest(token), owner, kind, name, lifetime, sorted(roles), is_strong, position]
    row = await (await connection.execute(ISSUE, values)).fetchone()
    assert row is not None
    return Issued(token, row[0])
