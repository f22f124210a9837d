"""The documents of Online Retail: each whole and free of contradictions, or left out."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from sys import intern
from typing import Literal

from interfaces.importing.online_retail.countries import CODES
from interfaces.importing.rows import BadRow, Problem, Row, Table, Unreadable, rows_of

NAME = "online_retail"
COLUMNS = tuple("InvoiceNo StockCode Description Quantity InvoiceDate UnitPrice CustomerID Country".split())
NUMBER = re.compile(r"[AC]?[0-9]{6}")
MOST = 10**8
NOTHING = Decimal(0)

Kind = Literal["sale", "cancellation", "adjustment"]
KINDS: dict[str, Kind] = {"C": "cancellation", "A": "adjustment"}
"""By what a number begins with."""


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """A row of the file."""

    place: int
    """Which line of its document it is, from 1."""
    stock_code: str
    description: str
    quantity: int
    """Pieces; negative where they come back."""
    unit_price: Decimal
    """Pounds sterling."""

    @property
    def amount(self) -> Decimal:
        """As the file has it, unrounded."""
        return self.quantity * self.unit_price


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """All rows of one InvoiceNo."""

    number: str
    kind: Kind
    customer: str
    """Its number; empty where the file names none."""
    country: str
    """As the file writes it."""
    at: datetime
    """By the seller's clock: the earliest of its rows, as some documents were still being written a minute later."""
    lines: tuple[DocumentLine, ...]
    row: int
    """Where it begins."""

    @property
    def amount(self) -> Decimal:
        """As the file has it."""
        return sum((line.amount for line in self.lines), NOTHING)

    @property
    def priced(self) -> bool:
        """Whether anything in it has a price; what has none moves stock, or is given away."""
        return any(line.unit_price for line in self.lines)


@dataclass(slots=True)
class Source:
    """Everything that the file says."""

    file: str
    documents: list[Document] = field(default_factory=list)
    """In the order in which they were written."""
    rows: int = 0
    total: Decimal = NOTHING
    """Of all rows whose amount can be read."""
    left_out: dict[str, Decimal] = field(default_factory=dict)
    """Numbers of the documents that have a bad row, and what their other rows come to."""
    problems: list[Problem] = field(default_factory=list)


@dataclass(slots=True)
class Draft:
    """A document while its rows are being read."""

    first: Row
    at: datetime
    lines: list[DocumentLine] = field(default_factory=list)

    def add(self, row: Row) -> DocumentLine:
        """One more row. Raises BadRow where it contradicts the first."""
        for column in ("CustomerID", "Country"):
            if row.values[column] != self.first.values[column]:
                raise row.bad(column, f"is another than in row {self.first.number} of the same document")
        at = row.moment("InvoiceDate")
        if at.date() != self.at.date():
            raise row.bad("InvoiceDate", f"is another day than in row {self.first.number} of the same document")
        line = _line(row, len(self.lines) + 1)
        self.at = min(self.at, at)
        self.lines.append(line)
        return line


def read(path: Path) -> Source:
    """Read `online_retail.csv.gz` or `.csv` of a folder, or such a file. Raises Unreadable."""
    file = Table(path, NAME, COLUMNS).path if path.is_dir() else path
    if not file.is_file():
        raise Unreadable(f"{path} is neither a file nor a folder")
    source = Source(file.name)
    drafts: dict[str, Draft] = {}
    before, ownerless = "", False
    for row in rows_of(file, COLUMNS):
        source.rows += 1
        number = row.values["InvoiceNo"].strip() if isinstance(row, Row) else ""
        if ownerless or not number:
            # Whose row that is cannot be told: the document before it or after it may miss it.
            source.left_out |= {before: NOTHING, number: NOTHING}
        before, ownerless = number or before, not number
        try:
            if isinstance(row, Problem):
                raise BadRow(row)
            if number not in drafts:
                drafts[number] = _begun(row)
            source.total += drafts[number].add(row).amount
        except BadRow as bad:
            source.problems.append(bad.problem)
            source.left_out[number] = NOTHING
    _conclude(source, drafts)
    return source


def _conclude(source: Source, drafts: dict[str, Draft]) -> None:
    for number, draft in drafts.items():
        document = _whole(number, draft)
        try:
            _check(document, draft)
        except BadRow as bad:
            source.problems.append(bad.problem)
            source.left_out[number] = NOTHING
        if number in source.left_out:
            source.left_out[number] = document.amount
        else:
            source.documents.append(document)
    source.left_out.pop("", None)
    source.documents.sort(key=lambda document: document.at)


def _begun(row: Row) -> Draft:
    number = row.code("InvoiceNo")
    if not NUMBER.fullmatch(number):
        raise row.bad("InvoiceNo", f"{number!r} is not a number of six digits, with C or A before it or nothing")
    if row.name("Country") not in CODES:
        raise row.bad("Country", f"{row.text('Country')!r} is not known as a country")
    if row.text("CustomerID"):
        row.key("CustomerID")
    return Draft(row, row.moment("InvoiceDate"))


def _line(row: Row, place: int) -> DocumentLine:
    quantity = row.signed("Quantity")
    if quantity != int(quantity) or not 0 < abs(quantity) < MOST:
        raise row.bad("Quantity", f"{quantity} is not a number of pieces")
    stock_code = intern(row.code("StockCode"))
    return DocumentLine(
        place=place,
        stock_code=stock_code,
        description=intern(row.text("Description")[:500]) or stock_code,
        quantity=int(quantity),
        unit_price=row.signed("UnitPrice"),
    )


def _whole(number: str, draft: Draft) -> Document:
    row = draft.first
    return Document(
        number=number,
        kind=KINDS.get(number[0], "sale"),
        customer=row.key("CustomerID") if row.text("CustomerID") else "",
        country=row.name("Country"),
        at=draft.at,
        lines=tuple(draft.lines),
        row=row.number,
    )


def _check(document: Document, draft: Draft) -> None:
    """Sales bring goods out, cancellations bring them in, both at prices; only adjustments may do as they like."""
    sign = {"sale": 1, "cancellation": -1, "adjustment": 0}[document.kind]
    for line in document.lines if document.priced else ():
        if sign * line.quantity < 0:
            raise draft.first.bad("Quantity", f"line {line.place} has {line.quantity} pieces in a {document.kind}")
        if sign and line.unit_price < 0:
            raise draft.first.bad("UnitPrice", f"line {line.place} has a negative price")
