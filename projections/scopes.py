"""Whose everything is in sales: who looks after which customer, who owns what, who leads whom.

Queries of those who may not see everything are held against it, of the past too: what somebody may see of then is what
is theirs by now.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, LiteralString
from uuid import UUID

from domain.billing import CreditNote, Invoice
from domain.contracting import Contract
from domain.crm import Activity, Comment, Customer, HandOver, Opportunity
from domain.identity import PortalLink, User
from domain.ordering import CreditAccount, Debtor, Order, Return
from domain.payments import Payment
from domain.quoting import Quote
from domain.shared.aggregate import Event
from projections.shared import ALIASES, Aliases, Effect, Effects, Reader, ReadModel, Recorded, insert, update

FOLLOWING: LiteralString = """insert into objects (object_id, customer_id, owners, about_id)
    values (%(object_id)s, %(customer_id)s, coalesce((select owners from objects where object_id = %(of_id)s), '{}'),
        null)"""
"""What came of a document is its owners'."""
THEIRS: LiteralString = """select from scopes.assigned
    where object_id = {object_id} and (owners && %(scope_people)s::text[] or has_customer
        and (representative is null or representative = any(%(scope_people)s::text[])))"""
"""Of the people who ask: what they own, and what is a customer's whom they or nobody looks after."""
LED: LiteralString = """with recursive today as (
        select distinct on (user_id) login, manager from managers join users using (user_id)
        where since <= %(today)s order by user_id, since desc, ordinal desc
    ), led (login) as (
        select %(login)s::text union select today.login from today join led on manager = led.login
    ) select login from led"""


