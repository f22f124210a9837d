"""Queries of receivables."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from interfaces.rest.instants import AsOf, From, Now, To
from interfaces.rest.reading import Page, Paged, query_router, reads
from projections import receivables
from projections.receivables import AgeingReport, OnTimeReport, OpenItem, SalesOutstandingReport
from projections.shared import Reader

router = query_router("/receivables", "receivables")

Receivables = Annotated[Reader, reads("receivables")]


@router.get("/open-items")
async def open_items(
    reader: Receivables, window: Paged, now: Now, as_of: AsOf = None, customer_id: UUID | None = None
) -> Page[OpenItem]:
    """Instalments of invoices that are not settled, and cash that settles nothing yet; the newest first."""
    day = as_of or now.date()
    rows = await receivables.open_items(reader, day, window.before, window.limit, customer_id=customer_id)
    return window.page(rows)


@router.get("/ageing")
async def ageing(reader: Receivables, now: Now, as_of: AsOf = None) -> AgeingReport:
    """What is open in each currency, by how many days it is overdue."""
    return await receivables.ageing(reader, as_of or now.date())


@router.get("/dso")
async def dso(reader: Receivables, now: Now, as_of: AsOf = None) -> SalesOutstandingReport:
    """Days sales outstanding by count-back, what they could be, and how effective collection is."""
    return await receivables.sales_outstanding(reader, as_of or now.date())


@router.get("/on-time")
async def on_time(reader: Receivables, first: From = None, last: To = None) -> OnTimeReport:
    """How many invoices, of those paid in full between two days, were paid by their due date."""
    return await receivables.on_time(reader, first, last)
