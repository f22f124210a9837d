"""Sessions, keys and attempts to sign in.

Whose token it is, and with which roles, a process keeps in mind for a moment. It forgets at once what it has changed
itself, and as soon as the database tells what others have; should that word be lost, after the moment.
"""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg.rows import TupleRow

from application.access import Caller
from application.identity import user_id
from domain.identity import User
from domain.shared.refusal import NotFound
from infrastructure.credentials.passwords import Passwords
from infrastructure.database import Role, connection_pool, unavailable
from infrastructure.event_log import EventLog

SESSION = timedelta(hours=12)
LONGEST_KEY = timedelta(days=366)
SHORTEST_PASSWORD = 12
KEPT = 10_000
"""Tokens that a process keeps in mind."""
MOMENT = 2.0
"""Seconds for which it does, at most."""
FORGOTTEN = timedelta(minutes=15)
"""After which earlier attempts no longer count."""
SHORTEST_WAIT = timedelta(seconds=15)
OF_ACCOUNT, OF_ADDRESS = 10, 100
"""Attempts in a row after which each further one has to wait, longer every time."""

OWNER = b"SELECT user_id FROM credentials.tokens WHERE hash = %s AND expires_at > clock_timestamp()"
ATTEMPT = b"""
    INSERT INTO credentials.attempts AS it (subject, failed, last_at, locked_until)
    SELECT subject, 1, clock_timestamp(), clock_timestamp() FROM unnest(%(subjects)s::bytea[]) AS subject ORDER BY 1
    ON CONFLICT (subject) DO UPDATE SET
        failed = CASE WHEN it.last_at < clock_timestamp() - %(forgotten)s THEN 1 ELSE it.failed + 1 END,
        last_at = clock_timestamp()
    WHERE it.locked_until <= clock_timestamp()
    RETURNING subject, failed"""
LOCK = b"""
    UPDATE credentials.attempts SET locked_until = clock_timestamp() + %s WHERE subject = %s"""
SUCCEEDED = b"DELETE FROM credentials.attempts WHERE subject = %s"
PASSWORD = b"SELECT hash, is_first FROM credentials.passwords WHERE user_id = %s"
SET_PASSWORD = b"""
    INSERT INTO credentials.passwords (user_id, hash, is_first) VALUES (%s, %s, %s)
    ON CONFLICT (user_id) DO UPDATE SET hash = excluded.hash, is_first = excluded.is_first,
        changed_at = clock_timestamp()"""
ISSUE = b"""
    INSERT INTO credentials.tokens (hash, user_id, kind, name, expires_at)
    VALUES (%s, %s, %s, %s, clock_timestamp() + %s) RETURNING expires_at"""
EXPIRED = b"DELETE FROM credentials.tokens WHERE expires_at <= clock_timestamp()"
END = b"DELETE FROM credentials.tokens WHERE hash = %s AND kind = 'session'"
END_ALL = b"DELETE FROM credentials.tokens WHERE user_id = %s AND kind = %s AND (%s::text IS NULL OR name = %s)"


class SignInRefused(Exception):
    """Login or password is wrong."""


class PasswordMustBeChanged(Exception):
    """This password was set by somebody else: sign in with it and a `new_password` of your own."""


class PasswordTooWeak(Exception):
    """A password has 12 to 200 characters, and is neither the login nor the one before."""


class TooManyAttempts(Exception):
    """Too many attempts to sign in have failed: wait before the next one."""


class TokenRefused(Exception):
    """The token is unknown, ended or expired: sign in anew."""


@dataclass(frozen=True, slots=True)
class Issued:
    """A session or a key. Nobody can read the token again: only its hash is kept."""

    token: str
    expires_at: datetime


