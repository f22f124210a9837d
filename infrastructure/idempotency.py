"""Idempotency keys for what nobody asks for twice."""

from __future__ import annotations

import secrets
import time
from uuid import UUID


def time_ordered() -> UUID:
    """Version 7 of RFC 9562: milliseconds since 1970, then 74 random bits."""
    milliseconds, random = time.time_ns() // 1_000_000, secrets.randbits(74)
    return UUID(int=milliseconds << 80 | 7 << 76 | (random >> 62) << 64 | 0b10 << 62 | random & (1 << 62) - 1)


def fresh_key() -> str:
    """A key of its own; what it creates stands in every index beside what was created at the same time."""
    return str(time_ordered())
