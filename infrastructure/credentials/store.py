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
from ipaddress import ip_network
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import TupleRow

from application.access import Caller
from application.identity import user_id
from domain import identity
from domain.identity import User
from domain.shared.refusal import NotFound
from infrastructure.credentials.passwords import Passwords
from infrastructure.database import Role, connection_pool, unavailable
from infrastructure.event_log import EventLog, OfAnotherKind

PREFIX = "q2c_"
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

OWNER = b"""
    SELECT user_id, CASE kind WHEN 'key' THEN name END FROM credentials.tokens
    WHERE hash = %s AND expires_at > clock_timestamp()"""
ATTEMPT = b"""
    INSERT INTO credentials.attempts AS it (subject, failed, last_at, locked_until)
    VALUES (%s, 1, clock_timestamp(), clock_timestamp())
    ON CONFLICT (subject) DO UPDATE SET
        failed = CASE WHEN it.last_at < clock_timestamp() - %s THEN 1 ELSE it.failed + 1 END,
        last_at = clock_timestamp()
    WHERE it.locked_until <= clock_timestamp()
    RETURNING failed"""
LOCK = b"""
    UPDATE credentials.attempts SET locked_until = clock_timestamp() + %s WHERE subject = %s"""
SUCCEEDED = b"""
    UPDATE credentials.attempts SET failed = CASE subject WHEN %s THEN 0 ELSE greatest(failed - 1, 0) END
    WHERE subject = ANY(%s)"""
PASSWORD = b"SELECT hash, is_first FROM credentials.passwords WHERE user_id = %s"
STILL = PASSWORD + b" AND hash = %s FOR UPDATE"
SET_PASSWORD = b"""
    INSERT INTO credentials.passwords (user_id, hash, is_first) VALUES (%s, %s, %s)
    ON CONFLICT (user_id) DO UPDATE SET hash = excluded.hash, is_first = excluded.is_first,
        changed_at = clock_timestamp()"""
ISSUE = b"""
    INSERT INTO credentials.tokens (hash, user_id, kind, name, expires_at)
    VALUES (%s, %s, %s, %s, clock_timestamp() + %s) RETURNING expires_at"""
EXPIRED = b"DELETE FROM credentials.tokens WHERE expires_at <= clock_timestamp()"
BYGONE = b"DELETE FROM credentials.attempts WHERE last_at < clock_timestamp() - interval '1 day'"
END = b"DELETE FROM credentials.tokens WHERE hash = %s AND kind = 'session'"
END_ALL = b"DELETE FROM credentials.tokens WHERE user_id = %s"
END_KEYS = END_ALL + b" AND kind = 'key' AND name = %s"
KEYS = b"""
    SELECT name, issued_at, expires_at FROM credentials.tokens
    WHERE user_id = %s AND kind = 'key' AND expires_at > clock_timestamp() ORDER BY issued_at"""


