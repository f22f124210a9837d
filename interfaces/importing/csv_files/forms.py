"""What a file looks like: its columns, what each may hold, and a row to copy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Literal, Protocol, TypeVar

from domain.shared.countries import COUNTRIES
from domain.shared.money import minor_units
from domain.shared.party import E_MAIL
from domain.shared.refusal import Invalid
from domain.shared.terms import LONGEST_TERM_DAYS
from interfaces.importing.rows import Row

FormName = Literal["customers", "products", "price_books", "opening_balances"]

Read = Callable[[Row, str], Any]


class Record(Protocol):
    """A row, understood: its other fields are named as its columns."""

    @property
    def row(self) -> Row: ...


R = TypeVar("R", bound=Record)


@dataclass(frozen=True, slots=True)
class Column:
    """A column; `read` takes its value out of a row, or raises BadRow."""

    read: Read
    example: str
    required: bool = True


@dataclass(frozen=True, slots=True)
class Form(Generic[R]):
    """A file, `NAME.csv`."""

    name: FormName
    record: Callable[..., R]
    columns: Mapping[str, Column]

    @property
    def required(self) -> list[str]:
        """The columns that must be there."""
        return [name for name, column in self.columns.items() if column.required]


def optional(read: Read, example: str = "") -> Column:
    """A column that may be missing, and cells that may be empty: nothing is said, and what is known stays."""
    return Column(lambda row, column: read(row, column) if row.text(column) else None, example, required=False)


def country(row: Row, column: str) -> str:
    """An ISO 3166-1 alpha-2 code."""
    code = row.code(column)
    if code not in COUNTRIES:
        hint = " (the United Kingdom is GB)" if code == "UK" else ""
        raise row.bad(column, f"{code!r} is not a country's code of ISO 3166-1, such as DE{hint}")
    return code


def currency(row: Row, column: str) -> str:
    """An ISO 4217 code."""
    code = row.code(column)
    try:
        minor_units(code)
    except Invalid:
        raise row.bad(column, f"{code!r} is not a currency of ISO 4217, such as EUR") from None
    return code


def days(row: Row, column: str) -> int:
    """A number of days, none included."""
    value = row.amount(column)
    if value != int(value) or value > LONGEST_TERM_DAYS:
        raise row.bad(column, f"{value} is not a number of days up to {LONGEST_TERM_DAYS}")
    return int(value)


def e_mail(row: Row, column: str) -> str:
    """An address, by its form. What is wrong is told without it: it is a person's."""
    value = row.name(column)
    if not E_MAIL.fullmatch(value):
        raise row.bad(column, "is not an e-mail address")
    return value


def one_of(*words: str) -> Read:
    """One of these words."""

    def read(row: Row, column: str) -> str:
        value = row.text(column)
        if value not in words:
            raise row.bad(column, f"{value[:40]!r} is not {' or '.join(words)}")
        return value

    return read
