"""Commands on products and price books."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from annotated_types import MaxLen, MinLen

from application.constraints import Code, Currency, OptionalText, Text
from application.unit_of_work import Context
from domain.catalogue import PriceBook, Product
from domain.shared.tiers import Price


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterProduct:
    """Register what can be sold."""

    sku: Code
    """No other product has it."""
    name: Text
    kind: Literal["goods", "service"] = "goods"
    unit_code: Code = "C62"
    """UN/ECE Recommendation 20: `C62` one, `HUR` hour, `MON` month."""
    tax_class: Code = "standard"
    product_line: OptionalText = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeProduct:
    """Replace a product's details. Documents that exist keep theirs."""

    name: Text
    tax_class: Code = "standard"
    product_line: OptionalText = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscontinueProduct:
    """Sell the product no longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPriceBook:
    """Open a price book."""

    name: Text
    currency: Currency
    valid_from: date
    valid_to: date | None = None
    segment: Text | None = None
    """For customers of this segment only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductPrice:
    """A product's price and the day from which it is valid."""

    product_id: UUID
    price: Price
    valid_from: date


@dataclass(frozen=True, slots=True, kw_only=True)
class SetPrices:
    """Set prices, all or none. Sent quotes keep theirs."""

    prices: Annotated[tuple[ProductPrice, ...], MinLen(1), MaxLen(5000)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosePriceBook:
    """Let the price book end."""

    last_day: date


class Catalogue(Context):
    """What is sold and at which list price."""

    async def register_product(self, product_id: UUID, command: RegisterProduct) -> None:
        """A new product, whose SKU nobody else has."""
        product = self.work.new(Product, product_id)
        product.register(
            sku=command.sku,
            name=command.name,
            kind=command.kind,
            unit_code=command.unit_code,
            tax_class=command.tax_class,
            product_line=command.product_line,
            at=self.at,
        )
        self.work.claim("sku", command.sku, product_id)
        self.work.save(product)

    async def change_product(self, product_id: UUID, command: ChangeProduct) -> None:
        """Other details from now on."""
        product = await self.work.load(Product, product_id)
        product.change(name=command.name, tax_class=command.tax_class, product_line=command.product_line, at=self.at)
        self.work.save(product)

    async def discontinue_product(self, product_id: UUID, command: DiscontinueProduct) -> None:
        """No longer sold."""
        product = await self.work.load(Product, product_id)
        product.discontinue(self.at)
        self.work.save(product)

    async def open_price_book(self, price_book_id: UUID, command: OpenPriceBook) -> None:
        """A new price book, without prices yet."""
        book = self.work.new(PriceBook, price_book_id)
        book.open(
            name=command.name,
            currency=command.currency,
            valid_from=command.valid_from,
            valid_to=command.valid_to,
            segment=command.segment,
            at=self.at,
        )
        self.work.save(book)

    async def set_prices(self, price_book_id: UUID, command: SetPrices) -> None:
        """Prices of products that exist."""
        book = await self.work.load(PriceBook, price_book_id)
        for place, one in enumerate(command.prices):
            await self.work.read(Product, one.product_id)
            book.set_price(one.product_id, one.price, one.valid_from, self.at, pointer=f"/prices/{place}/price")
        self.work.save(book)

    async def close_price_book(self, price_book_id: UUID, command: ClosePriceBook) -> None:
        """Not valid after its last day."""
        book = await self.work.load(PriceBook, price_book_id)
        book.close(command.last_day, self.at)
        self.work.save(book)
