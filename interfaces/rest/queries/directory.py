"""Queries of master data."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from interfaces.rest.reading import Page, Paged, found, query_router, reads
from projections import directory
from projections.directory import (
    CustomerRow,
    CustomerView,
    LegalEntityRow,
    LegalEntityView,
    PriceBookRow,
    PriceBookView,
    ProductRow,
    ProductView,
)
from projections.shared import Reader

router = query_router("", "directory")

Directory = Annotated[Reader, reads("directory")]
Name = Annotated[str | None, Query(max_length=500, description="A part of the name, in upper or lower case.")]
ExternalId = Annotated[str | None, Query(max_length=50, description="Exactly this identity in another system.")]
Sku = Annotated[str | None, Query(max_length=50, description="Exactly this SKU.")]


@router.get("/legal-entities")
async def legal_entities(reader: Directory, window: Paged) -> Page[LegalEntityRow]:
    """Companies that sell, the newest first."""
    return window.page(await directory.legal_entities(reader, window.before, window.limit))


@router.get("/legal-entities/{entity_id}")
async def legal_entity(entity_id: UUID, reader: Directory, response: Response) -> LegalEntityView:
    """A company that sells, its tax table, and what may be done with it."""
    return found(await directory.legal_entity(reader, entity_id), response)


@router.get("/customers")
async def customers(
    reader: Directory, window: Paged, name: Name = None, external_id: ExternalId = None
) -> Page[CustomerRow]:
    """Customers, the newest first."""
    rows = await directory.customers(reader, window.before, window.limit, name=name, external_id=external_id)
    return window.page(rows)


@router.get("/customers/{customer_id}")
async def customer(customer_id: UUID, reader: Directory, response: Response) -> CustomerView:
    """A customer, whom to reach there, and what may be done with it."""
    return found(await directory.customer(reader, customer_id), response)


@router.get("/products")
async def products(reader: Directory, window: Paged, sku: Sku = None) -> Page[ProductRow]:
    """Products, the newest first."""
    return window.page(await directory.products(reader, window.before, window.limit, sku=sku))


@router.get("/products/{product_id}")
async def product(product_id: UUID, reader: Directory, response: Response) -> ProductView:
    """A product, and what may be done with it."""
    return found(await directory.product(reader, product_id), response)


@router.get("/price-books")
async def price_books(reader: Directory, window: Paged) -> Page[PriceBookRow]:
    """Price books, the newest first."""
    return window.page(await directory.price_books(reader, window.before, window.limit))


@router.get("/price-books/{price_book_id}")
async def price_book(price_book_id: UUID, reader: Directory, response: Response) -> PriceBookView:
    """A price book with its prices, and what may be done with it."""
    return found(await directory.price_book(reader, price_book_id), response)
