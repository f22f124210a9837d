"""Queries of sales."""

from __future__ import annotations

from typing import Annotated

from interfaces.rest.days import AskedDays
from interfaces.rest.instants import Now
from interfaces.rest.reading import query_router, reads
from projections import sales
from projections.sales import Period, SalesReport
from projections.shared import Reader

router = query_router("/sales", "sales")

Sales = Annotated[Reader, reads("sales")]


@router.get("/by-month")
async def by_month(reader: Sales, now: Now, days: AskedDays) -> SalesReport:
    """Orders and revenue of each month."""
    return await sales.sales(reader, "month", None, days.first, days.last, now)


@router.get("/by-region")
async def by_region(reader: Sales, now: Now, days: AskedDays, period: Period = "month") -> SalesReport:
    """Orders and revenue of each region, period by period."""
    return await sales.sales(reader, period, "region", days.first, days.last, now)


@router.get("/by-product-line")
async def by_product_line(reader: Sales, now: Now, days: AskedDays, period: Period = "month") -> SalesReport:
    """Orders and revenue of each product line, period by period. An order of two lines counts in both."""
    return await sales.sales(reader, period, "product_line", days.first, days.last, now)


@router.get("/by-segment")
async def by_segment(reader: Sales, now: Now, days: AskedDays, period: Period = "month") -> SalesReport:
    """Orders and revenue of each customer segment, period by period."""
    return await sales.sales(reader, period, "segment", days.first, days.last, now)
