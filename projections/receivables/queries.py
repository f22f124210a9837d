"""What is asked about receivables, as of the end of any day: of today's at each seller where none is named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from domain.shared.party import local_date
from projections.receivables.count_back import count_back, share, share_if_any
from projections.receivables.model import INSTALMENTS
from projections.receivables.rows import (
    Ageing,
    AgeingReport,
    OnTime,
    OnTimeReport,
    OpenItem,
    SalesOutstanding,
    SalesOutstandingReport,
)
from projections.shared import Reader, wanted_customers

WINDOW = 90
"""Days."""

DAYS = "with days as (select * from unnest(%(sellers)s::uuid[], %(days)s::date[]) as there (seller_id, as_of))"
BOOKED = """select item_id, kind, amount, position, booked_on, as_of
        from postings join days using (seller_id) where booked_on <= as_of"""
OF_EVERYBODY = f"{DAYS}, booked as ({BOOKED})"
OF_ONE = f"{DAYS}, booked as ({BOOKED} and customer_id = any(%(customers)s))"
OPEN_ITEMS = f""", balances as (
        select item_id, as_of, sum(amount) as balance, sum(amount) filter (where kind <> 'billing') as settled
        from booked where kind <> 'shortfall' group by item_id, as_of having sum(amount) <> 0
    ), items as (
        select invoice_id as item_id, 'invoice' as kind, instalments.ordinal, number, seller_id, customer_id, currency,
            issue_date as document_date, instalments.due_date, place as instalment, instalments.amount,
            greatest(least(instalments.amount, earlier_amount + instalments.amount + coalesce(settled, 0)), 0)
                as open_amount,
            greatest(as_of - instalments.due_date, 0) as days_overdue
        from balances join invoices on invoice_id = item_id join instalments using (invoice_id)
        where issue_date <= as_of
        union all
        select fund_id, kind, ordinal, number, seller_id, customer_id, currency, booking_date,
            null, 0, (select -amount from postings where kind = 'receipt' and postings.item_id = fund_id), balance, 0
        from balances join funds on fund_id = item_id
        union all
        select fund_id, booked.kind, position * {INSTALMENTS}, number, seller_id, customer_id, currency, booked_on,
            booked_on, 0, amount, amount, as_of - booked_on
        from booked join funds on fund_id = item_id where booked.kind = 'shortfall'
    ), open_items as (
        select *, case when due_date is null then 'credit' when days_overdue = 0 then 'not_due'
            when days_overdue <= 30 then '1-30' when days_overdue <= 60 then '31-60'
            when days_overdue <= 90 then '61-90' else 'over_90' end as bucket
        from items where open_amount <> 0
    )"""


@dataclass(frozen=True, slots=True)
class _Bucket:
    seller_id: UUID
    currency: str
    bucket: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class _Month:
    seller_id: UUID
    seller_name: str
    currency: str
    as_of: date
    month: date
    billed: Decimal
    billed_lately: Decimal
    """In the last 90 days."""
    change: Decimal
    """Of the net receivables."""


@dataclass(frozen=True, slots=True)
class _Collected:
    seller_id: UUID
    currency: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class _Paid:
    seller_id: UUID
    seller_name: str
    currency: str
    paid_invoices: int
    paid_on_time: int
    paid_amount: Decimal
    amount_on_time: Decimal


@dataclass(frozen=True, slots=True)
class _Seller:
    seller_id: UUID
    time_zone: str


async def _days(reader: Reader, as_of: date | None, now: datetime) -> dict[UUID, date]:
    """As of which day each seller's receivables are asked for: of the one that is named, or of today there."""
    sellers = await reader.rows(_Seller, "select seller_id, time_zone from sellers")
    return {each.seller_id: as_of or local_date(now, each.time_zone) for each in sellers}


def _values(days: Mapping[UUID, date]) -> dict[str, Any]:
    return {"sellers": list(days), "days": list(days.values())}


async def open_items(
    reader: Reader, as_of: date | None, now: datetime, before: int, limit: int, *, customer_id: UUID | None = None
) -> list[OpenItem]:
    """What is open, the newest first; of a customer where asked for."""
    customers = await wanted_customers(reader, customer_id)
    return await reader.rows(
        OpenItem,
        f"""{OF_ONE if customers else OF_EVERYBODY}{OPEN_ITEMS}
            select item_id, kind, ordinal, number, seller_id, customer_id,
                coalesce(customers.name, '') as customer_name, currency, document_date, due_date, instalment, amount,
                open_amount, days_overdue, bucket
            from open_items left join customers using (customer_id) where ordinal < %(before)s
            order by ordinal desc limit %(limit)s + 1""",
        **_values(await _days(reader, as_of, now)),
        customers=customers,
        before=before,
        limit=limit,
    )


async def ageing(reader: Reader, as_of: date | None, now: datetime) -> AgeingReport:
    """What is open by age, in each currency."""
    days = await _days(reader, as_of, now)
    buckets = await _buckets(reader, days)
    currencies = sorted({row.currency for row in buckets})
    rows = [_aged(currency, [row for row in buckets if row.currency == currency]) for currency in currencies]
    return AgeingReport(as_of or _latest(days, now), rows)


def _latest(days: Mapping[UUID, date], now: datetime) -> date:
    return max(days.values(), default=now.date())


def _aged(currency: str, buckets: Sequence[_Bucket]) -> Ageing:
    unapplied = -_sum(buckets, "credit")
    open_amount = _sum(buckets) + unapplied
    return Ageing(
        currency=currency,
        not_due=_sum(buckets, "not_due"),
        days_1_to_30=_sum(buckets, "1-30"),
        days_31_to_60=_sum(buckets, "31-60"),
        days_61_to_90=_sum(buckets, "61-90"),
        over_90_days=_sum(buckets, "over_90"),
        open_amount=open_amount,
        unapplied_cash=unapplied,
        net_receivables=open_amount - unapplied,
    )


