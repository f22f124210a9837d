"""Who somebody is, by password, session or key.

Whose token it is, and with which roles, a process keeps in mind for a moment. It forgets at once what it has changed
itself, and as soon as the database tells what others have; should that word be lost, after the moment.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import OrderedDict
from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from application.access import Caller
from application.identity import user_id
from domain.identity import Role, User
from domain.shared.refusal import NotFound
from infrastructure.clock import Clock
from infrastructure.credentials.attempts import Attempts
from infrastructure.credentials.keys import Keys
from infrastructure.credentials.links import Links
from infrastructure.credentials.passwords import Passwords
from infrastructure.credentials.provider import Provider
from infrastructure.credentials.rows import Rows, digest
from infrastructure.credentials.sealing import Seal
from infrastructure.credentials.sessions import NOTED, Sessions
from infrastructure.credentials.tokens import PREFIX, Issued, TokenRefused, issue
from infrastructure.credentials.totp import CodeRefused, SecondFactors
from infrastructure.event_log import EventLog, OfAnotherKind
from infrastructure.settings import Settings

SESSION = timedelta(hours=12)
SHORTEST_PASSWORD = 12
KEPT = 10_000
"""Tokens that a process keeps in mind."""
MOMENT = 2.0
"""Seconds for which it does, at most."""

OWNER = b"""
    SELECT user_id, kind, name, roles, is_strong, used_at < clock_timestamp() - %s FROM credentials.tokens
    WHERE hash = %s AND expires_at > clock_timestamp() AND (kind = 'key' OR used_at > clock_timestamp() - %s)"""
PASSWORD = b"SELECT hash, is_first FROM credentials.passwords WHERE user_id = %s"
STILL = PASSWORD + b" AND hash = %s FOR UPDATE"
SET_PASSWORD = b"""
    INSERT INTO credentials.passwords (user_id, hash, is_first) VALUES (%s, %s, %s)
    ON CONFLICT (user_id) DO UPDATE SET hash = excluded.hash, is_first = excluded.is_first,
        changed_at = clock_timestamp()"""
SIGNED_IN = b"""
    INSERT INTO credentials.sign_ins (user_id) VALUES (%s)
    ON CONFLICT (user_id) DO UPDATE SET last_at = clock_timestamp()"""
SUBJECT = b"SELECT user_id FROM credentials.subjects WHERE issuer = %s AND subject = %s"
REMEMBER_SUBJECT = (
    b"INSERT INTO credentials.subjects (issuer, subject, user_id) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING"
)
LAST_SIGNED_IN = b"SELECT user_id, last_at FROM credentials.sign_ins WHERE user_id = ANY(%s)"
END = b"DELETE FROM credentials.tokens WHERE hash = %s AND kind <> 'key'"
END_ALL = b"DELETE FROM credentials.tokens WHERE user_id = %s"


class SignInRefused(Exception):
    """Login, password or code is wrong."""


class PasswordMustBeChanged(Exception):
    """This password was set by somebody else: sign in with it and a `new_password` of your own."""


class PasswordTooWeak(Exception):
    """A password has 12 to 200 characters, and is neither the login nor the one before."""


class Credentials:
    """What one process knows of who somebody is."""

    def __init__(self, database_url: str, log: EventLog, clock: Clock, settings: Settings) -> None:
        self._rows, self._log = Rows(database_url), log
        self._attempts, self._passwords = Attempts(self._rows), Passwords()
        self._enrolled = settings.totp_required
        self.second_factors = SecondFactors(self._rows, Seal(settings), clock)
        self.keys = Keys(self._rows, log, self.forget)
        self.sessions = Sessions(self._rows, timedelta(minutes=settings.session_idle_minutes), self.forget)
        self.links = Links(self._rows, log, self._attempts)
        self.provider = _provider(self._rows, clock, settings)
        self._known: OrderedDict[str, tuple[float, Caller]] = OrderedDict()
        self._forgotten = 0

    async def open(self) -> None:
        """Ready to connect when first needed, and to hear of changes."""
        await self._rows.open()
        self._log.listen("credentials", self.forget)

    async def close(self) -> None:
        """Disconnect."""
        await self._rows.close()

    async def caller(self, token: str) -> Caller:
        """Whose token it is, with the roles of now. Raises TokenRefused."""
        if not token.startswith(PREFIX):
            raise TokenRefused
        now, known = asyncio.get_running_loop().time(), self._known.get(token)
        if known is not None and now < known[0]:
            return known[1]
        forgotten = self._forgotten
        caller = await self._holder(token)
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

    async def sign_in(
        self, login: str, password: str, address: str, new_password: str | None = None, code: str | None = None
    ) -> Issued:
        """A session for whoever knows the password, and the code of their authenticator if they have one; a
        `new_password` takes the old one's place and ends the others.

        Raises SignInRefused (which does not tell whether there is such an account), CodeNeeded, TooManyAttempts,
        PasswordMustBeChanged, PasswordTooWeak.
        """
        await self._attempts.count(login, address)
        id = user_id(login)
        stored, is_first = await self._check_password(id, password)
        if new_password is None and is_first:
            raise PasswordMustBeChanged
        if new_password in (password, login):
            raise PasswordTooWeak
        hashed = None if new_password is None else await self._strong(new_password)
        try:
            is_strong = await self.second_factors.check(id, code)
        except CodeRefused:
            raise SignInRefused from None
        await self._attempts.forgive(login, address)
        return await self._session(id, stored, hashed, is_strong)

    async def check_password(self, caller: Caller, password: str, address: str) -> None:
        """Whether whoever asks knows the password of the user whom they have signed in as. Raises SignInRefused,
        TooManyAttempts."""
        await self._attempts.count(caller.actor, address)
        await self._check_password(caller.user_id, password)
        await self._attempts.forgive(caller.actor, address)

    async def check_second_factor(self, caller: Caller, code: str, address: str) -> None:
        """Whether whoever asks has the authenticator of the user whom they have signed in as, if there is one: then the
        code is used up. Raises CodeRefused, TooManyAttempts."""
        await self._attempts.count(caller.actor, address)
        await self.second_factors.check(caller.user_id, code)
        await self._attempts.forgive(caller.actor, address)

    async def _check_password(self, id: UUID, password: str) -> tuple[str, bool]:
        """What is kept of it, and whether somebody else has chosen it."""
        stored, is_first = await self._rows.one(PASSWORD, [id]) or (None, False)
        is_right = await self._passwords.is_right(password, stored)
        if not is_right or await self._user(id) is None:
            raise SignInRefused
        return str(stored), is_first

    async def _session(self, id: UUID, stored: str, new: str | None, is_strong: bool) -> Issued:
        """Unless the password that was right has been replaced meanwhile; a new one ends whatever there was."""
        async with self._rows.together() as connection:
            if await (await connection.execute(STILL, [id, stored])).fetchone() is None:
                raise SignInRefused
            if new is not None:
                await connection.execute(SET_PASSWORD, [id, new, False])
                await connection.execute(END_ALL, [id])
            await connection.execute(SIGNED_IN, [id])
            issued = await issue(connection, id, "session", SESSION, is_strong=is_strong)
        self.forget()
        return issued

    async def user_of(self, issuer: str, subject: str) -> UUID | None:
        """The user whom a provider knows by that subject."""
        row = await self._rows.one(SUBJECT, [issuer, subject])
        return row[0] if row else None

    async def remember_subject(self, issuer: str, subject: str, user_id: UUID) -> None:
        """Whom a provider knows that user by."""
        await self._rows.do(REMEMBER_SUBJECT, [issuer, subject, user_id])

    async def session_from_provider(self, user_id: UUID) -> Issued:
        """For whoever has signed in at a provider, which has asked for as much as it thinks right. Raises
        SignInRefused where the user may do nothing any more."""
        if await self._user(user_id) is None:
            raise SignInRefused
        async with self._rows.together() as connection:
            await connection.execute(SIGNED_IN, [user_id])
            return await issue(connection, user_id, "session", SESSION, is_strong=True)

    async def delegator(self, login: str, to: str, at: datetime) -> User | None:
        """The user of that login, where they let another act on their behalf."""
        user = await self._user(user_id(login))
        return user if user is not None and user.has_delegated(to, at) else None

    async def last_signed_in(self, user_ids: Collection[UUID]) -> dict[UUID, datetime]:
        """When each of these did; those who never have are left out."""
        return dict(await self._rows.all(LAST_SIGNED_IN, [list(user_ids)]))

    async def sign_out(self, token: str) -> None:
        """The session is over."""
        await self._rows.do(END, [digest(token)])
        self.forget()

    async def first_password(self, user_id: UUID) -> str:
        """A new password that only lets its owner choose another one; sessions and keys of before are over.

        Raises NotFound where there is no such user who may do anything.
        """
        if await self._user(user_id) is None:
            raise NotFound("There is no active user of that id.")
        password = secrets.token_urlsafe(12)
        hashed = await self._strong(password)
        async with self._rows.together() as connection:
            await connection.execute(SET_PASSWORD, [user_id, hashed, True])
            await connection.execute(END_ALL, [user_id])
        self.forget()
        return password

    async def _strong(self, password: str) -> str:
        if not SHORTEST_PASSWORD <= len(password) <= 200:
            raise PasswordTooWeak
        return await self._passwords.hashed(password)

    async def _holder(self, token: str) -> Caller | None:
        """Who holds it, and as what; None where nobody does who may do anything."""
        kept = digest(token)
        row = await self._rows.one(OWNER, [NOTED, kept, self.sessions.idle])
        if row is None:
            return None
        owner, kind, name, roles, is_strong, is_to_be_noted = row
        if is_to_be_noted:
            await self.sessions.used(kept)
        if kind == "link":
            return await self.links.holder(owner)
        user = await self._user(owner)
        if user is None:
            return None
        must_enrol = kind == "session" and not is_strong and self._must_enrol(user)
        return Caller(
            user.id,
            user.login,
            _roles(user, roles),
            user.customer_id,
            must_enrol=must_enrol,
            key_name=name if kind == "key" else None,
            other_accounts=user.other_accounts,
        )

    def _must_enrol(self, user: User) -> bool:
        """Whether a password alone is not enough for this user."""
        if self._enrolled == "administrators":
            return Role.ADMINISTRATOR in user.roles
        return self._enrolled == "staff" and user.customer_id is None

    async def named(self, login: str) -> Caller | None:
        """Who has that login, whatever they may do; None where nobody has."""
        user = await self._loaded(user_id(login))
        return None if user is None else Caller(user.id, user.login, _roles(user, ()), user.customer_id)

    async def _user(self, id: UUID) -> User | None:
        """The user as of now; None where there is none who may do anything."""
        user = await self._loaded(id)
        return user if user is not None and user.state == "active" else None

    async def _loaded(self, id: UUID) -> User | None:
        """The user, if there is one, whatever they may do."""
        try:
            user = await self._log.load(User, id)
        except OfAnotherKind:
            return None
        return user if user.version else None


def _roles(user: User, scope: Collection[str]) -> frozenset[Role]:
    """What the user is, as far as the token lets its holder be it."""
    return frozenset(Role(role) for role in user.roles if not scope or role in scope)


def _provider(rows: Rows, clock: Clock, settings: Settings) -> Provider | None:
    if settings.oidc_issuer is None:
        return None
    # Here, since every process and command starts faster without it.
    from infrastructure.credentials.oidc import OpenIdProvider

    return OpenIdProvider(rows, clock, settings)