class Scopes(Aliases, ReadModel):
    """One row for each object: its customer, its owners, and what it is about."""

    tables = f"""{ALIASES}
        create table customers (customer_id uuid primary key, representative text);
        create table objects (
            object_id uuid primary key, customer_id uuid, owners text[] not null, about_id uuid
        );
        create index on objects (customer_id);
        create table managers (
            ordinal bigint primary key, user_id uuid not null, since date not null, manager text
        );
        create table users (user_id uuid primary key, login text not null);
        create view assigned as
            select o.object_id, o.owners || coalesce(about.owners, '{{}}') as owners, c.representative,
                c.customer_id is not null as has_customer
            from objects o left join objects about on about.object_id = o.about_id
            left join aliases a on a.customer_id = coalesce(o.customer_id, about.customer_id)
            left join customers c
                on c.customer_id = coalesce(a.survivor_id, o.customer_id, about.customer_id);
    """

    def customer_registered(self, event: Customer.Registered, recorded: Recorded) -> Effects:
        customer = event.originator_id
        yield insert("customers", customer_id=customer, representative=event.representative)
        yield _object(event, customer)

    def representative_assigned(self, event: Customer.RepresentativeAssigned, recorded: Recorded) -> Effects:
        yield update("customers", {"customer_id": event.originator_id}, representative=event.representative)

    def opportunity_opened(self, event: Opportunity.Opened, recorded: Recorded) -> Effects:
        yield _object(event, event.prospect.customer_id, event.owner)

    def opportunity_changed(self, event: Opportunity.Changed, recorded: Recorded) -> Effects:
        yield _changed(event, customer_id=event.prospect.customer_id)

    def opportunity_quoted(self, event: Opportunity.QuoteAttached, recorded: Recorded) -> Effects:
        yield _changed(event, customer_id=event.customer_id)

    def opportunity_owner_assigned(self, event: Opportunity.OwnerAssigned, recorded: Recorded) -> Effects:
        yield _changed(event, owners=[event.owner])

    def quote_drafted(self, event: Quote.Drafted, recorded: Recorded) -> Effects:
        yield _object(event, event.offer.parties.sold_to_id, event.offer.owner)

    def contract_drafted(self, event: Contract.Drafted, recorded: Recorded) -> Effects:
        yield _object(event, event.parties.sold_to_id, event.owner)

    def order_placed(self, event: Order.Placed, recorded: Recorded) -> Effects:
        yield _object(event, event.parties.sold_to_id, event.owner)

    def return_authorised(self, event: Return.Authorised, recorded: Recorded) -> Effects:
        yield _following(event, event.parties.sold_to_id, event.order_id)

    def invoice_drafted(self, event: Invoice.Drafted, recorded: Recorded) -> Effects:
        yield _following(event, event.parties.sold_to_id, event.source.ours if event.source else None)

    def credit_note_issued(self, event: CreditNote.Issued, recorded: Recorded) -> Effects:
        yield _following(event, event.parties.sold_to_id, event.preceding_invoices[0].invoice_id)

    def credit_note_requested(self, event: CreditNote.Requested, recorded: Recorded) -> Effects:
        yield _object(event, event.parties.sold_to_id)

    def payment_settled(self, event: Payment.Settled, recorded: Recorded) -> Effects:
        yield _object(event, event.customer_id)

    def hand_over_prepared(self, event: HandOver.Prepared, recorded: Recorded) -> Effects:
        yield _object(event, None, event.owner, about_id=event.order_id)

    def activity_logged(self, event: Activity.Logged, recorded: Recorded) -> Effects:
        yield _object(event, None, event.occasion.owner, about_id=event.occasion.subject.id)

    def activity_planned(self, event: Activity.Planned, recorded: Recorded) -> Effects:
        yield _object(event, None, event.occasion.owner, about_id=event.occasion.subject.id)

    def activity_reassigned(self, event: Activity.Reassigned, recorded: Recorded) -> Effects:
        yield _changed(event, owners=[event.owner])

    def comment_written(self, event: Comment.Written, recorded: Recorded) -> Effects:
        yield _object(event, None, event.author, *event.mentions, about_id=event.subject.id)

    def comment_edited(self, event: Comment.Edited, recorded: Recorded) -> Effects:
        yield Effect(
            "update objects set owners = owners[1:1] || %(mentions)s::text[] where object_id = %(id)s",
            {"id": event.originator_id, "mentions": list(event.mentions)},
        )

    def credit_limit_set(self, event: CreditAccount.LimitSet, recorded: Recorded) -> Effects:
        if event.originator_version == 1:
            yield _object(event, event.customer_id)

    def alias_gained(self, event: Debtor.AliasGained, recorded: Recorded) -> Effects:
        if event.originator_version == 1:
            yield _object(event, event.customer_id)

    def portal_link_given(self, event: PortalLink.Given, recorded: Recorded) -> Effects:
        yield _following(event, event.customer_id, event.document_id)

    def user_registered(self, event: User.Registered, recorded: Recorded) -> Effects:
        yield insert("users", user_id=event.originator_id, login=event.login)

    def manager_assigned(self, event: User.ManagerAssigned, recorded: Recorded) -> Effects:
        own = {"user_id": event.originator_id, "since": event.since, "manager": event.manager}
        yield insert("managers", ordinal=recorded.position, **own)


def _object(event: Event, customer_id: UUID | None, *owners: str, about_id: UUID | None = None) -> Effect:
    return insert(
        "objects", object_id=event.originator_id, customer_id=customer_id, owners=list(owners), about_id=about_id
    )


def _following(event: Event, customer_id: UUID, of_id: UUID | None) -> Effect:
    return Effect(FOLLOWING, {"object_id": event.originator_id, "customer_id": customer_id, "of_id": of_id})


def _changed(event: Event, **values: Any) -> Effect:
    return update("objects", {"object_id": event.originator_id}, **values)


async def led_by(reader: Reader, login: str, today: date) -> list[str]:
    """Somebody, and whom they lead on that day, directly or through others."""
    return await reader.rows(str, LED, login=login, today=today)


async def is_theirs(reader: Reader, object_id: UUID, people: Sequence[str]) -> bool:
    """Whether these people may see it."""
    sql: LiteralString = f"select exists ({THEIRS.format(object_id='%(id)s')})"
    return bool(await reader.row(bool, sql, id=object_id, scope_people=list(people)))