class Credentials:
    """What one process knows of who somebody is."""

    def __init__(self, database_url: str, log: EventLog) -> None:
        self._pool = connection_pool(database_url, Role.CREDENTIALS, "q2c credentials", min_size=0, max_size=4)
        self._log = log
        self._passwords = Passwords()
        self._known: OrderedDict[str, tuple[float, Caller]] = OrderedDict()
        self._forgotten = 0

    async def open(self) -> None:
        """Ready to connect when first needed, and to hear of changes."""
        await self._pool.open()
        self._log.listen("credentials", self.forget)

    async def close(self) -> None:
        """Disconnect."""
        await self._pool.close()

    async def caller(self, token: str) -> Caller:
        """Whose token it is, with the roles of now. Raises TokenRefused."""
        now, known = asyncio.get_running_loop().time(), self._known.get(token)
        if known is not None and now < known[0]:
            return known[1]
        forgotten = self._forgotten
        row = await self._row(OWNER, [_hash(token)])
        caller = await self._user(row[0]) if row else None
        if caller is None:
            raise TokenRefused
        if forgotten == self._forgotten:  # otherwise what was read may have changed since
            self._known[token] = now + MOMENT, caller
            if len(self._known) > KEPT:
                self._known.popitem(last=False)
        return caller

    def forget(self) -> None:
        """Whatever was known may have changed."""
        self._forgotten += 1
        self._known.clear()

    async def sign_in(self, login: str, password: str, address: str, new_password: str | None = None) -> Issued:
        """A session for whoever knows the password; a `new_password` takes the old one's place and ends the others.

        Raises SignInRefused (which does not tell whether there is such an account), TooManyAttempts,
        PasswordMustBeChanged, PasswordTooWeak.
        """
        subject = _hash(f"account {login}")
        await self._attempt(subject, _hash(f"address {address}"))
        id = user_id(login)
        stored, is_first = await self._row(PASSWORD, [id]) or (None, False)
        is_right = await self._passwords.is_right(password, stored)
        if not is_right or await self._user(id) is None:
            raise SignInRefused
        await self._do(SUCCEEDED, [subject])
        if new_password is not None:
            if new_password in (password, login):
                raise PasswordTooWeak
            await self.set_password(id, new_password)
        elif is_first:
            raise PasswordMustBeChanged
        return await self._issue(id, "session", "", SESSION)

    async def sign_out(self, token: str) -> None:
        """The session is over."""
        await self._do(END, [_hash(token)])
        self.forget()

    async def set_password(self, user_id: UUID, password: str, *, is_first: bool = False) -> None:
        """From now on this one, and no session of before. Raises PasswordTooWeak."""
        if not SHORTEST_PASSWORD <= len(password) <= 200:
            raise PasswordTooWeak
        await self._do(SET_PASSWORD, [user_id, await self._passwords.hashed(password), is_first])
        await self._do(END_ALL, [user_id, "session", None, None])
        self.forget()

    async def first_password(self, user_id: UUID) -> str:
        """A new password that only lets its owner choose another one; sessions of before are over.

        Raises NotFound where there is no such user who may do anything.
        """
        if await self._user(user_id) is None:
            raise NotFound("There is no active user of that id.")
        password = secrets.token_urlsafe(12)
        await self.set_password(user_id, password, is_first=True)
        return password

    async def issue_key(self, user_id: UUID, name: str, lifetime: timedelta) -> Issued:
        """A key for applications that act as this user; one of the same name stays good until it is revoked.

        Raises NotFound where there is no such user who may do anything.
        """
        if await self._user(user_id) is None:
            raise NotFound("There is no active user of that id.")
        return await self._issue(user_id, "key", name, min(lifetime, LONGEST_KEY))

    async def revoke_keys(self, user_id: UUID, name: str) -> int:
        """The user's keys of that name are over; how many there were."""
        ended = await self._do(END_ALL, [user_id, "key", name, name])
        self.forget()
        return ended

    async def _issue(self, user_id: UUID, kind: str, name: str, lifetime: timedelta) -> Issued:
        token = f"q2c_{kind}_{secrets.token_urlsafe(32)}"
        await self._do(EXPIRED, [])
        row = await self._row(ISSUE, [_hash(token), user_id, kind, name, lifetime])
        assert row is not None
        return Issued(token, row[0])

    async def _attempt(self, account: bytes, address: bytes) -> None:
        """Counted before it is known how it ends, so that many at once are not more than one after another."""
        with unavailable():
            counted = await self._count(account, address)
        if len(counted) < 2:
            raise TooManyAttempts

    async def _count(self, account: bytes, address: bytes) -> dict[bytes, int]:
        async with self._pool.connection() as connection, connection.transaction():
            subjects = {"subjects": [account, address], "forgotten": FORGOTTEN}
            counted: dict[bytes, int] = dict(await (await connection.execute(ATTEMPT, subjects)).fetchall())
            for subject, most in ((account, OF_ACCOUNT), (address, OF_ADDRESS)):
                if subject in counted and (beyond := counted[subject] - most) >= 0:
                    await connection.execute(LOCK, [min(SHORTEST_WAIT * 2 ** min(beyond, 10), FORGOTTEN), subject])
            return counted

    async def _user(self, id: UUID) -> Caller | None:
        """The user as of now; None where there is none who may do anything."""
        user = await self._log.load(User, id)
        return Caller(id, user.login, frozenset(user.roles), user.customer_id) if user.state == "active" else None

    async def _row(self, sql: bytes, values: list[Any]) -> TupleRow | None:
        with unavailable():
            async with self._pool.connection() as connection:
                return await (await connection.execute(sql, values)).fetchone()

    async def _do(self, sql: bytes, values: list[Any]) -> int:
        with unavailable():
            async with self._pool.connection() as connection:
                return int((await connection.execute(sql, values)).rowcount)


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
