"""The tables of receivables, and what each event does to them: postings on open items, never changed once made."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from domain.billing import CreditNote, Invoice
from domain.crm import Customer
from domain.organisation import LegalEntity
from domain.payments import Payment
from domain.shared.aggregate import Event
from projections.shared import ALIASES, Aliases, Effect, Effects, ReadModel, Recorded, as_json, delete, insert, update

ISSUED = """insert into postings (position, place, item_id, kind, seller_id, customer_id, currency, booked_on, amount)
    select %(position)s, 1, invoice_id, 'billing', seller_id, customer_id, currency, %(issue_date)s, %(amount)s
    from invoices where invoice_id = %(id)s"""
DAY_THERE = """coalesce((select there.day from jsonb_to_recordset(%(days)s::jsonb) as there (time_zone text, day date)
            where there.time_zone = sellers.time_zone), %(day)s::date)"""
SETTLED = f"""insert into postings (position, place, item_id, kind, seller_id, customer_id, currency, booked_on, amount)
    select %(position)s, side.place, side.item_id, side.kind, side.seller_id, side.customer_id, funds.currency,
        greatest(funds.booking_date, invoices.issue_date, {DAY_THERE}), side.amount
    from funds join invoices on invoices.invoice_id = %(invoice_id)s
    left join sellers on sellers.seller_id = funds.seller_id
    cross join lateral (values
        (1, invoices.invoice_id, case funds.kind when 'credit_note' then 'set_off' else 'settlement' end,
            invoices.seller_id, invoices.customer_id, -%(amount)s::numeric),
        (2, funds.fund_id, 'allocation', funds.seller_id, funds.customer_id, %(amount)s::numeric)
    ) as side (place, item_id, kind, seller_id, customer_id, amount)
    where funds.fund_id = %(fund_id)s"""
PAID_BACK = f"""insert into postings
        (position, place, item_id, kind, seller_id, customer_id, currency, booked_on, amount)
    select %(position)s, %(place)s, fund_id, %(kind)s, seller_id, customer_id, currency,
        greatest(booking_date, {DAY_THERE}), %(amount)s
    from funds left join sellers using (seller_id) where fund_id = %(id)s"""
CREDITED = """insert into postings (position, place, item_id, kind, seller_id, customer_id, currency, booked_on, amount)
    select %(position)s, 1, fund_id, 'receipt', seller_id, customer_id, currency, booking_date, -%(amount)s::numeric
    from funds where fund_id = %(id)s"""


class Receivables(Aliases, ReadModel):
    """What buyers owe: invoices by instalment, what is in their favour, and every posting by the day it counts for.

    Funds are payments, and credit notes that name no invoice. A posting on an invoice is positive where more is owed;
    one on a fund is negative where more is in hand; a shortfall is what was refunded of a payment and then taken back
    by the bank, too: the buyer has it twice. So the sum over all of them is the receivables less unapplied cash and
    credits, as of any day.
    """

    tables = f"""{ALIASES}
        create table sellers (seller_id uuid primary key, name text not null, time_zone text not null);
        create table customers (customer_id uuid primary key, name text not null);
        create table invoices (
            invoice_id uuid primary key, seller_id uuid not null, customer_id uuid not null, currency text not null,
            number text not null, issue_date date, due_date date
        );
        create table instalments (
            invoice_id uuid not null, place integer not null, ordinal bigint not null unique, due_date date not null,
            amount numeric not null, earlier_amount numeric not null, primary key (invoice_id, place)
        );
        create table funds (
            fund_id uuid primary key, kind text not null, ordinal bigint not null unique, seller_id uuid not null,
            customer_id uuid not null, currency text not null, number text not null, booking_date date
        );
        create table postings (
            position bigint not null, place integer not null, item_id uuid not null, kind text not null,
            seller_id uuid not null, customer_id uuid not null, currency text not null, booked_on date not null,
            amount numeric not null, primary key (position, place)
        );
        create index on postings (item_id);
        create index on postings (customer_id);
    """

    def legal_entity_registered(self, event: LegalEntity.Registered, recorded: Recorded) -> Effects:
        yield insert("sellers", seller_id=event.originator_id, name=event.name, time_zone=event.time_zone)

    def customer_registered(self, event: Customer.Registered, recorded: Recorded) -> Effects:
        yield insert("customers", customer_id=event.originator_id, name=event.name)

    def customer_changed(self, event: Customer.DetailsChanged, recorded: Recorded) -> Effects:
        yield update("customers", {"customer_id": event.originator_id}, name=event.name)

    def invoice_drafted(self, event: Invoice.Drafted, recorded: Recorded) -> Effects:
        yield insert(
            "invoices",
            invoice_id=event.originator_id,
            seller_id=event.parties.seller_id,
            customer_id=event.parties.bill_to_id,
            currency=event.currency,
            number="",
        )

    def invoice_discarded(self, event: Invoice.Discarded, recorded: Recorded) -> Effects:
        yield delete("invoices", {"invoice_id": event.originator_id})

    def invoice_issued(self, event: Invoice.Issued, recorded: Recorded) -> Effects:
        invoice = event.originator_id
        yield update(
            "invoices",
            {"invoice_id": invoice},
            number=event.number,
            issue_date=event.issue_date,
            due_date=event.due_date,
        )
        amount = event.totals.payable_amount.amount
        values = {"id": invoice, "position": recorded.position, "issue_date": event.issue_date, "amount": amount}
        yield Effect(ISSUED, values)
        earlier = Decimal(0)
        for place, one in enumerate(sorted(event.due, key=lambda each: each.due_date), 1):
            yield insert(
                "instalments",
                invoice_id=invoice,
                place=place,
                ordinal=recorded.position * INSTALMENTS + place,
                due_date=one.due_date,
                amount=one.amount.amount,
                earlier_amount=earlier,
            )
            earlier += one.amount.amount

    def credit_note_issued(self, event: CreditNote.Issued, recorded: Recorded) -> Effects:
        for place, invoice in enumerate(event.preceding_invoices, 1):
            yield insert(
                "postings",
                position=recorded.position,
                place=place,
                item_id=invoice.invoice_id,
                kind="credit",
                seller_id=event.parties.seller_id,
                customer_id=event.parties.bill_to_id,
                currency=event.currency,
                booked_on=event.issue_date,
                amount=-invoice.amount.amount,
            )

    def credit_note_requested(self, event: CreditNote.Requested, recorded: Recorded) -> Effects:
        yield insert(
            "funds",
            fund_id=event.originator_id,
            kind="credit_note",
            ordinal=recorded.position * INSTALMENTS,
            number="",
            seller_id=event.parties.seller_id,
            customer_id=event.parties.bill_to_id,
            currency=event.currency,
        )

    def credit_note_rejected(self, event: CreditNote.Rejected, recorded: Recorded) -> Effects:
        yield delete("funds", {"fund_id": event.originator_id})

    def credit_note_approved(self, event: CreditNote.Approved, recorded: Recorded) -> Effects:
        ordinal = recorded.position * INSTALMENTS
        fund = {"fund_id": event.originator_id}
        yield update("funds", fund, number=event.number, booking_date=event.issue_date, ordinal=ordinal)
        values = {"id": event.originator_id, "position": recorded.position, "amount": event.amount.amount}
        yield Effect(CREDITED, values)

    def credit_note_allocated(self, event: CreditNote.Allocated, recorded: Recorded) -> Effects:
        yield _settled(event, recorded, event.amount.amount, event.timestamp)

    def credit_note_unallocated(self, event: CreditNote.Unallocated, recorded: Recorded) -> Effects:
        yield _settled(event, recorded, -event.amount.amount, event.timestamp)

    def credit_note_refunded(self, event: CreditNote.Refunded, recorded: Recorded) -> Effects:
        yield _paid_back(event, recorded, "refund", event.amount.amount)

    def payment_settled(self, event: Payment.Settled, recorded: Recorded) -> Effects:
        common = {"seller_id": event.seller_id, "customer_id": event.customer_id, "currency": event.amount.currency}
        yield insert(
            "funds",
            fund_id=event.originator_id,
            kind="unapplied_cash",
            ordinal=recorded.position * INSTALMENTS,
            number=event.number,
            booking_date=event.booking_date,
            **common,
        )
        yield insert(
            "postings",
            position=recorded.position,
            place=1,
            item_id=event.originator_id,
            kind="receipt",
            booked_on=event.booking_date,
            amount=-event.amount.amount,
            **common,
        )

    def payment_allocated(self, event: Payment.Allocated, recorded: Recorded) -> Effects:
        yield _settled(event, recorded, event.amount.amount, None)

    def payment_unallocated(self, event: Payment.Unallocated, recorded: Recorded) -> Effects:
        yield _settled(event, recorded, -event.amount.amount, event.timestamp)

    def payment_refunded(self, event: Payment.Refunded, recorded: Recorded) -> Effects:
        yield _paid_back(event, recorded, "refund", event.amount.amount)

    def payment_reversed(self, event: Payment.Reversed, recorded: Recorded) -> Effects:
        yield _paid_back(event, recorded, "reversal", event.amount.amount)
        if event.shortfall:
            yield _paid_back(event, recorded, "shortfall", event.shortfall.amount, place=2)


Allocation = Payment.Allocated | Payment.Unallocated | CreditNote.Allocated | CreditNote.Unallocated

INSTALMENTS = 10_000
"""More than one invoice has: the place in a list of an instalment is its invoice's position and its number."""


