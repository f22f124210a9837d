"""Commands on products and price books."""

from __future__ import annotations

from uuid import UUID

from application.catalogue import (
    ChangeProduct,
    ClosePriceBook,
    DiscontinueProduct,
    OpenPriceBook,
    RegisterProduct,
    SetPrices,
)
from interfaces.rest.executing import Change, Create, Recorded, command_router

products = command_router("/products", "catalogue")
price_books = command_router("/price-books", "catalogue")


@products.post("")
async def register_product(command: RegisterProduct, create: Create) -> Recorded:
    """Register what can be sold."""
    return await create(command)


@products.post("/{product_id}/change")
async def change_product(product_id: UUID, command: ChangeProduct, change: Change) -> Recorded:
    """Replace its details; documents that exist keep theirs."""
    return await change(command, product_id)


@products.post("/{product_id}/discontinue")
async def discontinue_product(product_id: UUID, command: DiscontinueProduct, change: Change) -> Recorded:
    """Sell it no longer."""
    return await change(command, product_id)


@price_books.post("")
async def open_price_book(command: OpenPriceBook, create: Create) -> Recorded:
    """Open a price book."""
    return await create(command)


@price_books.post("/{price_book_id}/set-prices")
async def set_prices(price_book_id: UUID, command: SetPrices, change: Change) -> Recorded:
    """Set prices, all or none; sent quotes keep theirs."""
    return await change(command, price_book_id)


@price_books.post("/{price_book_id}/close")
async def close_price_book(price_book_id: UUID, command: ClosePriceBook, change: Change) -> Recorded:
    """Let it end."""
    return await change(command, price_book_id)
