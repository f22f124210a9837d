"""What a leaf of the tree covers: everything that the log keeps of one event, byte for byte.

    "q2c event 1" LF
    position 8 · aggregate 16 · version 4 · recorded at, in microseconds since 1970-01-01T00:00Z, 8   (big-endian)
    topic · state · metadata                                         each its length in 4 bytes, then its bytes
    actor · key · digest of the request     each 0 where there is none, or 1 and then in the same way: only the last
                                            event of each save has them

Lengths go before what they measure, so that no two events have the same content.
"""

from __future__ import annotations

import struct
from typing import NamedTuple
from uuid import UUID

from infrastructure.proofs.tree import leaf_hash

KIND = b"q2c event 1\n"
NONE, SOME = b"\0", b"\1"
_FIXED = struct.Struct(">q16siq").pack
_LENGTH = struct.Struct(">I").pack


class Leaf(NamedTuple):
    """An event as the log keeps it."""

    position: int
    originator_id: UUID
    originator_version: int
    recorded_at: int
    """In microseconds since 1970-01-01T00:00Z."""
    topic: bytes
    state: bytes
    metadata: bytes
    actor: bytes | None
    key: bytes | None
    digest: bytes | None

    def content(self) -> bytes:
        """The bytes that its hash covers."""
        fixed = _FIXED(self.position, self.originator_id.bytes, self.originator_version, self.recorded_at)
        parts = [KIND, fixed]
        parts += map(_measured, (self.topic, self.state, self.metadata))
        parts += [NONE if value is None else SOME + _measured(value) for value in (self.actor, self.key, self.digest)]
        return b"".join(parts)

    def hash(self) -> bytes:
        """Of the leaf; empty, which is no event's, where what stands in the database is no event."""
        try:
            return leaf_hash(self.content())
        except (struct.error, TypeError, AttributeError):
            return b""


COLUMNS = b", ".join(
    b"CASE WHEN isfinite(recorded_at) THEN (extract(epoch FROM recorded_at) * 1000000)::bigint END"
    if field == "recorded_at"
    else b"textsend(%s)" % field.encode()
    if field in ("topic", "actor", "key")
    else field.encode()
    for field in Leaf._fields
)
"""Of a row, for a `Leaf`: whatever somebody has put there can be read."""


def _measured(value: bytes) -> bytes:
    return _LENGTH(len(value)) + value
