"""Rows as files that other programs open: CSV for spreadsheets, JSON Lines for programs."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_json = msgspec.json.Encoder(decimal_format="string").encode


class Format(StrEnum):
    """How rows are written."""

    CSV = "csv"
    """RFC 4180, UTF-8, with a header. A text that a spreadsheet would take for a formula begins with an apostrophe."""
    JSONL = "jsonl"
    """One JSON object a line; decimals are strings."""

    @property
    def media_type(self) -> str:
        """What HTTP calls it."""
        return "text/csv" if self is Format.CSV else "application/x-ndjson"


class Lines:
    """Rows of the same columns, one after another, as bytes."""

    def __init__(self, form: Format, columns: Sequence[str]) -> None:
        self._form, self._columns = form, columns

    def header(self) -> bytes:
        """What stands above the rows."""
        return _csv(self._columns) if self._form is Format.CSV else b""

    def line(self, row: Mapping[str, Any]) -> bytes:
        """One row."""
        if self._form is Format.JSONL:
            return _json({column: row[column] for column in self._columns}) + b"\n"
        return _csv([_cell(row[column]) for column in self._columns])


def _csv(cells: Sequence[Any]) -> bytes:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue().encode()


def _cell(value: Any) -> str:
    """A number as it is, a text made harmless, anything deeper as JSON."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float | Decimal):
        return format(value, "f") if isinstance(value, Decimal) else str(value)
    if isinstance(value, date):
        return value.isoformat()
    text = value if isinstance(value, str) else _text(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _text(value: Any) -> str:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return "; ".join(value)
    return _json(value).decode()
