"""What the events of quotes, contracts and orders do to the deals.

A deal begins with the draft of a quote, and goes with it to the contract or order that it becomes. Its amount is the
net amount of the lines that are on the table: of the revision that was sent, or of the draft where there is only that.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from domain.contracting import Contract
from domain.ordering import Order
from domain.quoting import Quote
from domain.shared.aggregate import Event
from domain.shared.document import Line, Totals
from projections.pipeline.hand_over_events import contract_agreed, order_agreed, order_given_up
from projections.shared import Effect, Effects, Recorded, insert, update


class Deals:
    """One row for each deal. A deal that was declined or expired beside a newer draft is a draft again."""

    def quote_drafted(self, event: Quote.Drafted, recorded: Recorded) -> Effects:
        offer, amount = event.offer, _net(event.totals)
        yield insert(
            "deals",
            deal_id=event.originator_id,
            ordinal=recorded.position,
            number=offer.number,
            customer_id=offer.parties.sold_to_id,
            buyer_name=offer.parties.buyer.name,
            owner=offer.owner,
            stage="draft",
            drafting=True,
            currency=offer.currency,
            amount=amount,
            draft_amount=amount,
            drafted_at=event.timestamp,
            quantity_to_deliver=Decimal(0),
            opportunity_id=offer.opportunity_id,
        )

    def quote_line_added(self, event: Quote.LineAdded, recorded: Recorded) -> Effects:
        yield _repriced(event, event.totals)

    def quote_line_changed(self, event: Quote.LineChanged, recorded: Recorded) -> Effects:
        yield _repriced(event, event.totals)

    def quote_line_removed(self, event: Quote.LineRemoved, recorded: Recorded) -> Effects:
        yield _repriced(event, event.totals)

    def quote_repriced(self, event: Quote.Repriced, recorded: Recorded) -> Effects:
        yield _repriced(event, event.totals)

    def quote_sent(self, event: Quote.Sent, recorded: Recorded) -> Effects:
        yield Effect(
            """update deals set stage = 'sent', drafting = false, amount = %(amount)s, draft_amount = %(amount)s,
                sent_at = coalesce(sent_at, %(at)s), ended_at = null where deal_id = %(id)s""",
            {"id": event.originator_id, "amount": _net(event.totals), "at": event.timestamp},
        )

    def quote_revised(self, event: Quote.Revised, recorded: Recorded) -> Effects:
        yield Effect(
            """update deals set drafting = true, draft_amount = amount, ended_at = null,
                stage = case stage when 'sent' then 'sent' else 'draft' end where deal_id = %(id)s""",
            {"id": event.originator_id},
        )

    def quote_extended(self, event: Quote.ValidityExtended, recorded: Recorded) -> Effects:
        yield _deal(event, stage="sent", ended_at=None)

    def quote_accepted(self, event: Quote.Accepted, recorded: Recorded) -> Effects:
        at = event.timestamp
        yield _deal(
            event,
            stage="accepted",
            drafting=False,
            accepted_at=at,
            ended_at=at,
            accepted_by=event.evidence.accepted_by,
            identified_by=event.evidence.identified_by,
        )

    def quote_declined(self, event: Quote.Declined, recorded: Recorded) -> Effects:
        yield _lost(event, "declined")

    def quote_expired(self, event: Quote.Expired, recorded: Recorded) -> Effects:
        yield _lost(event, "expired")

    def quote_withdrawn(self, event: Quote.Withdrawn, recorded: Recorded) -> Effects:
        yield _deal(event, stage="withdrawn", drafting=False, ended_at=event.timestamp)

    def quote_converted(self, event: Quote.Converted, recorded: Recorded) -> Effects:
        yield _deal(event, stage="converted")

    def contract_drafted(self, event: Contract.Drafted, recorded: Recorded) -> Effects:
        """What follows from no quote is no deal here."""
        deal = {"deal_id": event.source.document_id}
        yield update("deals", deal, rows=None, stage="contract", contract_id=event.originator_id)
        yield from contract_agreed(event)

    def contract_declined(self, event: Contract.Declined, recorded: Recorded) -> Effects:
        contract = {"contract_id": event.originator_id}
        yield update("deals", contract, rows=None, stage="declined", ended_at=event.timestamp)

    def order_placed(self, event: Order.Placed, recorded: Recorded) -> Effects:
        yield Effect(
            """update deals set stage = 'order', order_id = %(id)s, quantity_to_deliver = %(quantity)s
                where deal_id = %(source)s or contract_id = %(source)s""",
            {"id": event.originator_id, "source": event.source.document_id, "quantity": _quantity(event.lines)},
            None,
        )
        yield from order_agreed(event, recorded)

    def order_change_confirmed(self, event: Order.ChangeConfirmed, recorded: Recorded) -> Effects:
        more = sum((one.quantity for one in event.increases), Decimal(0))
        yield Effect(
            "update deals set quantity_to_deliver = quantity_to_deliver + %(more)s where order_id = %(id)s",
            {"id": event.originator_id, "more": more},
            None,
        )

    def order_cancelled(self, event: Order.Cancelled, recorded: Recorded) -> Effects:
        """A deal of which everything is cancelled was not won after all."""
        yield Effect(
            """update deals set quantity_to_deliver = quantity_to_deliver - %(quantity)s,
                stage = case quantity_to_deliver when %(quantity)s then 'cancelled' else stage end,
                ended_at = case quantity_to_deliver when %(quantity)s then %(at)s else ended_at end
                where order_id = %(id)s""",
            {
                "id": event.originator_id,
                "quantity": sum((one.quantity for one in event.quantities), Decimal(0)),
                "at": event.timestamp,
            },
            None,
        )
        yield from order_given_up(event)


def _net(totals: Totals) -> Decimal:
    return totals.line_extension_total.amount


def _quantity(lines: tuple[Line, ...]) -> Decimal:
    """Of all lines, whatever their units: it only tells whether anything is left."""
    return sum((line.quantity for line in lines), Decimal(0))


def _deal(event: Event, **values: Any) -> Effect:
    deal: dict[str, UUID] = {"deal_id": event.originator_id}
    return update("deals", deal, **values)


def _repriced(event: Event, totals: Totals) -> Effect:
    return Effect(
        """update deals set draft_amount = %(amount)s,
            amount = case stage when 'draft' then %(amount)s else amount end where deal_id = %(id)s""",
        {"id": event.originator_id, "amount": _net(totals)},
    )


def _lost(event: Event, stage: str) -> Effect:
    return Effect(
        """update deals set stage = case when drafting then 'draft' else %(stage)s end,
            amount = case when drafting then draft_amount else amount end,
            ended_at = case when drafting then null else %(at)s::timestamptz end where deal_id = %(id)s""",
        {"id": event.originator_id, "stage": stage, "at": event.timestamp},
    )
