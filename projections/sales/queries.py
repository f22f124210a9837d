"""What is asked about sales."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Literal

from domain.shared.money import EXACT, round_half_up
from domain.shared.party import local_date
from projections.shared import Reader

Dimension = Literal["region", "product_line", "segment"]
Period = Literal["month", "quarter", "year"]

MONTHS: dict[Period, int] = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True, slots=True)
class SalesRow:
    """One period, one value of the dimension, one currency. Amounts are net, without charges and tax."""

    period: str
    """`2026-03`, `2026-Q1` or `2026`."""
    dimension: str | None
    """The region, product line or segment; null where the report is by period alone."""
    currency: str
    orders: int
    """Orders that were not wholly cancelled."""
    ordered_amount: Decimal
    """Less what was cancelled since."""
    revenue_amount: Decimal
    """Invoiced less credited."""
    revenue_growth_percent: Decimal | None
    """Against the period before; null unless both are wholly asked for and over where the sellers are, and the earlier
    one had revenue."""


@dataclass(frozen=True, slots=True)
class SalesTotal:
    """All rows of one currency together."""

    currency: str
    orders: int
    ordered_amount: Decimal
    revenue_amount: Decimal


@dataclass(frozen=True, slots=True)
class SalesReport:
    """Orders and revenue, the earliest period first, and their totals in each currency."""

    rows: list[SalesRow]
    totals: list[SalesTotal]


@dataclass(frozen=True, slots=True)
class _Group:
    begins: date
    dimension: str | None
    currency: str
    time_zones: list[str]
    """Of its sellers."""
    orders: int
    ordered: Decimal
    revenue: Decimal


_SUMS = """(count(distinct document_id) filter (where kind = 'order' and quantity > 0))::int as orders,
    coalesce(sum(amount) filter (where kind = 'order'), 0) as ordered_amount,
    coalesce(sum(amount) filter (where kind = 'revenue'), 0) as revenue_amount
    from facts where day is not null and (%(first)s::date is null or day >= %(first)s)
    and (%(last)s::date is null or day <= %(last)s)"""


async def sales(
    reader: Reader, period: Period, dimension: Dimension | None, first: date | None, last: date | None, now: datetime
) -> SalesReport:
    """Orders and revenue of the days from `first` to `last`, by period, currency and a dimension where asked for."""
    groups = await reader.rows(
        _Group,
        f"""select begins, dimension, currency, time_zones, orders, ordered_amount as ordered, revenue_amount as revenue
            from (
                select date_trunc(%(period)s, day)::date as begins, {dimension or "null::text"} as dimension, currency,
                    array_agg(distinct time_zone) as time_zones, {_SUMS} group by 1, 2, 3) as grouped
            order by begins, dimension, currency""",
        period=period,
        first=first,
        last=last,
    )
    totals = await reader.rows(
        SalesTotal,
        f"select currency, {_SUMS} group by currency order by currency",
        first=first,
        last=last,
    )
    return SalesReport(list(_rows(groups, period, first, last or date.max, now)), totals)


def _rows(
    groups: Iterable[_Group], period: Period, first: date | None, last: date, now: datetime
) -> Iterable[SalesRow]:
    revenue: dict[tuple[date, str | None, str], Decimal] = {}
    for group in groups:
        revenue[group.begins, group.dimension, group.currency] = group.revenue
        before = _moved(group.begins, -MONTHS[period])
        earlier = revenue.get((before, group.dimension, group.currency), Decimal(0))
        until = min(last, *(local_date(now, zone) for zone in group.time_zones))
        ended = _moved(group.begins, MONTHS[period]) - timedelta(days=1) <= until
        comparable = ended and (first is None or first <= before)
        yield SalesRow(
            period=_label(group.begins, period),
            dimension=group.dimension,
            currency=group.currency,
            orders=group.orders,
            ordered_amount=group.ordered,
            revenue_amount=group.revenue,
            revenue_growth_percent=_growth(earlier, group.revenue) if comparable else None,
        )


def _growth(earlier: Decimal, now: Decimal) -> Decimal | None:
    if earlier <= 0:
        return None
    return round_half_up(EXACT.divide(EXACT.multiply(now - earlier, Decimal(100)), earlier), 1)


def _moved(day: date, months: int) -> date:
    """The first day of the month that lies so many months after that of `day`."""
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def _label(begins: date, period: Period) -> str:
    if period == "year":
        return f"{begins:%Y}"
    return f"{begins:%Y}-Q{(begins.month + 2) // 3}" if period == "quarter" else f"{begins:%Y-%m}"
