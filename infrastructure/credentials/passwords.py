"""Passwords, kept as Argon2id with the parameters of RFC 9106's second recommendation: 64 MiB, three passes."""

from __future__ import annotations

import asyncio
import secrets
from base64 import b64encode

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

AT_ONCE = 2
"""Hashes that a process works on at a time: each takes 64 MiB and much of a core."""

_hasher = PasswordHasher()


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
            return await asyncio.to_thread(_is_right, password, stored or NOBODYS) and stored is not None


def _nobodys() -> str:
    """A hash of no password that anybody knows, without the work of making one: every process would wait for that."""
    salt, hashed = (
        b64encode(secrets.token_bytes(length)).decode().rstrip("=") for length in (_hasher.salt_len, _hasher.hash_len)
    )
    cost = f"m={_hasher.memory_cost},t={_hasher.time_cost},p={_hasher.parallelism}"
    return f"$argon2id$v=19${cost}${salt}${hashed}"


NOBODYS = _nobodys()
"""What is tried where there is no such account, so that this takes as long."""


def _is_right(password: str, stored: str) -> bool:
    try:
        return _hasher.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False
