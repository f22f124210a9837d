"""Idempotency keys for what nobody asks for twice."""

from __future__ import annotations

import secrets
import time
from uuid import UUID

from domain.shared.identities import BEHIND_TIME, begun_with


def time_ordered() -> UUID:
    """Version 7 of RFC 9562: milliseconds since 1970, then 74 random bits."""
    return begun_with(time.time_ns() // 1_000_000, secrets.randbits(BEHIND_TIME), version=7)


def fresh_key() -> str:
    """A key of its own; what it creates stands in every index beside what was created at the same time."""
    return str(time_ordered())