def _sum(buckets: Sequence[_Bucket], name: str | None = None) -> Decimal:
    return sum((row.amount for row in buckets if name in (None, row.bucket)), Decimal(0))


async def _buckets(reader: Reader, days: Mapping[UUID, date]) -> list[_Bucket]:
    return await reader.rows(
        _Bucket,
        f"""{OF_EVERYBODY}{OPEN_ITEMS} select seller_id, currency, bucket, sum(open_amount) as amount
            from open_items group by seller_id, currency, bucket""",
        **_values(days),
    )


async def sales_outstanding(reader: Reader, as_of: date | None, now: datetime) -> SalesOutstandingReport:
    """Days sales outstanding of every legal entity in each currency that it bills in."""
    days = await _days(reader, as_of, now)
    months = await reader.rows(
        _Month,
        f"""{DAYS} select seller_id, coalesce(sellers.name, '') as seller_name, currency, as_of,
                date_trunc('month', booked_on)::date as month,
                coalesce(sum(amount) filter (where kind = 'billing'), 0) as billed,
                coalesce(sum(amount) filter (where kind = 'billing' and booked_on > as_of - %(window)s), 0)
                    as billed_lately, sum(amount) as change
            from postings join days using (seller_id) left join sellers using (seller_id) where booked_on <= as_of
            group by seller_id, sellers.name, currency, as_of, month order by seller_name, seller_id, currency""",
        **_values(days),
        window=WINDOW,
    )
    buckets, collected = await _buckets(reader, days), await _collected(reader, days)
    rows = []
    for key in dict.fromkeys((row.seller_id, row.currency) for row in months):
        own = [row for row in months if (row.seller_id, row.currency) == key]
        open_now = [row for row in buckets if (row.seller_id, row.currency) == key and row.bucket != "credit"]
        rows.append(_outstanding(own, open_now, collected.get(key, Decimal(0))))
    return SalesOutstandingReport(as_of or _latest(days, now), rows)


async def _collected(reader: Reader, days: Mapping[UUID, date]) -> dict[tuple[UUID, str], Decimal]:
    """What payments have settled in the last 90 days and settle still, by seller and currency.

    Of an invoice of which more was taken back in these days than paid, nothing was collected: it is open again.
    """
    rows = await reader.rows(
        _Collected,
        f"""{DAYS} select seller_id, currency, sum(amount) as amount from (
                select seller_id, currency, -sum(amount) as amount from postings join days using (seller_id)
                where kind = 'settlement' and booked_on > as_of - %(window)s and booked_on <= as_of
                group by seller_id, currency, item_id having sum(amount) < 0
            ) as settled group by seller_id, currency""",
        **_values(days),
        window=WINDOW,
    )
    return {(row.seller_id, row.currency): row.amount for row in rows}


def _outstanding(months: Sequence[_Month], open_now: Sequence[_Bucket], collected: Decimal) -> SalesOutstanding:
    one = months[0]
    net = sum((row.change for row in months), Decimal(0))
    billings = sum((row.billed_lately for row in months), Decimal(0))
    open_amount, not_due = _sum(open_now), _sum(open_now, "not_due")
    return SalesOutstanding(
        seller_id=one.seller_id,
        seller_name=one.seller_name,
        currency=one.currency,
        net_receivables=net,
        days_sales_outstanding=count_back(net, {row.month: row.billed for row in months if row.billed}, one.as_of),
        billings=billings,
        open_amount=open_amount,
        not_due=not_due,
        average_days=share_if_any(open_amount, billings, WINDOW),
        best_possible_days=share_if_any(not_due, billings, WINDOW),
        collected=collected,
        collection_effectiveness=share_if_any(collected, collected + open_amount - not_due, 100),
    )


async def on_time(reader: Reader, first: date | None, last: date | None) -> OnTimeReport:
    """Which invoices, paid in full by then and last between two days, were paid by their due date."""
    paid = await reader.rows(
        _Paid,
        """select seller_id, coalesce(sellers.name, '') as seller_name, currency, count(*)::int as paid_invoices,
                (count(*) filter (where settled_on <= due_date))::int as paid_on_time, sum(paid) as paid_amount,
                coalesce(sum(paid) filter (where settled_on <= due_date), 0) as amount_on_time
            from (
                select invoices.seller_id, invoices.currency, invoices.due_date,
                    -sum(amount) filter (where kind = 'settlement') as paid,
                    max(booked_on) filter (where kind = 'settlement' and amount < 0) as settled_on
                from postings join invoices on invoice_id = item_id
                where %(last)s::date is null or booked_on <= %(last)s
                group by invoice_id, invoices.seller_id, invoices.currency, invoices.due_date having sum(amount) = 0
            ) as settled left join sellers using (seller_id)
            where paid > 0 and (%(first)s::date is null or settled_on >= %(first)s)
            group by seller_id, sellers.name, currency order by seller_name, seller_id, currency""",
        first=first,
        last=last,
    )
    return OnTimeReport([_rated(row) for row in paid])


def _rated(row: _Paid) -> OnTime:
    return OnTime(
        seller_id=row.seller_id,
        seller_name=row.seller_name,
        currency=row.currency,
        paid_invoices=row.paid_invoices,
        paid_on_time=row.paid_on_time,
        percent_of_invoices=share(Decimal(row.paid_on_time), Decimal(row.paid_invoices), 100),
        paid_amount=row.paid_amount,
        amount_on_time=row.amount_on_time,
        percent_of_amount=share(row.amount_on_time, row.paid_amount, 100),
    )
