"""Queries of customer support: one box to find anything, one card and one timeline for each customer."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response

from interfaces.rest.instants import Now
from interfaces.rest.reading import Page, Paged, found, query_router, reads
from interfaces.rest.requests import ParameterInvalid
from projections import support
from projections.shared import Reader
from projections.support import CustomerCard, Hits, TimelineEntry

router = query_router("/support", "support")

Support = Annotated[Reader, reads("support")]
Text = Annotated[
    str,
    Query(
        min_length=2,
        max_length=200,
        description="A number or its tail, a name however spelled, an e-mail address, a phone number, a VAT number, "
        "an amount, a purchase order, a product's SKU or name; several of them narrow, eight at most.",
        examples=["Müller 357.00"],
    ),
]


@router.get("/find")
async def find(request: Request, reader: Support, q: Text, limit: Annotated[int, Query(ge=1, le=50)] = 20) -> Hits:
    """Customers and documents that the text may mean, the likeliest first."""
    text = " ".join(q.split())
    if len(text) < 2:
        raise ParameterInvalid("Two letters or digits are the least to be found by.")
    return await support.find(reader, request.app.state.vault.subjects_found, text, limit)


@router.get("/customers/{customer_id}")
async def customer(customer_id: UUID, reader: Support, now: Now, response: Response) -> CustomerCard:
    """A customer on one card: whom to reach, what is open, what is owed, what may be done."""
    return found(await support.customer_card(reader, customer_id, now), response)


@router.get("/customers/{customer_id}/timeline")
async def timeline(customer_id: UUID, reader: Support, window: Paged, response: Response) -> Page[TimelineEntry]:
    """Everything that happened with the customer, one sentence each, the newest first."""
    return window.page(found(await support.timeline(reader, customer_id, window.before, window.limit), response))
