"""A customer on one card, and everything that happened with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from domain.crm import Customer
from domain.shared.money import Money
from domain.shared.party import local_date
from projections.shared import Reader, actions_of
from projections.support.records import STANDING, Standing, link_to
from projections.support.rows import (
    Balance,
    CardAlias,
    CardContact,
    CardCustomer,
    CustomerCard,
    Kind,
    OpenDocument,
    OpenDocuments,
    TimelineEntry,
)

MOST_DOCUMENTS = 50

CUSTOMER = """select c.customer_id, state, c.name, street, city, post_code, subdivision, country_code, vat_id,
    external_id, region, segment, payment_terms, representative, c.bill_to_id, ship_to_id, one_time,
    nullif(survivor_id, c.customer_id) as merged_into_id
    from customers c join records on record_id = c.customer_id where c.customer_id = %(id)s"""
IDS = "select customer_id from customers where customer_id = %(id)s or survivor_id = %(id)s"
MINE = "(customer_id = any(%(ids)s) or bill_to_id = any(%(ids)s))"
OPEN = """(kind = 'opportunity' and state = 'open'
    or kind = 'quote' and state in ('draft', 'sent', 'revising', 'accepted')
    or kind = 'contract' and state in ('in_approval', 'draft', 'in_signature', 'signed', 'active')
    or kind = 'order' and state in ('placed', 'confirmed', 'in_fulfilment', 'on_hold')
    or kind = 'return' and state in ('authorised', 'received', 'inspected')
    or kind = 'invoice' and (state in ('draft', 'held') or open_amount > 0)
    or kind = 'credit_note' and (state = 'requested' or open_amount > 0)
    or kind = 'payment' and open_amount > 0)"""
DOCUMENT = f"{STANDING}, record_id, number, currency, total_amount, open_amount, document_date, last_day"
OWED = """select currency, time_zone, instalments.due_date,
        greatest(least(amount, earlier_amount + amount - (total_amount - open_amount)), 0) as amount
    from records join instalments on invoice_id = record_id
    where kind = 'invoice' and open_amount > 0 and state in ('issued', 'credited')
    and (customer_id = any(%(ids)s) and bill_to_id is null or bill_to_id = any(%(ids)s))"""
OPEN_SUMS = f"""select kind, currency, count(*)::int as count, sum(coalesce(open_amount, total_amount)) as amount
    from records where kind <> 'customer' and {MINE} and {OPEN} group by kind, currency order by kind, currency"""
LAST_CONTACT = f"select at from timeline where is_contact and {MINE} order by position desc limit 1"
FORMER_NAMES = "select name from names where customer_id = %(id)s and name <> %(name)s order by name"
CONTACTS = "select name, email, phone from contacts where customer_id = any(%(ids)s) order by name"
ALIASES = """select customer_id, name, external_id from customers
    where survivor_id = %(id)s and customer_id <> %(id)s order by name"""


@dataclass(frozen=True, slots=True)
class _Document(Standing):
    record_id: UUID
    number: str
    currency: str | None
    total_amount: Decimal | None
    open_amount: Decimal | None
    document_date: date
    last_day: date | None


@dataclass(frozen=True, slots=True)
class _Owed:
    currency: str
    time_zone: str
    due_date: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class _InHand:
    currency: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class _Entry:
    position: int
    at: datetime
    actor: str
    kind: Kind
    record_id: UUID
    happened: str
    sentence: str


async def customer_card(reader: Reader, customer_id: UUID, now: datetime) -> CustomerCard | None:
    """A customer with whatever was merged into it; what is overdue is so today at each seller's."""
    customer = await reader.row(CardCustomer, CUSTOMER, id=customer_id)
    if customer is None:
        return None
    ids = await reader.rows(UUID, IDS, id=customer_id)
    return CustomerCard(
        customer=customer,
        former_names=await reader.rows(str, FORMER_NAMES, id=customer_id, name=customer.name),
        contacts=await reader.rows(CardContact, CONTACTS, ids=ids),
        aliases=await reader.rows(CardAlias, ALIASES, id=customer_id),
        open=await reader.rows(OpenDocuments, OPEN_SUMS, ids=ids),
        balances=await _balances(reader, ids, now),
        last_contact=await reader.row(datetime, LAST_CONTACT, ids=ids),
        open_documents=await _open_documents(reader, ids),
        available_actions=actions_of(Customer, customer.state),
    )


async def _open_documents(reader: Reader, ids: list[UUID]) -> list[OpenDocument]:
    rows = await reader.rows(
        _Document,
        f"select {DOCUMENT} from records r where {MINE} and {OPEN} order by ordinal desc limit %(most)s",
        ids=ids,
        most=MOST_DOCUMENTS,
    )
    return [
        OpenDocument(
            kind=row.kind,
            id=row.record_id,
            number=row.number,
            state=row.state,
            currency=row.currency,
            amount=row.total_amount,
            open_amount=row.open_amount,
            document_date=row.document_date,
            last_day=row.last_day,
            available_actions=row.actions(),
            link=link_to(row.kind, row.record_id),
        )
        for row in rows
    ]


async def _balances(reader: Reader, ids: list[UUID], now: datetime) -> list[Balance]:
    owed = await reader.rows(_Owed, OWED, ids=ids)
    in_hand = await reader.rows(
        _InHand,
        """select currency, sum(open_amount) as amount from records
            where kind in ('payment', 'credit_note') and open_amount > 0 and customer_id = any(%(ids)s)
            group by currency""",
        ids=ids,
    )
    currencies = sorted({row.currency for row in owed} | {row.currency for row in in_hand})
    return [
        Balance(
            currency=currency,
            owed_amount=_total(currency, owed),
            overdue_amount=_total(currency, (row for row in owed if row.due_date < local_date(now, row.time_zone))),
            unapplied_amount=_total(currency, in_hand),
        )
        for currency in currencies
    ]


def _total(currency: str, rows: Iterable[_Owed | _InHand]) -> Decimal:
    return sum((row.amount for row in rows if row.currency == currency), Money.zero(currency).amount)


async def timeline(reader: Reader, customer_id: UUID, before: int, limit: int) -> list[TimelineEntry] | None:
    """What happened with a customer and whatever was merged into it, the newest first; None where there is none."""
    ids = await reader.rows(UUID, IDS, id=customer_id)
    if not ids:
        return None
    entries = await reader.rows(
        _Entry,
        f"""select position, at, actor, kind, record_id, happened, sentence from timeline
            where {MINE} and position < %(before)s order by position desc limit %(limit)s + 1""",
        ids=ids,
        before=before,
        limit=limit,
    )
    return [
        TimelineEntry(
            position=entry.position,
            at=entry.at,
            actor=entry.actor,
            kind=entry.kind,
            id=entry.record_id,
            happened=entry.happened,
            sentence=entry.sentence,
            link=link_to(entry.kind, entry.record_id),
        )
        for entry in entries
    ]


async def ids_of(reader: Reader, customer_id: UUID) -> list[UUID]:
    """The customer, whatever was merged with it, and every document of theirs."""
    return [customer_id] + await reader.rows(
        UUID,
        """with same as (
                select other.customer_id from customers join customers as other using (survivor_id)
                where customers.customer_id = %(id)s
            )
            select customer_id from same
            union select record_id from records join same using (customer_id)
            union select record_id from records join same on bill_to_id = same.customer_id""",
        id=customer_id,
    )
