"""Links to one document, and the codes that are sent apart from them. What a link is for, its events say."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from application.access import Caller
from domain.identity import PortalLink, Role
from infrastructure.credentials.attempts import Attempts
from infrastructure.credentials.rows import Rows, digest
from infrastructure.credentials.tokens import Issued, issue
from infrastructure.event_log import EventLog

SESSION = timedelta(hours=1)
CODE_DIGITS = 8

GIVE = b"""
    INSERT INTO credentials.links (link_id, hash, code) VALUES (%s, %s, %s)
    ON CONFLICT (link_id) DO UPDATE SET hash = excluded.hash, code = excluded.code"""
GIVEN = b"SELECT link_id, code FROM credentials.links WHERE hash = %s"


class LinkRefused(Exception):
    """The link or its code is wrong, or it is over: ask whoever sent it for another one."""


@dataclass(frozen=True, slots=True)
class GivenLink:
    """What opens a document, if both come together. Nobody can read either of them again."""

    link: str
    code: str


class Links:
    """Links that were given."""

    def __init__(self, rows: Rows, log: EventLog, attempts: Attempts) -> None:
        self._rows, self._log, self._attempts = rows, log, attempts

    async def give(self, link_id: UUID) -> GivenLink:
        """What opens it; in the place of what was answered before. Raises LinkRefused where it is over."""
        if (await self._log.load(PortalLink, link_id)).state != "given":
            raise LinkRefused
        link, code = secrets.token_urlsafe(32), f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
        await self._rows.do(GIVE, [link_id, digest(link), _of_both(link, code)])
        return GivenLink(link, code)

    async def check(self, link: str, code: str, address: str) -> UUID:
        """Which one it is, and it may be opened. Raises LinkRefused, TooManyAttempts: a link is guessed as a password
        is."""
        await self._attempts.count(f"link {link}", address)
        row = await self._rows.one(GIVEN, [digest(link)])
        if row is None or not hmac.compare_digest(row[1], _of_both(link, code)):
            raise LinkRefused
        await self._attempts.forgive(f"link {link}", address)
        found: UUID = row[0]
        return found

    async def session(self, link_id: UUID) -> Issued:
        """For whoever has opened it."""
        async with self._rows.together() as connection:
            return await issue(connection, link_id, "link", SESSION)

    async def holder(self, link_id: UUID) -> Caller | None:
        """Whoever has opened it; None where it was revoked since."""
        link = await self._log.load(PortalLink, link_id)
        if link.state != "opened":
            return None
        roles = {Role.CUSTOMER_VIEWER} | ({Role.CUSTOMER_SIGNER} if link.may_accept else set())
        document = link.document_kind, link.document_id
        return Caller(link_id, actor_of(link_id), frozenset(roles), link.customer_id, document=document)


def actor_of(link_id: UUID) -> str:
    """Who acts where somebody has opened a link: no login has a colon."""
    return f"link:{link_id}"


def _of_both(link: str, code: str) -> bytes:
    return digest(f"{link} {code.strip()}")
