"""Queries of master data."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response

from domain.shared.party import VAT_NUMBER
from interfaces.rest.instants import PAST
from interfaces.rest.reading import Page, Paged, found, query_router, reads
from projections import directory
from projections.directory import (
    CustomerRow,
    CustomerView,
    DataSubjectRow,
    DataSubjectView,
    LegalEntityRow,
    LegalEntityView,
    PriceBookRow,
    PriceBookView,
    ProductRow,
    ProductView,
    UserRow,
    UserView,
)
from projections.shared import Reader

router = query_router("", "directory")

Directory = Annotated[Reader, reads("directory")]
Name = Annotated[str | None, Query(max_length=500, description="A part of the name, in upper or lower case.")]
ExternalId = Annotated[str | None, Query(max_length=50, description="Exactly this identity in another system.")]
Sku = Annotated[str | None, Query(max_length=50, description="Exactly this SKU.")]
State = Annotated[str | None, Query(max_length=20, description="`requested` are those that somebody has to look at.")]


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
async def customer(customer_id: UUID, reader: Directory, request: Request, response: Response) -> CustomerView:
    """A customer, whom to reach there, and what may be done with it."""
    found_by = partial(request.app.state.vault.subjects_alike, data=VAT_NUMBER)
    return found(await directory.customer(reader, found_by, customer_id), response)


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


@router.get("/users")
async def users(reader: Directory, window: Paged, request: Request) -> Page[UserRow]:
    """Users with their roles, and when they signed in last; the newest first."""
    rows = await directory.users(reader, window.before, window.limit)
    return window.page(await _with_sign_ins(rows, request))


@router.get("/users/{user_id}")
async def user(user_id: UUID, reader: Directory, request: Request, response: Response) -> UserView:
    """A user, and what may be done with them."""
    view = found(await directory.user(reader, user_id), response)
    (row,) = await _with_sign_ins([view.user], request)
    return replace(view, user=row)


async def _with_sign_ins(rows: list[UserRow], request: Request) -> list[UserRow]:
    """When somebody signed in is known of now only: it is no fact of the log."""
    if not PAST.isdisjoint(request.query_params):
        return rows
    last = await request.app.state.credentials.last_signed_in([row.user_id for row in rows])
    return [replace(row, last_signed_in=last.get(row.user_id)) for row in rows]


@router.get("/privacy/data-subjects")
async def data_subjects(reader: Directory, window: Paged, state: State = None) -> Page[DataSubjectRow]:
    """Customers whose erasure was asked for, or is held up by law; the newest first."""
    return window.page(await directory.data_subjects(reader, window.before, window.limit, state=state))


@router.get("/privacy/data-subjects/{data_subject_id}")
async def data_subject(data_subject_id: UUID, reader: Directory, response: Response) -> DataSubjectView:
    """What was asked for about one of them, how it stands, and what may be done."""
    return found(await directory.data_subject(reader, data_subject_id), response)
