"""Identities that follow from something else, so that nothing is ever made twice."""

from __future__ import annotations

from uuid import UUID, uuid5

TIME_ORDERED = (7, 8)
"""Versions of UUID (RFC 9562) of which the first 48 bits are a time; version 8 is what is made of them here."""
VERSION, ITS_PLACE = 8, 76
HASHED = (1 << 80) - 1 & ~(0xF << ITS_PLACE)


def derived(origin: UUID, name: str) -> UUID:
    """What `origin` has under that name: the same for ever."""
    return beside(origin, uuid5(origin, name))


def beside(origin: UUID, hashed: UUID) -> UUID:
    """The hashed identity, begun as `origin` begins where that is a time: what is made at one time then lies together
    in every index, so that appends to a long log touch few pages. 74 bits of the hash remain."""
    if origin.version not in TIME_ORDERED:
        return hashed
    time = origin.int & ~((1 << 80) - 1)
    return UUID(int=time | VERSION << ITS_PLACE | hashed.int & HASHED)
