"""Postgres arrays as the bytes that go over the wire: a driver's own way to them costs more than the append itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from struct import Struct, pack
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.adapt import Dumper
from psycopg.pq import Format

_BYTEA, _INTEGER, _TEXT, _UUID = 17, 23, 25, 2950
"""Object identifiers of the elements' types, the same in every Postgres."""
_HEADER = Struct(">iiiii")
"""Dimensions, whether elements may be null, their type, how many there are, and the number of the first."""
_LENGTH = Struct(">i").pack
_NULL = _LENGTH(-1)


class Array(bytes):
    """One parameter, ready to be sent."""


class _AsItIs(Dumper):
    format = Format.BINARY

    def dump(self, obj: Array) -> Array:
        """The bytes themselves; the statement says which type they are of."""
        return obj


def accept_arrays(connection: AsyncConnection) -> None:
    """Let the connection's statements take them."""
    connection.adapters.register_dumper(Array, _AsItIs)


def blobs(values: Sequence[bytes | None]) -> Array:
    """`bytea[]`."""
    return _array(_BYTEA, values)


def texts(values: Sequence[bytes | None]) -> Array:
    """`text[]`, of UTF-8."""
    return _array(_TEXT, values)


def uuids(values: Sequence[UUID | None]) -> Array:
    """`uuid[]`."""
    return _array(_UUID, [None if value is None else value.bytes for value in values])


def integers(values: Iterable[int]) -> Array:
    """`integer[]`."""
    pairs = [number for value in values for number in (4, value)]
    return Array(_header(_INTEGER, len(pairs) // 2) + pack(f">{len(pairs)}i", *pairs))


def _array(element: int, values: Sequence[bytes | None]) -> Array:
    parts = [_header(element, len(values))]
    for value in values:
        if value is None:
            parts.append(_NULL)
        else:
            parts += (_LENGTH(len(value)), value)
    return Array(b"".join(parts))


def _header(element: int, count: int) -> bytes:
    return _HEADER.pack(1, 1, element, count, 1) if count else _HEADER.pack(0, 0, element, 0, 1)[:12]
