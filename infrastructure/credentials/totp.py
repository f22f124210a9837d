"""Codes of an authenticator (RFC 6238), and those for when it is lost."""

from __future__ import annotations

import base64
import secrets
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor import InvalidToken
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from psycopg import AsyncConnection
from psycopg.rows import TupleRow

from infrastructure.clock import Clock
from infrastructure.credentials.rows import Rows, digest
from infrastructure.credentials.sealing import Seal

ISSUER = "Quote to Cash"
STEP = 30
"""Seconds for which a code is shown."""
DIGITS = 6
NEIGHBOURS = (0, -1, 1)
"""Steps whose codes are taken: clocks differ, and people type slowly."""
RECOVERY_CODES = 10
RECOVERY_BYTES = 15
"""120 bits: what is random and that long may be kept as a plain hash."""

BEGIN = b"""
    INSERT INTO credentials.totp AS it (user_id, secret) VALUES (%s, %s)
    ON CONFLICT (user_id) DO UPDATE SET secret = excluded.secret, last_step = 0 WHERE NOT it.is_confirmed"""
SECRET = b"SELECT secret, last_step FROM credentials.totp WHERE user_id = %s"
CONFIRMED = SECRET + b" AND is_confirmed"
TAKE = b"UPDATE credentials.totp SET last_step = %s WHERE user_id = %s AND last_step < %s"
FORGET = b"DELETE FROM credentials.recovery_codes WHERE user_id = %s"
KEEP = b"INSERT INTO credentials.recovery_codes (user_id, hash) SELECT %s, unnest(%s::bytea[])"
RECOVER = FORGET + b" AND hash = %s"
PROVEN = b"UPDATE credentials.tokens SET is_strong = true WHERE hash = %s"
END_OTHERS = b"DELETE FROM credentials.tokens WHERE user_id = %s AND kind = 'session' AND hash <> %s"


class CodeNeeded(Exception):
    """Sign in with the `code` that your authenticator shows, or one of your recovery codes."""


class CodeRefused(Exception):
    """The code is wrong, or was used before."""


class SecondFactors:
    """Authenticators of users who have one."""

    def __init__(self, rows: Rows, seal: Seal, clock: Clock) -> None:
        self._rows, self._seal, self._clock = rows, seal, clock

    async def begin(self, user_id: UUID, login: str) -> str | None:
        """The otpauth URI of a new secret, which does not count until a code of it is known; it takes the place of one
        that does not count either. None where the user has one that does."""
        secret = secrets.token_bytes(20)
        kept = await self._rows.do(BEGIN, [user_id, self._seal.seal(secret, _what(user_id))])
        return _totp(secret).get_provisioning_uri(login, ISSUER) if kept else None

    async def check(self, user_id: UUID, code: str | None) -> bool:
        """Whether the user has an authenticator, and its code or a recovery code is right: then it is used up.

        Raises CodeNeeded where there is none to check, CodeRefused.
        """
        row = await self._rows.one(CONFIRMED, [user_id])
        if row is None:
            return False
        if code is None:
            raise CodeNeeded
        step = self._step_of(user_id, row[0], code)
        if step is None:
            used = await self._rows.do(RECOVER, [user_id, _kept(code)])
        else:
            used = await self._rows.do(TAKE, [step, user_id, step])
        if not used:
            raise CodeRefused
        return True

    async def step_of(self, user_id: UUID, code: str) -> int:
        """The step whose code it is, of a secret that need not count yet. Raises CodeRefused."""
        row = await self._rows.one(SECRET, [user_id])
        step = self._step_of(user_id, row[0], code) if row else None
        if step is None:
            raise CodeRefused
        return step

    async def confirmed(self, user_id: UUID, step: int, token: str) -> list[str]:
        """The recovery codes of a secret that counts now: the code of that step is used up, the session proven by it,
        and every other session over."""
        async with self._rows.together() as connection:
            await connection.execute(TAKE, [step, user_id, step])
            await connection.execute(PROVEN, [digest(token)])
            await connection.execute(END_OTHERS, [user_id, digest(token)])
            return await _new_recovery_codes(connection, user_id)

    async def new_recovery_codes(self, user_id: UUID) -> list[str]:
        """Those of before are good for nothing any more."""
        async with self._rows.together() as connection:
            return await _new_recovery_codes(connection, user_id)

    def _step_of(self, user_id: UUID, sealed: bytes, code: str) -> int | None:
        if not (len(code) == DIGITS and code.isascii() and code.isdecimal()):
            return None
        totp, now = _totp(self._seal.unseal(sealed, _what(user_id))), int(self._clock.now().timestamp()) // STEP
        return next((now + away for away in NEIGHBOURS if _is_code_of(totp, code, now + away)), None)


async def _new_recovery_codes(connection: AsyncConnection[TupleRow], user_id: UUID) -> list[str]:
    codes = [_recovery_code() for _ in range(RECOVERY_CODES)]
    await connection.execute(FORGET, [user_id])
    await connection.execute(KEEP, [user_id, [_kept(code) for code in codes]])
    return codes


def _totp(secret: bytes) -> TOTP:
    # SHA-1, as RFC 6238 has it first: many authenticators take no other, and as an HMAC it is sound.
    return TOTP(secret, DIGITS, SHA1(), STEP)  # noqa: S303


def _is_code_of(totp: TOTP, code: str, step: int) -> bool:
    try:
        totp.verify(code.encode(), step * STEP)
    except InvalidToken:
        return False
    return True


def _what(user_id: UUID) -> str:
    return f"totp {user_id}"


def _recovery_code() -> str:
    """Groups of six letters and digits, to be written down."""
    text = base64.b32encode(secrets.token_bytes(RECOVERY_BYTES)).decode().lower()
    return "-".join(text[start : start + 6] for start in range(0, len(text), 6))


def _kept(code: str) -> bytes:
    return digest(code.strip().lower().replace("-", "").replace(" ", ""))
