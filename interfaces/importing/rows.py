"""Tables of other systems: every value is what its column should hold, or the row is told with the reason."""

from __future__ import annotations

import csv
import gzip
import re
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import TextIO

NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,8})?")
WITH_COMMA = re.compile(r"-?[0-9]{1,12},[0-9]{1,20}")
AMBIGUOUS = re.compile(r"(-?[1-9][0-9]{0,2})[.,]([0-9]{3})")
"""Thousands to some, decimals to others; what begins with a zero can only have decimals."""
AS_NUMBER = re.compile(r"[0-9]+\.0+")
WHOLE = re.compile(r"[0-9]{1,9}")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
MOMENT = re.compile(rf"{DAY.pattern} [0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}")
NOT_TEXT = re.compile("[\x00\ud800-\udfff]")
LONGEST_CODE = 50
LONGEST_NAME = 500
FIRST_YEAR, LAST_YEAR = 1900, 2198


class Unreadable(Exception):
    """A file as a whole cannot be used: it is missing, damaged, or of another layout."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row was left out."""

    file: str
    row: int
    """Its line in the file; the header is line 1."""
    column: str
    """Empty where the row as a whole is meant."""
    reason: str


class BadRow(Exception):
    """A row says what cannot be."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.reason)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Row:
    """One row, whose values are asked for by column and kind. Each getter raises BadRow."""

    file: str
    number: int
    values: dict[str, str]
    decimal_comma: bool = False
    """Whether numbers may be written as `12,50`."""

    def bad(self, column: str, reason: str) -> BadRow:
        """What is wrong with it, to be raised."""
        return BadRow(Problem(self.file, self.number, column, reason))

    def text(self, column: str) -> str:
        """Any text, none included."""
        value = self.values[column].strip()
        if NOT_TEXT.search(value):
            raise self.bad(column, "is not UTF-8 text")
        return value

    def code(self, column: str) -> str:
        """A text that identifies something."""
        value = self.text(column)
        if not 0 < len(value) <= LONGEST_CODE:
            raise self.bad(column, "is empty" if not value else f"is longer than {LONGEST_CODE} characters")
        return value

    def key(self, column: str) -> str:
        """A code that refers to a row of another table. Tools that take keys for numbers write `31.0`."""
        value = self.code(column)
        return value.partition(".")[0] if AS_NUMBER.fullmatch(value) else value

    def name(self, column: str) -> str:
        """A text that people know something by."""
        value = self.text(column)
        if not 0 < len(value) <= LONGEST_NAME:
            raise self.bad(column, "is empty" if not value else f"is longer than {LONGEST_NAME} characters")
        return value

    def signed(self, column: str) -> Decimal:
        """A number."""
        value = self.values[column].strip()
        if self.decimal_comma and (either := AMBIGUOUS.fullmatch(value)):
            whole, rest = either.groups()
            reason = f"{value!r} is {whole}{rest} to some and {whole},{rest} to others: write {whole}{rest}"
            raise self.bad(column, f"{reason} or {whole},{rest}0")
        comma = WITH_COMMA.fullmatch(value) is not None
        if comma and not self.decimal_comma:
            reason = f"{value!r} has a decimal comma, which goes with semicolons between the values: write a point"
            raise self.bad(column, reason)
        number = _number(value.replace(",", ".") if comma else value)
        if number is None:
            raise self.bad(column, f"{value[:40]!r} is not a number (of at most 12 digits, and 8 decimals)")
        return number

    def amount(self, column: str) -> Decimal:
        """A number that is not negative."""
        value = self.signed(column)
        if value.is_signed():
            raise self.bad(column, f"{value} is negative")
        return value

    def whole(self, column: str) -> int:
        """A whole number above zero."""
        value = self.values[column].strip()
        if not WHOLE.fullmatch(value) or int(value) == 0:
            raise self.bad(column, f"{value[:40]!r} is not a whole number above zero")
        return int(value)

    def day(self, column: str) -> date:
        """A date, YYYY-MM-DD."""
        value = self.values[column].strip()
        try:
            day = date.fromisoformat(value) if DAY.fullmatch(value) else date.min
        except ValueError:
            day = date.min
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise self.bad(column, f"{value[:40]!r} is not a date (YYYY-MM-DD)")
        return day

    def moment(self, column: str) -> datetime:
        """A date and a time of day, YYYY-MM-DD HH:MM:SS, by a clock that the file does not name."""
        value = self.values[column].strip()
        moment = _moment(value)
        if moment is None or not FIRST_YEAR <= moment.year <= LAST_YEAR:
            raise self.bad(column, f"{value[:40]!r} is not a date and time (YYYY-MM-DD HH:MM:SS)")
        return moment


@dataclass(frozen=True, slots=True)
class Table:
    """A file of rows under a header: `NAME.csv.gz` or `NAME.csv`."""

    folder: Path
    name: str
    columns: tuple[str, ...]
    """Those that it must have; it may have others."""

    @property
    def path(self) -> Path:
        """The file. Raises Unreadable where there is none."""
        for path in (self.folder / f"{self.name}.csv.gz", self.folder / f"{self.name}.csv"):
            if path.is_file():
                return path
        raise Unreadable(f"{self.folder} has no {self.name}.csv.gz and no {self.name}.csv")

    def rows(self) -> Iterator[Row | Problem]:
        """See `rows_of`."""
        return rows_of(self.path, self.columns)


def rows_of(path: Path, columns: Sequence[str], delimiter: str = ",") -> Iterator[Row | Problem]:
    """Every row of a file under its header; a problem in place of one that has not as many values as the header.

    Raises Unreadable where the file is damaged, or lacks one of the columns; it may have others.
    """
    with _opened(path) as lines:
        reader = csv.reader(lines, strict=True, delimiter=delimiter)
        header = _checked(path, columns, next(reader, []))
        for values in reader:
            if len(values) == len(header):
                yield Row(path.name, reader.line_num, dict(zip(header, values, strict=True)))
            elif values:
                reason = f"has {len(values)} values, the header has {len(header)}"
                yield Problem(path.name, reader.line_num, "", reason)


def header_of(path: Path, columns: Sequence[str], delimiter: str = ",") -> Sequence[str]:
    """The columns that a file has, whatever its rows. Raises Unreadable as `rows_of` does."""
    with _opened(path) as lines:
        return _checked(path, columns, next(csv.reader(lines, strict=True, delimiter=delimiter), []))


def delimiter_of(path: Path) -> str:
    """What separates the values of a file, by its header: a semicolon or a comma. Raises Unreadable."""
    with _opened(path) as lines:
        header = lines.readline()
    return ";" if header.count(";") > header.count(",") else ","


def _checked(path: Path, columns: Sequence[str], header: Sequence[str]) -> Sequence[str]:
    if any(NOT_TEXT.search(column) for column in header):
        raise Unreadable(f"{path.name} has a header that is not UTF-8 text")
    missing = [column for column in columns if column not in header]
    if missing:
        raise Unreadable(f"{path.name} has no column {', '.join(missing)}")
    doubled = [column for column, count in Counter(header).items() if column and count > 1]
    if doubled:
        raise Unreadable(f"{path.name} has more than one column {', '.join(doubled)}")
    return header


@lru_cache(maxsize=50_000)
def _number(value: str) -> Decimal | None:
    """One object for a number that stands in many rows."""
    return Decimal(value) if NUMBER.fullmatch(value) else None


@lru_cache
def _moment(value: str) -> datetime | None:
    try:
        return datetime.fromisoformat(value) if MOMENT.fullmatch(value) else None
    except ValueError:
        return None


@contextmanager
def _opened(path: Path) -> Iterator[TextIO]:
    """Bytes that are not UTF-8 come as lone surrogates, so that only their own row is bad."""
    try:
        with _text_of(path) as lines:
            yield lines
    except (csv.Error, OSError, EOFError, zlib.error) as error:
        raise Unreadable(f"{path.name} cannot be read: {error}") from None


def _text_of(path: Path) -> TextIO:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig", errors="surrogateescape", newline="")
    return path.open(encoding="utf-8-sig", errors="surrogateescape", newline="")
