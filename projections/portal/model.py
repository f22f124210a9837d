"""What each event does to what customers see; what is billed and paid has its own parts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from domain.contracting import Contract
from domain.crm import Customer
from domain.ordering import Order, Quantity
from domain.quoting import Quote
from domain.shared.aggregate import Event
from domain.shared.party import local_date
from projections.portal.billing import CreditNotes, Invoices, Payments
from projections.portal.statements import (
    PROGRESS,
    REVISED_LINES,
    STILL_OPEN,
    amounts,
    less_open,
    line_values,
    more_open,
    order_lines,
    quote_changed,
    quote_lines,
)
from projections.portal.tables import TABLES
from projections.shared import (
    Aliases,
    Effect,
    Effects,
    ReadModel,
    Recorded,
    delete,
    delivery_billed,
    delivery_row,
    insert,
    update,
)


class Portal(Aliases, Invoices, CreditNotes, Payments, ReadModel):
    """What a customer may see: a quote as last sent, and everything that follows from it."""

    tables = TABLES

    def customer_registered(self, event: Customer.Registered, recorded: Recorded) -> Effects:
        yield insert("customers", customer_id=event.originator_id, name=event.name)

    def customer_changed(self, event: Customer.DetailsChanged, recorded: Recorded) -> Effects:
        yield update("customers", {"customer_id": event.originator_id}, name=event.name)

    def quote_drafted(self, event: Quote.Drafted, recorded: Recorded) -> Effects:
        offer = event.offer
        yield insert(
            "quotes",
            quote_id=event.originator_id,
            version=event.originator_version,
            ordinal=recorded.position,
            customer_id=offer.parties.sold_to_id,
            number=offer.number,
            seller_name=offer.parties.seller.name,
            time_zone=offer.parties.time_zone,
            currency=offer.currency,
            state="draft",
            revision=0,
            valid_until=event.valid_until,
            document_sha256="",
            **amounts(event.totals),
            payment_terms=offer.payment_terms.note,
        )
        yield quote_lines(event.originator_id, 1, event.lines)

    def quote_line_added(self, event: Quote.LineAdded, recorded: Recorded) -> Effects:
        yield quote_changed(event)
        yield quote_lines(event.originator_id, event.revision, [event.line])

    def quote_line_changed(self, event: Quote.LineChanged, recorded: Recorded) -> Effects:
        yield quote_changed(event)
        values = line_values(event.line)
        keys = {"quote_id": event.originator_id, "revision": event.revision, "line_id": values.pop("line_id")}
        yield update("quote_lines", keys, **values)

    def quote_line_removed(self, event: Quote.LineRemoved, recorded: Recorded) -> Effects:
        yield quote_changed(event)
        keys = {"quote_id": event.originator_id, "revision": event.revision, "line_id": event.line_id}
        yield delete("quote_lines", keys)

    def quote_repriced(self, event: Quote.Repriced, recorded: Recorded) -> Effects:
        yield quote_changed(event)
        yield delete("quote_lines", {"quote_id": event.originator_id, "revision": event.revision}, rows=None)
        yield quote_lines(event.originator_id, event.revision, event.lines)

    def quote_sent(self, event: Quote.Sent, recorded: Recorded) -> Effects:
        yield quote_changed(
            event,
            state="sent",
            revision=event.revision,
            valid_until=event.valid_until,
            document_sha256=event.document_sha256,
            **amounts(event.totals),
        )

    def quote_revised(self, event: Quote.Revised, recorded: Recorded) -> Effects:
        yield quote_changed(event)
        yield Effect(REVISED_LINES, {"id": event.originator_id, "revision": event.revision}, None)

    def quote_extended(self, event: Quote.ValidityExtended, recorded: Recorded) -> Effects:
        yield quote_changed(event, state="sent", valid_until=event.valid_until)

    def quote_accepted(self, event: Quote.Accepted, recorded: Recorded) -> Effects:
        yield quote_changed(event, state="accepted")

    def quote_declined(self, event: Quote.Declined, recorded: Recorded) -> Effects:
        yield quote_changed(event, state="declined")

    def quote_expired(self, event: Quote.Expired, recorded: Recorded) -> Effects:
        yield quote_changed(event, state="expired")

    def quote_withdrawn(self, event: Quote.Withdrawn, recorded: Recorded) -> Effects:
        yield quote_changed(event, state="withdrawn")

    def contract_drafted(self, event: Contract.Drafted, recorded: Recorded) -> Effects:
        yield insert(
            "contracts",
            contract_id=event.originator_id,
            ordinal=recorded.position,
            customer_id=event.parties.sold_to_id,
            number=event.number,
            state=event.outcome,
            starts_on=event.terms.starts_on,
            ends_on=event.terms.ends_on,
            currency=event.currency,
            **amounts(event.totals),
        )

    def contract_approved(self, event: Contract.Approved, recorded: Recorded) -> Effects:
        yield update("contracts", {"contract_id": event.originator_id}, state="draft")

    def contract_rejected(self, event: Contract.Rejected, recorded: Recorded) -> Effects:
        yield update("contracts", {"contract_id": event.originator_id}, state="rejected")

    def contract_sent_for_signature(self, event: Contract.SentForSignature, recorded: Recorded) -> Effects:
        yield update("contracts", {"contract_id": event.originator_id}, state="in_signature")

    def contract_returned_to_draft(self, event: Contract.ReturnedToDraft, recorded: Recorded) -> Effects:
        yield update("contracts", {"contract_id": event.originator_id}, state="draft")

    def contract_declined(self, event: Contract.Declined, recorded: Recorded) -> Effects:
        yield update("contracts", {"contract_id": event.originator_id}, state="declined")

    def contract_signed(self, event: Contract.Signed, recorded: Recorded) -> Effects:
        yield update("contracts", {"contract_id": event.originator_id}, state="signed")

    def contract_activated(self, event: Contract.Activated, recorded: Recorded) -> Effects:
        yield update("contracts", {"contract_id": event.originator_id}, state="active")

    def contract_terminated(self, event: Contract.Terminated, recorded: Recorded) -> Effects:
        yield update("contracts", {"contract_id": event.originator_id}, state="terminated", ends_on=event.last_day)

    def contract_expired(self, event: Contract.Expired, recorded: Recorded) -> Effects:
        yield update("contracts", {"contract_id": event.originator_id}, state="expired")

    def order_placed(self, event: Order.Placed, recorded: Recorded) -> Effects:
        yield insert(
            "orders",
            order_id=event.originator_id,
            ordinal=recorded.position,
            customer_id=event.parties.sold_to_id,
            number=event.number,
            state="placed",
            purchase_order_reference=event.purchase_order_reference,
            placed_on=local_date(event.timestamp, event.parties.time_zone),
            currency=event.currency,
            **amounts(event.totals),
        )
        yield order_lines(event.originator_id, event.lines)

    def order_confirmed(self, event: Order.Confirmed, recorded: Recorded) -> Effects:
        yield update("orders", {"order_id": event.originator_id}, state="confirmed")

    def order_held(self, event: Order.Held, recorded: Recorded) -> Effects:
        """Why is the seller's business."""
        yield update("orders", {"order_id": event.originator_id}, state="on_hold")

    def order_hold_released(self, event: Order.HoldReleased, recorded: Recorded) -> Effects:
        yield update("orders", {"order_id": event.originator_id}, state=event.resumes)

    def order_fulfilled(self, event: Order.Fulfilled, recorded: Recorded) -> Effects:
        yield less_open(event, event.quantities, delivered=True)
        yield more_open(event, event.beyond, ordered=False)
        yield Effect(
            f"""update orders set delivered_on = %(delivered_on)s,
                tracking_reference = coalesce(%(tracking)s, tracking_reference),
                state = case when {STILL_OPEN} then 'in_fulfilment' else 'fulfilled' end where order_id = %(id)s""",
            {
                "id": event.originator_id,
                "delivered_on": event.delivered_on,
                "tracking": event.tracking_reference,
            },
        )
        yield delivery_row(event)

    def order_delivery_billed(self, event: Order.DeliveryBilled, recorded: Recorded) -> Effects:
        yield delivery_billed(event)

    def order_cancelled(self, event: Order.Cancelled, recorded: Recorded) -> Effects:
        yield from _no_longer_open(event, event.quantities)

    def order_replacement_given_up(self, event: Order.ReplacementGivenUp, recorded: Recorded) -> Effects:
        yield from _no_longer_open(event, event.quantities)

    def order_change_confirmed(self, event: Order.ChangeConfirmed, recorded: Recorded) -> Effects:
        values: dict[str, Any] = amounts(event.totals)
        yield update("orders", {"order_id": event.originator_id}, **values)
        yield more_open(event, event.increases, ordered=True)
        yield less_open(event, event.covered, delivered=False)
        if event.increases:
            yield Effect(PROGRESS, {"id": event.originator_id})

    def order_taken_back(self, event: Order.TakenBack, recorded: Recorded) -> Effects:
        if event.settlement == "replacement" and event.accepted:
            yield more_open(event, event.accepted, ordered=False)
            yield Effect(PROGRESS, {"id": event.originator_id})

    def order_reopened(self, event: Order.Reopened, recorded: Recorded) -> Effects:
        yield Effect(PROGRESS, {"id": event.originator_id})

    def order_closed(self, event: Order.Closed, recorded: Recorded) -> Effects:
        yield update("orders", {"order_id": event.originator_id}, state="closed")


def _no_longer_open(event: Event, quantities: Sequence[Quantity]) -> Effects:
    yield less_open(event, quantities, delivered=False)
    yield Effect(
        f"""update orders set state = case when {STILL_OPEN} then state
            when delivered_on is null then 'cancelled' else 'fulfilled' end where order_id = %(id)s""",
        {"id": event.originator_id},
    )
