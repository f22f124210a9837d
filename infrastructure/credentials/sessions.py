"""Sessions of people who have signed in: which they have, that they use them, and that they end them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from domain.shared.refusal import NotFound
from infrastructure.credentials.rows import Rows, digest

NOTED = timedelta(minutes=1)
"""A session that is used is written down as used once in this time."""

GOOD = b"""
    SELECT id, hash, issued_at, used_at, expires_at FROM credentials.tokens
    WHERE user_id = %s AND kind = 'session' AND expires_at > clock_timestamp() AND used_at > clock_timestamp() - %s
    ORDER BY issued_at"""
USED = b"UPDATE credentials.tokens SET used_at = clock_timestamp() WHERE hash = %s AND used_at < clock_timestamp() - %s"
END_ALL = b"DELETE FROM credentials.tokens WHERE user_id = %s AND kind = 'session'"
END = END_ALL + b" AND id = %s"


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who is signed in; nobody can read what proves it."""

    session_id: UUID
    begun_at: datetime
    used_at: datetime
    expires_at: datetime
    is_this: bool
    """Whether it is the one that asks."""


class Sessions:
    """Those of every user. `idle`: after how long without use they end."""

    def __init__(self, rows: Rows, idle: timedelta, forget: Callable[[], None]) -> None:
        self._rows, self.idle, self._forget = rows, idle, forget

    async def good(self, user_id: UUID, token: str = "") -> list[Session]:
        """The user's, the oldest first; `token`: of whoever asks."""
        this = digest(token)
        found = await self._rows.all(GOOD, [user_id, self.idle])
        return [Session(id, begun, used, until, kept == this) for id, kept, begun, used, until in found]

    async def used(self, kept: bytes) -> None:
        """The one of that digest goes on."""
        await self._rows.do(USED, [kept, NOTED])

    async def end(self, user_id: UUID, session_id: UUID | None) -> None:
        """One of the user's, or all of them. Raises NotFound."""
        ended = await self._rows.do(*((END_ALL, [user_id]) if session_id is None else (END, [user_id, session_id])))
        if session_id is not None and not ended:
            raise NotFound("There is no session of that id.")
        self._forget()
