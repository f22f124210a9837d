"""price_books.csv: list prices. Rows of one product and day are the tiers of its price, in their order."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal
from uuid import UUID

from application.catalogue import OpenPriceBook, ProductPrice, SetPrices
from domain.catalogue import PriceBook
from domain.shared.refusal import Invalid
from domain.shared.tiers import Price, Tier, check_price
from interfaces.importing.csv_files.desk import ORIGIN, Desk, Verdict
from interfaces.importing.csv_files.forms import Column, Form, currency, one_of, optional
from interfaces.importing.rows import Row

AT_ONCE = 5000
"""As many prices as one command sets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceRecord:
    """A row; what is None is not said."""

    row: Row
    price_book: str
    """Its name, which the import knows it by; or the id of one that was opened otherwise."""
    currency: str
    valid_from: date
    sku: str
    unit_price: Decimal
    tier_model: Literal["volume", "graduated"] | None
    tier_up_to: Decimal | None
    tier_flat_amount: Decimal | None


FORM = Form(
    "price_books",
    PriceRecord,
    {
        "price_book": Column(Row.name, "List prices"),
        "currency": Column(currency, "EUR"),
        "valid_from": Column(Row.day, "2026-01-01"),
        "sku": Column(Row.code, "LAMP-1"),
        "unit_price": Column(Row.amount, "99.50"),
        "tier_model": optional(one_of("volume", "graduated")),
        "tier_up_to": optional(Row.amount),
        "tier_flat_amount": optional(Row.amount),
    },
)


@dataclass(frozen=True, slots=True)
class Book:
    """A price book, known or to be opened."""

    id: UUID
    known: PriceBook | None

    def knows(self, price: ProductPrice) -> bool:
        """Whether it has that very price."""
        return self._on(price) == price.price

    def replaces(self, price: ProductPrice) -> bool:
        """Whether it has another price of that day."""
        return self._on(price) not in (None, price.price)

    def _on(self, price: ProductPrice) -> Price | None:
        dated = self.known.prices.get(price.product_id, ()) if self.known else ()
        return next((one.price for one in dated if one.valid_from == price.valid_from), None)


async def plan(records: Sequence[PriceRecord], desk: Desk) -> None:
    """Open the books that are new, and set the prices that are not known."""
    by_book: dict[str, list[PriceRecord]] = defaultdict(list)
    for record in records:
        by_book[record.price_book].append(record)
    for name, rows in by_book.items():
        book = await _book(name, rows, desk)
        if book is None:
            continue
        fitting = _in_its_currency(rows, book, desk)
        prices = [(tiers, price) for tiers in _tiers(fitting, desk) if (price := await _price(tiers, book, desk))]
        _decide(fitting, book, prices, desk)


def _decide(
    rows: Sequence[PriceRecord], book: Book, prices: Sequence[tuple[list[PriceRecord], ProductPrice]], desk: Desk
) -> None:
    todo = [(tiers, price) for tiers, price in prices if not book.knows(price)]
    for tiers, price in prices:
        verdict: Verdict = "known" if book.knows(price) else "changed" if book.replaces(price) else "new"
        desk.decide("price_books", verdict, len(tiers))
    if book.known is None and todo:
        first = min(price.valid_from for _, price in todo)
        command = OpenPriceBook(name=rows[0].price_book, currency=rows[0].currency, valid_from=first)
        desk.plan("price_books", rows[:1], desk.wish(f"price book {rows[0].price_book}", "open", command))
    for start in range(0, len(todo), AT_ONCE):
        some = todo[start : start + AT_ONCE]
        command_set = SetPrices(prices=tuple(price for _, price in some))
        content = hashlib.sha256(repr(command_set).encode()).hexdigest()[:12]
        version = book.known.version if book.known else 1
        wish = desk.wish(f"price book {book.id} at version {version}", f"set {content}", command_set, book.id)
        desk.plan("price_books", [record for tiers, _ in some for record in tiers], wish)


async def _book(name: str, rows: Sequence[PriceRecord], desk: Desk) -> Book | None:
    """The book of that name or id; where it takes no prices, every row is told."""
    id = _as_id(name)
    book_id = id or ORIGIN.identity(ORIGIN.key(f"price book {name}", "open"))
    known = await desk.existing(PriceBook, book_id)
    if id is not None and known is None:
        for record in rows:
            desk.refuse(record, "price_book", "is not the id of a price book")
        return None
    if known is not None and "set_prices" not in known.available_actions():
        for record in rows:
            desk.refuse(record, "price_book", f"is {known.state}")
        return None
    return Book(book_id, known)


def _in_its_currency(rows: Sequence[PriceRecord], book: Book, desk: Desk) -> list[PriceRecord]:
    """The rows in the currency of the book, which is that of its first row if it is new; the others are told."""
    its_own = book.known.currency if book.known else rows[0].currency
    for record in rows:
        if record.currency != its_own:
            desk.refuse(record, "currency", f"is {record.currency}, but the price book is in {its_own}")
    return [record for record in rows if record.currency == its_own]


def _as_id(name: str) -> UUID | None:
    try:
        return UUID(name)
    except ValueError:
        return None


def _tiers(rows: Sequence[PriceRecord], desk: Desk) -> list[list[PriceRecord]]:
    """The rows of one price together; a price without tiers stands once."""
    by_price: dict[tuple[str, date], list[PriceRecord]] = defaultdict(list)
    for record in rows:
        by_price[record.sku, record.valid_from].append(record)
    whole = []
    for tiers in by_price.values():
        if len(tiers) > 1 and not any(record.tier_model for record in tiers):
            desk.unique(tiers, "sku", lambda record: (record.sku, record.valid_from))
        else:
            whole.append(tiers)
    return whole


async def _price(tiers: Sequence[PriceRecord], book: Book, desk: Desk) -> ProductPrice | None:
    product_id = await desk.product(tiers[0].sku)
    if product_id is None:
        for record in tiers:
            desk.refuse(record, "sku", "is neither known nor in a good row of products.csv")
        return None
    if len({record.tier_model for record in tiers}) > 1:
        desk.refuse(tiers[-1], "tier_model", "is another than in the price's other rows")
        return None
    price = _price_of(tiers)
    try:
        check_price(price)
    except Invalid as invalid:
        record, column = _where(invalid.pointer, tiers)
        desk.refuse(record, column, invalid.detail)
        return None
    return ProductPrice(product_id=product_id, price=price, valid_from=tiers[0].valid_from)


def _price_of(tiers: Sequence[PriceRecord]) -> Price:
    first = tiers[0]
    if first.tier_model is None and first.tier_up_to is None and first.tier_flat_amount is None:
        return Price(first.unit_price)
    return Price(
        first.unit_price,
        model=first.tier_model or "standard",
        tiers=tuple(Tier(one.tier_up_to, one.unit_price, one.tier_flat_amount or Decimal(0)) for one in tiers),
    )


def _where(pointer: str, tiers: Sequence[PriceRecord]) -> tuple[PriceRecord, str]:
    """Row and column of what a pointer into the price means."""
    steps = pointer.strip("/").split("/")
    if steps[0] != "tiers":
        return tiers[0], "unit_price"
    if len(steps) == 1:
        return tiers[0], "tier_model"
    column = {"up_to": "tier_up_to", "flat_amount": "tier_flat_amount"}.get(steps[2], "unit_price")
    return tiers[int(steps[1])], column