@dataclass(frozen=True, slots=True)
class Key:
    """A key that is good; nobody can read it again."""

    name: str
    issued_at: datetime
    expires_at: datetime


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
        if not token.startswith(PREFIX):
            raise TokenRefused
        now, known = asyncio.get_running_loop().time(), self._known.get(token)
        if known is not None and now < known[0]:
            return known[1]
        forgotten = self._forgotten
        row = await self._row(OWNER, [_hash(token)])
        caller = await self._user(*row) if row else None
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
        account, place = _hash(f"account {login}"), _hash(f"address {_network(address)}")
        await self._attempt(account, place)
        id = user_id(login)
        stored, is_first = await self._row(PASSWORD, [id]) or (None, False)
        is_right = await self._passwords.is_right(password, stored)
        if not is_right or await self._user(id) is None:
            raise SignInRefused
        await self._do(SUCCEEDED, [account, sorted([account, place])])
        if new_password is None and is_first:
            raise PasswordMustBeChanged
        if new_password in (password, login):
            raise PasswordTooWeak
        hashed = None if new_password is None else await self._strong(new_password)
        return await self._session(id, str(stored), hashed)

    async def _session(self, id: UUID, stored: str, new: str | None) -> Issued:
        """Unless the password that was right has been replaced meanwhile; a new one ends whatever there was."""
        with unavailable():
            async with self._pool.connection() as connection, connection.transaction():
                if await (await connection.execute(STILL, [id, stored])).fetchone() is None:
                    raise SignInRefused
                if new is not None:
                    await connection.execute(SET_PASSWORD, [id, new, False])
                    await connection.execute(END_ALL, [id])
                await connection.execute(BYGONE)
                issued = await _issue(connection, id, "session", "", SESSION)
        self.forget()
        return issued

    async def sign_out(self, token: str) -> None:
        """The session is over."""
        await self._do(END, [_hash(token)])
        self.forget()

    async def first_password(self, user_id: UUID) -> str:
        """A new password that only lets its owner choose another one; sessions and keys of before are over.

        Raises NotFound where there is no such user who may do anything.
        """
        await self._check_user(user_id)
        password = secrets.token_urlsafe(12)
        hashed = await self._strong(password)
        with unavailable():
            async with self._pool.connection() as connection, connection.transaction():
                await connection.execute(SET_PASSWORD, [user_id, hashed, True])
                await connection.execute(END_ALL, [user_id])
        self.forget()
        return password

    async def issue_key(self, user_id: UUID, name: str, lifetime: timedelta) -> Issued:
        """A key for applications that act as this user; one of the same name stays good until it is revoked.

        Raises NotFound where there is no such user who may do anything.
        """
        await self._check_user(user_id)
        with unavailable():
            async with self._pool.connection() as connection:
                return await _issue(connection, user_id, "key", name, min(lifetime, LONGEST_KEY))

    async def keys(self, user_id: UUID) -> list[Key]:
        """The user's keys that are good, the oldest first."""
        with unavailable():
            async with self._pool.connection() as connection:
                return [Key(*row) for row in await (await connection.execute(KEYS, [user_id])).fetchall()]

    async def revoke_keys(self, user_id: UUID, name: str) -> int:
        """The user's keys of that name are over; how many there were."""
        ended = await self._do(END_KEYS, [user_id, name])
        self.forget()
        return ended

    async def _strong(self, password: str) -> str:
        if not SHORTEST_PASSWORD <= len(password) <= 200:
            raise PasswordTooWeak
        return await self._passwords.hashed(password)

    async def _check_user(self, user_id: UUID) -> None:
        if await self._user(user_id) is None:
            raise NotFound("There is no active user of that id.")

    async def _attempt(self, account: bytes, place: bytes) -> None:
        """Counted before it is known how it ends, so that many at once are not more than one after another; nothing of
        an account is counted from a place that has to wait."""
        with unavailable():
            async with self._pool.connection() as connection:
                for subject, most in ((place, OF_ADDRESS), (account, OF_ACCOUNT)):
                    row = await (await connection.execute(ATTEMPT, [subject, FORGOTTEN])).fetchone()
                    if row is None:
                        raise TooManyAttempts
                    if (beyond := row[0] - most) >= 0:
                        wait = min(SHORTEST_WAIT * 2 ** min(beyond, 10), FORGOTTEN)
                        await connection.execute(LOCK, [wait, subject])

    async def named(self, login: str) -> Caller | None:
        """Who has that login, whatever they may do; None where nobody has."""
        return (await self._loaded(user_id(login)))[0]

    async def _user(self, id: UUID, key_name: str | None = None) -> Caller | None:
        """The user as of now; None where there is none who may do anything."""
        caller, is_active = await self._loaded(id, key_name)
        return caller if is_active else None

    async def _loaded(self, id: UUID, key_name: str | None = None) -> tuple[Caller | None, bool]:
        """The user, if there is one, and whether they may do anything."""
        try:
            user = await self._log.load(User, id)
        except OfAnotherKind:
            return None, False
        if not user.version:
            return None, False
        roles = frozenset(map(identity.Role, user.roles))
        return Caller(id, user.login, roles, user.customer_id, key_name), user.state == "active"

    async def _row(self, sql: bytes, values: list[Any]) -> TupleRow | None:
        with unavailable():
            async with self._pool.connection() as connection:
                return await (await connection.execute(sql, values)).fetchone()

    async def _do(self, sql: bytes, values: list[Any]) -> int:
        with unavailable():
            async with self._pool.connection() as connection:
                return int((await connection.execute(sql, values)).rowcount)


async def _issue(
    connection: AsyncConnection[TupleRow], user_id: UUID, kind: str, name: str, lifetime: timedelta
) -> Issued:
    token = f"{PREFIX}{kind}_{secrets.token_urlsafe(32)}"
    await connection.execute(EXPIRED)
    row = await (await connection.execute(ISSUE, [_hash(token), user_id, kind, name, lifetime])).fetchone()
    assert row is not None
    return Issued(token, row[0])


def _network(address: str) -> str:
    """An IPv4 address, or the network of an IPv6 address: whoever has one has all of its addresses."""
    try:
        return str(ip_network((address, 64 if ":" in address else 32), strict=False))
    except ValueError:
        return address


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
