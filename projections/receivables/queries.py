"""What is asked about receivables, as of the end of any day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from projections.receivables.count_back import count_back, share, share_if_any
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

WINDOW = timedelta(days=90)

BOOKED = "select item_id, kind, amount from postings where booked_on <= %(as_of)s"
OF_EVERYBODY = f"with booked as ({BOOKED})"
OF_ONE = f"with booked as ({BOOKED} and customer_id = any(%(customers)s))"
OPEN_ITEMS = """, balances as (
        select item_id, sum(amount) as balance, sum(amount) filter (where kind <> 'billing') as settled
        from booked group by item_id having sum(amount) <> 0
    ), items as (
        select invoice_id as item_id, 'invoice' as kind, instalments.ordinal, number, seller_id, customer_id, currency,
            issue_date as document_date, instalments.due_date, place as instalment, instalments.amount,
            greatest(least(instalments.amount, earlier_amount + instalments.amount + coalesce(settled, 0)), 0)
                as open_amount,
            greatest(%(as_of)s::date - instalments.due_date, 0) as days_overdue
        from balances join invoices on invoice_id = item_id join instalments using (invoice_id)
        where issue_date <= %(as_of)s
        union all
        select fund_id, kind, ordinal, number, seller_id, customer_id, currency, booking_date,
            null, 0, (select -amount from postings where kind = 'receipt' and postings.item_id = fund_id), balance, 0
        from balances join funds on fund_id = item_id
    ), open_items as (
        select *, case when kind <> 'invoice' then 'credit' when days_overdue = 0 then 'not_due'
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
    month: date
    billed: Decimal
    billed_lately: Decimal
    """In the last 90 days."""
    change: Decimal
    """Of the net receivables."""
    change_before: Decimal
    """Of that, what came before the last 90 days."""


@dataclass(frozen=True, slots=True)
class _Paid:
    seller_id: UUID
    seller_name: str
    currency: str
    paid_invoices: int
    paid_on_time: int
    paid_amount: Decimal
    amount_on_time: Decimal


async def open_items(
    reader: Reader, as_of: date, before: int, limit: int, *, customer_id: UUID | None = None
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
        as_of=as_of,
        customers=customers,
        before=before,
        limit=limit,
    )


async def ageing(reader: Reader, as_of: date) -> AgeingReport:
    """What is open by age, in each currency."""
    buckets = await _buckets(reader, as_of)
    currencies = sorted({row.currency for row in buckets})
    rows = [_aged(currency, [row for row in buckets if row.currency == currency]) for currency in currencies]
    return AgeingReport(as_of, rows)


def _aged(currency: str, buckets: Sequence[_Bucket]) -> Ageing:
    def of(name: str) -> Decimal:
        return sum((row.amount for row in buckets if row.bucket == name), Decimal(0))

    unapplied = -of("credit")
    whole = sum((row.amount for row in buckets), unapplied)
    return Ageing(
        currency=currency,
        not_due=of("not_due"),
        days_1_to_30=of("1-30"),
        days_31_to_60=of("31-60"),
        days_61_to_90=of("61-90"),
        over_90_days=of("over_90"),
        open_amount=whole,
        unapplied_cash=unapplied,
        net_receivables=whole - unapplied,
    )


async def _buckets(reader: Reader, as_of: date) -> list[_Bucket]:
    return await reader.rows(
        _Bucket,
        f"""{OF_EVERYBODY}{OPEN_ITEMS} select seller_id, currency, bucket, sum(open_amount) as amount
            from open_items group by seller_id, currency, bucket""",
        as_of=as_of,
    )


async def sales_outstanding(reader: Reader, as_of: date) -> SalesOutstandingReport:
    """Days sales outstanding of every legal entity in each currency that it bills in."""
    months = await reader.rows(
        _Month,
        """select seller_id, coalesce(sellers.name, '') as seller_name, currency,
                date_trunc('month', booked_on)::date as month,
                coalesce(sum(amount) filter (where kind = 'billing'), 0) as billed,
                coalesce(sum(amount) filter (where kind = 'billing' and booked_on > %(opening)s), 0) as billed_lately,
                sum(amount) as change, coalesce(sum(amount) filter (where booked_on <= %(opening)s), 0) as change_before
            from postings left join sellers using (seller_id) where booked_on <= %(as_of)s
            group by seller_id, sellers.name, currency, month order by seller_name, seller_id, currency""",
        as_of=as_of,
        opening=as_of - WINDOW,
    )
    buckets = await _buckets(reader, as_of)
    keys = dict.fromkeys((row.seller_id, row.currency) for row in months)
    rows = []
    for key in keys:
        not_due = [row.amount for row in buckets if (row.seller_id, row.currency, row.bucket) == (*key, "not_due")]
        own = [row for row in months if (row.seller_id, row.currency) == key]
        rows.append(_outstanding(own, sum(not_due, Decimal(0)), as_of))
    return SalesOutstandingReport(as_of, rows)


def _outstanding(months: Sequence[_Month], not_due: Decimal, as_of: date) -> SalesOutstanding:
    closing = sum((row.change for row in months), Decimal(0))
    opening = sum((row.change_before for row in months), Decimal(0))
    billings = sum((row.billed_lately for row in months), Decimal(0))
    collected = opening + billings - closing
    return SalesOutstanding(
        seller_id=months[0].seller_id,
        seller_name=months[0].seller_name,
        currency=months[0].currency,
        net_receivables=closing,
        days_sales_outstanding=count_back(closing, {row.month: row.billed for row in months if row.billed}, as_of),
        best_possible_days=share_if_any(not_due, billings, WINDOW.days),
        billings=billings,
        not_due=not_due,
        collection_effectiveness=share_if_any(collected, opening + billings - not_due, 100),
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
