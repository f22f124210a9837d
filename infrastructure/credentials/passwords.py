"""Passwords, kept as Argon2id with the parameters of RFC 9106's second recommendation: 64 MiB, three passes."""

from __future__ import annotations

import asyncio
import secrets
from base64 import b64encode

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

AT_ONCE = 2
"""Hashes that a process works on at a time: each takes 64 MiB and much of a core."""

HASHER = PasswordHasher()


class Passwords:
    """Hashes and checks, off the event loop."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._at_once = asyncio.Semaphore(AT_ONCE)
        self._hasher = hasher or HASHER
        self.nobodys = _nobodys(self._hasher)
        """What is tried where there is no such account, so that this takes as long."""

    async def hashed(self, password: str) -> str:
        """What may be stored."""
        async with self._at_once:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def is_right(self, password: str, stored: str | None) -> bool:
        """Whether it is what was hashed; takes as long where nothing was."""
        async with self._at_once:
            return await asyncio.to_thread(self._is_right, password, stored or self.nobodys) and stored is not None

    def _is_right(self, password: str, stored: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False


def _nobodys(hasher: PasswordHasher) -> str:
    """A hash of no password that anybody knows, without the work of making one: every process would wait for that."""
    salt, hashed = (
        b64encode(secrets.token_bytes(length)).decode().rstrip("=") for length in (hasher.salt_len, hasher.hash_len)
    )
    cost = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    return f"$argon2id$v=19${cost}${salt}${hashed}"
