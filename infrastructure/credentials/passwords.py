"""Passwords, kept as Argon2id with the parameters of RFC 9106's second recommendation: 64 MiB, three passes."""

from __future__ import annotations

import asyncio
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

AT_ONCE = 2
"""Hashes that a process works on at a time: each takes 64 MiB and much of a core."""

_hasher = PasswordHasher()
_NOBODYS = _hasher.hash(secrets.token_urlsafe())
"""What is tried where there is no such account, so that this takes as long."""


class Passwords:
    """Hashes and checks, off the event loop."""

    def __init__(self) -> None:
        self._at_once = asyncio.Semaphore(AT_ONCE)

    async def hashed(self, password: str) -> str:
        """What may be stored."""
        async with self._at_once:
            return await asyncio.to_thread(_hasher.hash, password)

    async def is_right(self, password: str, stored: str | None) -> bool:
        """Whether it is what was hashed; takes as long where nothing was."""
        async with self._at_once:
            return await asyncio.to_thread(_is_right, password, stored or _NOBODYS) and stored is not None


def _is_right(password: str, stored: str) -> bool:
    try:
        return _hasher.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False
