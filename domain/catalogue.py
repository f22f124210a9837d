"""What is sold and at which list price."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from domain.shared.aggregate import Aggregate, Event
from domain.shared.document import Item, check_unit
from domain.shared.money import minor_units
from domain.shared.refusal import Invalid, Refusal
from domain.shared.tiers import Price, check_price


class ProductIsDiscontinued(Refusal):
    """This product is no longer sold."""


class NotInPriceBook(Refusal):
    """The price book has no price for this product on that day."""


class PriceBookNotValid(Refusal):
    """The price book is not valid on that day."""


class Product(Aggregate):
    """Goods or a service."""

    ACTIONS = {"active": ("change", "discontinue"), "discontinued": ()}

    sku: str
    name: str
    kind: Literal["goods", "service"]
    unit_code: str
    tax_class: str
    product_line: str

    class Registered(Event):
        sku: str
        """BT-155."""
        name: str
        kind: Literal["goods", "service"]
        unit_code: str
        """UN/ECE Recommendation 20 (`C62` one, `HUR` hour)."""
        tax_class: str
        product_line: str

        def apply(self, product: Product) -> None:
            product.state = "active"
            product.sku, product.name, product.kind = self.sku, self.name, self.kind
            product.unit_code, product.tax_class = self.unit_code, self.tax_class
            product.product_line = self.product_line

    class DetailsChanged(Event):
        name: str
        tax_class: str
        product_line: str

        def apply(self, product: Product) -> None:
            product.name, product.tax_class, product.product_line = self.name, self.tax_class, self.product_line

    class Discontinued(Event):
        def apply(self, product: Product) -> None:
            product.state = "discontinued"

    def register(
        self,
        *,
        sku: str,
        name: str,
        kind: Literal["goods", "service"],
        unit_code: str,
        tax_class: str,
        product_line: str,
        at: datetime,
    ) -> None:
        """A new product."""
        check_unit(unit_code)
        self.record(
            self.Registered,
            at,
            sku=sku,
            name=name,
            kind=kind,
            unit_code=unit_code,
            tax_class=tax_class,
            product_line=product_line,
        )

    def change(self, *, name: str, tax_class: str, product_line: str, at: datetime) -> None:
        """Other details from now on; documents that exist keep theirs."""
        self.require("change")
        self.record(self.DetailsChanged, at, name=name, tax_class=tax_class, product_line=product_line)

    def discontinue(self, at: datetime) -> None:
        """No longer sold; existing documents are not touched."""
        self.require("discontinue")
        self.record(self.Discontinued, at)

    def check_sold(self) -> None:
        """Refuse to sell what is discontinued."""
        if self.state != "active":
            raise ProductIsDiscontinued(f"{self.sku} is discontinued.", state=self.state)

    def as_item(self) -> Item:
        """What documents freeze of it."""
        return Item(
            product_id=self.id,
            sku=self.sku,
            name=self.name,
            product_line=self.product_line,
            unit_code=self.unit_code,
            goods=self.kind == "goods",
        )


@dataclass(frozen=True, slots=True)
class DatedPrice:
    """A price and the day from which it is valid."""

    valid_from: date
    price: Price


class PriceBook(Aggregate):
    """List prices in one currency. Its version is the number of changes: a quote names the one it was priced with."""

    ACTIONS = {"open": ("set_prices", "close"), "closed": ()}

    name: str
    currency: str
    valid_from: date
    valid_to: date | None
    segment: str | None

    def __init__(self, id: UUID) -> None:
        super().__init__(id)
        self.prices: dict[UUID, tuple[DatedPrice, ...]] = {}

    class Opened(Event):
        name: str
        currency: str
        valid_from: date
        valid_to: date | None
        segment: str | None
        """Customers of this segment only, or all."""

        def apply(self, book: PriceBook) -> None:
            book.state = "open"
            book.name, book.currency, book.segment = self.name, self.currency, self.segment
            book.valid_from, book.valid_to = self.valid_from, self.valid_to

    class PriceSet(Event):
        product_id: UUID
        valid_from: date
        price: Price

        def apply(self, book: PriceBook) -> None:
            others = [dated for dated in book.prices.get(self.product_id, ()) if dated.valid_from != self.valid_from]
            dated = [*others, DatedPrice(self.valid_from, self.price)]
            book.prices[self.product_id] = tuple(sorted(dated, key=lambda one: one.valid_from))

    class Closed(Event):
        last_day: date

        def apply(self, book: PriceBook) -> None:
            book.state, book.valid_to = "closed", self.last_day

    def open(
        self, *, name: str, currency: str, valid_from: date, valid_to: date | None, segment: str | None, at: datetime
    ) -> None:
        """A new price book. Refuses an unknown currency and an end before the beginning."""
        minor_units(currency)
        if valid_to is not None and valid_to < valid_from:
            raise Invalid("A price book does not end before it begins.", pointer="/valid_to")
        self.record(
            self.Opened, at, name=name, currency=currency, valid_from=valid_from, valid_to=valid_to, segment=segment
        )

    def set_price(
        self, product_id: UUID, price: Price, valid_from: date, at: datetime, *, pointer: str = "/price"
    ) -> None:
        """A product's price from that day on. Sent quotes keep theirs. `pointer` is where it stands in the command."""
        self.require("set_prices")
        check_price(price, pointer)
        self.record(self.PriceSet, at, product_id=product_id, valid_from=valid_from, price=price)

    def close(self, last_day: date, at: datetime) -> None:
        """Not valid after that day."""
        self.require("close")
        if last_day < self.valid_from or (self.valid_to is not None and last_day > self.valid_to):
            raise Invalid("Its last day lies within its validity.", pointer="/last_day")
        self.record(self.Closed, at, last_day=last_day)

    def check_valid(self, on: date, segment: str) -> None:
        """Refuse to price outside the book's validity or for another segment."""
        if on < self.valid_from or (self.valid_to is not None and on > self.valid_to):
            raise PriceBookNotValid(
                f"{self.name} is valid from {self.valid_from} to {self.valid_to or 'further notice'}."
            )
        if self.segment not in (None, segment):
            raise PriceBookNotValid(f"{self.name} is for the segment {self.segment}.")

    def price_on(self, product_id: UUID, on: date) -> Price:
        """The product's price on that day; refuses with `NotInPriceBook`."""
        for dated in reversed(self.prices.get(product_id, ())):
            if dated.valid_from <= on:
                return dated.price
        raise NotInPriceBook(f"{self.name} has no price for this product on {on}.")
