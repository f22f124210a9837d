"""Queries of receivables."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from interfaces.rest.days import AskedDays
from interfaces.rest.instants import AsOf, Now
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
    """Instalments of invoices that are not settled, cash that settles nothing yet, shortfalls; the newest first."""
    rows = await receivables.open_items(reader, as_of, now, window.before, window.limit, customer_id=customer_id)
    return window.page(rows)


@router.get("/ageing")
async def ageing(reader: Receivables, now: Now, as_of: AsOf = None) -> AgeingReport:
    """What is open in each currency, by how many days it is overdue."""
    return await receivables.ageing(reader, as_of, now)


@router.get("/dso")
async def dso(reader: Receivables, now: Now, as_of: AsOf = None) -> SalesOutstandingReport:
    """Days sales outstanding by count-back and on average, what they could be, and how effective collection is."""
    return await receivables.sales_outstanding(reader, as_of, now)


@router.get("/on-time")
async def on_time(reader: Receivables, days: AskedDays) -> OnTimeReport:
    """How many invoices, of those paid in full between two days, were paid by their due date."""
    return await receivables.on_time(reader, days.first, days.last)
