"""Numbers that people can read aloud, for documents whose numbering needs no gapless series."""

from __future__ import annotations

from uuid import UUID

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no letter that looks like a digit."""


def reference(prefix: str, id: UUID) -> str:
    """`Q-7F3K9-A2M4X`: 50 bits of the identity, the same for ever."""
    bits = id.int >> 78
    digits = "".join(ALPHABET[bits >> shift & 31] for shift in range(45, -1, -5))
    return f"{prefix}-{digits[:5]}-{digits[5:]}"
