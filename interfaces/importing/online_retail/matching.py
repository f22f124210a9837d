"""Which sale a cancellation takes back: the file does not say, so the latest first of what is left.

A line matches sales of the same stock code at the same price to the same customer, written before it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from interfaces.importing.online_retail.documents import Document, DocumentLine

Key = tuple[str, str, Decimal]
"""Customer, stock code, unit price."""


@dataclass(frozen=True, slots=True)
class Sold:
    """A line of an invoice."""

    invoice: str
    place: int
    pieces: int


@dataclass(frozen=True, slots=True)
class Taken:
    """So many pieces of a sale come back."""

    sold: Sold
    pieces: int


@dataclass(frozen=True, slots=True)
class Match:
    """A line of a cancellation, and the sales that it takes back."""

    line: DocumentLine
    taken: tuple[Taken, ...]

    @property
    def rest(self) -> int:
        """Pieces of which no sale is left."""
        return -self.line.quantity - sum(taken.pieces for taken in self.taken)

    @property
    def rest_amount(self) -> Decimal:
        """Of those pieces, as the file has it: negative."""
        return -self.rest * self.line.unit_price

    @property
    def credited_amount(self) -> Decimal:
        """Of the others, negative, too."""
        return self.line.amount - self.rest_amount


@dataclass(slots=True)
class Left:
    """What is left of a sale."""

    sold: Sold
    pieces: int


def match(documents: Iterable[Document]) -> dict[str, tuple[Match, ...]]:
    """Every cancellation of a known customer by its number, line by line; documents come as they were written."""
    written = [document for document in documents if document.customer and document.kind != "adjustment"]
    wanted = {key for one in written if one.kind == "cancellation" for key, _ in _keyed(one)}
    sales: dict[Key, list[Left]] = defaultdict(list)
    matches = {}
    for document in written:
        if document.kind == "cancellation":
            matches[document.number] = tuple(Match(line, _take(line, sales[key])) for key, line in _keyed(document))
        else:
            for key, line in _keyed(document):
                if key in wanted and line.unit_price:
                    sold = Sold(document.number, line.place, line.quantity)
                    sales[key].append(Left(sold, line.quantity))
    return matches


def _keyed(document: Document) -> Iterator[tuple[Key, DocumentLine]]:
    for line in document.lines:
        yield (document.customer, line.stock_code, line.unit_price), line


def _take(line: DocumentLine, sales: list[Left]) -> tuple[Taken, ...]:
    """From the end of the list; what is used up leaves it."""
    wanted, taken = -line.quantity, []
    while wanted and sales:
        latest = sales[-1]
        pieces = min(wanted, latest.pieces)
        taken.append(Taken(latest.sold, pieces))
        wanted -= pieces
        latest.pieces -= pieces
        if not latest.pieces:
            sales.pop()
    return tuple(taken)
