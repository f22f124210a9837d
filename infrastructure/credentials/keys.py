"""Keys of applications. That one was issued, rotated or revoked is a fact of its user; what it is, nobody knows."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from domain.identity import Role, User
from domain.shared.refusal import NotFound
from infrastructure.credentials.rows import Rows
from infrastructure.credentials.tokens import Issued, issue
from infrastructure.event_log import EventLog

GOOD = b"""
    SELECT name, roles, issued_at, expires_at FROM credentials.tokens
    WHERE user_id = %s AND kind = 'key' AND expires_at > clock_timestamp() ORDER BY issued_at"""
END = b"DELETE FROM credentials.tokens WHERE user_id = %s AND kind = 'key' AND name = %s"
OVERLAP = b"""
    UPDATE credentials.tokens SET expires_at = least(expires_at, clock_timestamp() + %s)
    WHERE user_id = %s AND kind = 'key' AND name = %s AND position IS DISTINCT FROM %s"""


@dataclass(frozen=True, slots=True)
class Key:
    """A key that is good; nobody can read it again."""

    name: str
    roles: tuple[Role, ...]
    """All that it may be of what its user is; none: whatever that is."""
    issued_at: datetime
    expires_at: datetime


class Keys:
    """The keys of every user."""

    def __init__(self, rows: Rows, log: EventLog, forget: Callable[[], None]) -> None:
        self._rows, self._log, self._forget = rows, log, forget

    async def issue(
        self, user_id: UUID, name: str, lifetime: timedelta, position: int, roles: Collection[str] = ()
    ) -> Issued:
        """The key that the event at this position tells of; one of the same name stays good until it is revoked.

        Raises NotFound where the user has revoked it since.
        """
        await self._check(user_id, name)
        async with self._rows.together() as connection:
            return await issue(connection, user_id, "key", lifetime, name=name, roles=roles, position=position)

    async def rotate(self, user_id: UUID, name: str, lifetime: timedelta, position: int, overlap: timedelta) -> Issued:
        """A key of the same name and roles; the ones before are good for `overlap` at most. Raises NotFound."""
        roles = (await self._check(user_id, name)).keys[name]
        async with self._rows.together() as connection:
            await connection.execute(OVERLAP, [overlap, user_id, name, position])
            issued = await issue(connection, user_id, "key", lifetime, name=name, roles=roles, position=position)
        self._forget()
        return issued

    async def good(self, user_id: UUID) -> list[Key]:
        """The user's keys that are good, the oldest first."""
        found = await self._rows.all(GOOD, [user_id])
        return [Key(name, tuple(map(Role, roles)), *times) for name, roles, *times in found]

    async def end(self, user_id: UUID, name: str) -> None:
        """The user's keys of that name are over."""
        await self._rows.do(END, [user_id, name])
        self._forget()

    async def _check(self, user_id: UUID, name: str) -> User:
        """Whether it is still a key of somebody who may do anything: what is asked again may have changed since."""
        user = await self._log.load(User, user_id)
        if user.state != "active" or name not in user.keys:
            raise NotFound("There is no key of that name.")
        return user
