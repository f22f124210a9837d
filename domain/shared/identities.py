"""Identities that follow from something else, so that nothing is ever made twice."""

from __future__ import annotations

from uuid import UUID, uuid5

TIME_ORDERED, MADE_HERE = (7, 8), 8
"""Versions of UUID (RFC 9562) of which the first 48 bits are a time here; version 8 is what is made of them."""
BEHIND_TIME = 80
"""Bits of a UUID behind its 48 bits of time: four of the version, 12, two of the variant, 62."""
VERSION_AT, VARIANT_AT, VARIANT = 76, 62, 0b10
FREE = (1 << BEHIND_TIME) - 1 & ~(0xF << VERSION_AT) & ~(0b11 << VARIANT_AT)


def derived(origin: UUID, name: str) -> UUID:
    """What `origin` has under that name: the same for ever."""
    return beside(origin, uuid5(origin, name))


def beside(origin: UUID, hashed: UUID) -> UUID:
    """The hashed identity, begun as `origin` begins where that is a time: what is made at one time then lies together
    in every index, so that appends to a long log touch few pages. 74 bits of the hash remain."""
    if origin.version not in TIME_ORDERED:
        return hashed
    return begun_with(origin.int >> BEHIND_TIME, hashed.int, version=MADE_HERE)


def begun_with(time: int, rest: int, *, version: int) -> UUID:
    """The UUID of a time, in milliseconds since 1970, and of the lowest 80 bits of `rest`, of which 74 remain."""
    return UUID(int=time << BEHIND_TIME | version << VERSION_AT | VARIANT << VARIANT_AT | rest & FREE)
