"""A customer's account at a glance."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from domain.shared.money import Money
from domain.shared.party import local_date
from projections.portal.queries import QUOTE, SentQuote
from projections.portal.rows import AccountBalance, Dashboard
from projections.shared import Reader, same_customers


@dataclass(frozen=True, slots=True)
class _Owed:
    currency: str
    time_zone: str
    due_date: date
    amount: Decimal
    invoices: int


@dataclass(frozen=True, slots=True)
class _Amount:
    currency: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class _Customer:
    customer_id: UUID
    name: str
    orders_under_way: int


async def dashboard(reader: Reader, customer_id: UUID, now: datetime, as_of: date | None) -> Dashboard | None:
    """What the customer has to answer, to expect and to pay; overdue as of a day, or of today at each seller's."""
    customers = await same_customers(reader, customer_id)
    customer = await reader.row(
        _Customer,
        """select customer_id, name, (select count(*)::int from orders where customer_id = any(%(customers)s)
                and state in ('placed', 'confirmed', 'on_hold', 'in_fulfilment')) as orders_under_way
            from customers where customer_id = %(survivor)s""",
        customers=customers,
        survivor=customers[0],
    )
    if customer is None:
        return None
    sent = await reader.rows(
        SentQuote,
        f"select {QUOTE} from quotes where customer_id = any(%(customers)s) and state = 'sent'",
        customers=customers,
    )
    owed = await _owed(reader, customers)
    return Dashboard(
        customer_id=customer.customer_id,
        name=customer.name,
        quotes_to_answer=sum(quote.at(now).state == "sent" for quote in sent),
        orders_under_way=customer.orders_under_way,
        invoices_to_pay=sum(row.invoices for row in owed),
        account=_account(owed, await _shortfalls(reader, customers), await _unapplied(reader, customers), now, as_of),
    )


async def _owed(reader: Reader, customers: list[UUID]) -> list[_Owed]:
    return await reader.rows(
        _Owed,
        """select currency, time_zone, due_date, sum(total_amount - paid_amount - credited_amount) as amount,
                count(*)::int as invoices
            from invoices where bill_to_id = any(%(customers)s) and state = 'issued'
            and total_amount > paid_amount + credited_amount group by currency, time_zone, due_date""",
        customers=customers,
    )


async def _shortfalls(reader: Reader, customers: list[UUID]) -> list[_Amount]:
    """What was refunded of payments that were then taken back, too: the customer has it twice."""
    return await reader.rows(
        _Amount,
        """select currency, sum(refunded_amount) as amount from payments
            where customer_id = any(%(customers)s) and state = 'reversed' and refunded_amount > 0 group by currency""",
        customers=customers,
    )


async def _unapplied(reader: Reader, customers: list[UUID]) -> list[_Amount]:
    return await reader.rows(
        _Amount,
        """select currency, sum(amount) as amount from (
                select currency, unapplied_amount as amount from payments where customer_id = any(%(customers)s)
                union all select currency, open_amount from credit_notes where bill_to_id = any(%(customers)s)
            ) as funds group by currency having sum(amount) <> 0""",
        customers=customers,
    )


def _account(
    owed: Iterable[_Owed],
    shortfalls: Iterable[_Amount],
    unapplied: Iterable[_Amount],
    now: datetime,
    as_of: date | None,
) -> list[AccountBalance]:
    due, at_once, in_hand = list(owed), list(shortfalls), list(unapplied)
    everything: list[_Owed | _Amount] = [*due, *at_once, *in_hand]
    late = [row for row in due if row.due_date < (as_of or local_date(now, row.time_zone))]
    # Nobody has to be billed for a shortfall: it is due at once.
    return [
        AccountBalance(one, _total(one, [*due, *at_once]), _total(one, [*late, *at_once]), _total(one, in_hand))
        for one in sorted({row.currency for row in everything})
    ]


def _total(currency: str, rows: Iterable[_Owed | _Amount]) -> Decimal:
    return sum((row.amount for row in rows if row.currency == currency), Money.zero(currency).amount)
