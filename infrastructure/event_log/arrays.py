"""Postgres arrays of rows as the bytes that go over the wire: a driver's own way to them costs more than the append."""

from __future__ import annotations

from collections.abc import Sequence
from struct import Struct
from uuid import UUID

_HEADER = Struct(">2iI2i").pack
"""Dimensions, whether elements may be null, their type, how many there are, and the number of the first."""
_EMPTY = Struct(">2iI").pack
_INTEGER = Struct(">3i").pack
_PREFIX = Struct(">Ii").pack
"""A column's type and length."""
_LENGTH = Struct(">i").pack
_IDENTIFIED = Struct(">Ii16s3i").pack
"""An identity and an integer: what most rows begin with."""
_TEXT, _BLOB, _NUMBER, _UUID = 25, 17, 23, 2950
"""Object identifiers of the columns' types, the same in every Postgres."""

NO_TEXT, NO_BLOB, NO_UUID = (_PREFIX(each, -1) for each in (_TEXT, _BLOB, _UUID))


def text(value: bytes) -> bytes:
    """A column of UTF-8."""
    return _PREFIX(_TEXT, len(value)) + value


def blob(value: bytes) -> bytes:
    """A column of bytes."""
    return _PREFIX(_BLOB, len(value)) + value


def number(value: int) -> bytes:
    """A column of 32 bits."""
    return _INTEGER(_NUMBER, 4, value)


def uuid(value: UUID | None) -> bytes:
    """A column of an identity."""
    return NO_UUID if value is None else _PREFIX(_UUID, 16) + value.bytes


def identified(id: UUID, value: int) -> bytes:
    """Two columns: of an identity, and of 32 bits."""
    return _IDENTIFIED(_UUID, 16, id.bytes, _NUMBER, 4, value)


def row(count: int, *columns: bytes) -> bytes:
    """An element of so many columns, some of which may come joined."""
    content = b"".join(columns)
    return _PREFIX(4 + len(content), count) + content


def array(element: int, rows: Sequence[bytes]) -> bytes:
    """All of them; `element` is the object identifier of the rows' type."""
    if not rows:
        return _EMPTY(0, 0, element)
    return _HEADER(1, 0, element, len(rows), 1) + b"".join(rows)