def _settled(event: Allocation, recorded: Recorded, amount: Decimal, at: datetime | None) -> Effect:
    """So much moves from the fund to the invoice, on the day that the money came, unless at another moment: the invoice
    may be the later."""
    values: dict[str, Any] = {"fund_id": event.originator_id, "invoice_id": event.invoice_id, "amount": amount}
    return Effect(SETTLED, {**values, "position": recorded.position, **_day_of(at)}, 2)


def _paid_back(event: Event, recorded: Recorded, kind: str, amount: Decimal, place: int = 1) -> Effect:
    values = {"id": event.originator_id, "position": recorded.position, "place": place, "kind": kind, "amount": amount}
    return Effect(PAID_BACK, {**values, **_day_of(event.timestamp)})


@lru_cache(maxsize=8)
def _day_of(at: datetime | None) -> dict[str, Any]:
    """These events name no day of their own: it is the seller's, whose time zone only the tables know.

    So it is told for every time zone that has another day than UTC. Postgres could tell it, by a calendar of its own,
    which may be older than the one that dates the invoices, and errs where a country has changed its clocks since.
    """
    if at is None:
        return {"day": None, "days": None}
    day = at.astimezone(UTC).date()
    elsewhere = ((zone.key, at.astimezone(zone).date()) for zone in _time_zones())
    return {"day": day, "days": as_json({"time_zone": name, "day": it} for name, it in elsewhere if it != day)}


@cache
def _time_zones() -> tuple[ZoneInfo, ...]:
    return tuple(map(ZoneInfo, available_timezones()))
