"""The tables of sales, and what each event does to them.

A fact is what one document sold of one product line. Orders count what was ordered and not cancelled, on the day of the
order; revenue is the net amount of lines (BT-131) on issued invoices less credit notes, on the day of issue. Neither
bears charges or tax, nor what was paid in advance: that is no sale until it is supplied.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from domain.billing import CreditNote, Invoice
from domain.ordering import Order
from domain.shared.aggregate import Event
from domain.shared.document import Line
from domain.shared.party import Parties, local_date
from projections.shared import Effect, Effects, ReadModel, Recorded, as_json, delete, update

ORDER_LINES = """insert into order_lines (order_id, line_id, product_line, quantity, amount, cancelled_quantity)
    select %(id)s, line_id, product_line, quantity, amount, 0
    from jsonb_to_recordset(%(lines)s::jsonb)
        as line (line_id text, product_line text, quantity numeric, amount numeric)"""
FACTS = """insert into facts
        (document_id, product_line, kind, day, time_zone, seller_id, customer_id, region, segment, currency, quantity,
        amount)
    select %(id)s, product_line, %(kind)s, %(day)s::date, %(time_zone)s, %(seller_id)s, %(customer_id)s, %(region)s,
        %(segment)s, %(currency)s, quantity, amount
    from jsonb_to_recordset(%(parts)s::jsonb) as part (product_line text, quantity numeric, amount numeric)"""
# Cancelled amounts are shares of the cumulative quantity, rounded to the decimals that the line's amount has:
# cancelling a line in parts takes off exactly its amount.
CANCELLED_FACTS = """update facts set quantity = facts.quantity - gone.quantity, amount = facts.amount - gone.amount
    from (
        select product_line, sum(done.quantity) as quantity, sum(
            round(amount * (cancelled_quantity + done.quantity) / order_lines.quantity, scale(amount))
            - round(amount * cancelled_quantity / order_lines.quantity, scale(amount))) as amount
        from jsonb_to_recordset(%(quantities)s::jsonb) as done (line_id text, quantity numeric)
        join order_lines on order_id = %(id)s and order_lines.line_id = done.line_id
        group by product_line
    ) as gone
    where document_id = %(id)s and facts.product_line = gone.product_line"""
CANCELLED_LINES = """update order_lines set cancelled_quantity = cancelled_quantity + done.quantity
    from jsonb_to_recordset(%(quantities)s::jsonb) as done (line_id text, quantity numeric)
    where order_id = %(id)s and order_lines.line_id = done.line_id"""

# The line comes with less of what was cancelled before, or without: so much of its quantity is.
STILL_CANCELLED = "(%(quantity)s - (order_lines.quantity - cancelled_quantity + %(more)s))"
MORE_FACTS = f"""update facts set quantity = facts.quantity + %(more)s, amount = facts.amount
        + %(amount)s - round(%(amount)s * {STILL_CANCELLED} / %(quantity)s, scale(%(amount)s))
        - order_lines.amount
        + round(order_lines.amount * cancelled_quantity / order_lines.quantity, scale(order_lines.amount))
    from order_lines where document_id = %(id)s and facts.product_line = %(product_line)s
        and order_id = %(id)s and line_id = %(line_id)s"""
MORE_LINES = f"""update order_lines set cancelled_quantity = {STILL_CANCELLED}, quantity = %(quantity)s,
        amount = %(amount)s
    where order_id = %(id)s and line_id = %(line_id)s"""


class Sales(ReadModel):
    """What was ordered and invoiced, by day, seller, customer, region, segment, product line and currency."""

    tables = """
        create table facts (
            document_id uuid not null, product_line text not null, kind text not null, day date,
            time_zone text not null, seller_id uuid not null, customer_id uuid not null, region text not null,
            segment text not null, currency text not null, quantity numeric not null, amount numeric not null,
            primary key (document_id, product_line)
        );
        create index on facts (day);
        create table order_lines (
            order_id uuid not null, line_id text not null, product_line text not null, quantity numeric not null,
            amount numeric not null, cancelled_quantity numeric not null, primary key (order_id, line_id)
        );
    """

    def order_placed(self, event: Order.Placed, recorded: Recorded) -> Effects:
        day = local_date(event.timestamp, event.parties.time_zone)
        yield from _facts(event, "order", day, event.parties, event.lines)
        lines = [
            {
                "line_id": line.line_id,
                "product_line": line.product_line,
                "quantity": str(line.quantity),
                "amount": str(line.line_extension_amount.amount),
            }
            for line in event.lines
        ]
        yield Effect(ORDER_LINES, {"id": event.originator_id, "lines": as_json(lines)}, len(lines))

    def order_change_confirmed(self, event: Order.ChangeConfirmed, recorded: Recorded) -> Effects:
        """More was ordered, as of the day of the order; what is no longer wanted is cancelled by itself."""
        longer = {line.line_id: line for line in event.lines}
        for one in event.increases:
            line = longer[one.line_id]
            values = {
                "id": event.originator_id,
                "line_id": one.line_id,
                "product_line": line.product_line,
                "more": one.quantity,
                "quantity": line.quantity,
                "amount": line.line_extension_amount.amount,
            }
            yield Effect(MORE_FACTS, values)
            yield Effect(MORE_LINES, values)

    def order_cancelled(self, event: Order.Cancelled, recorded: Recorded) -> Effects:
        done = [{"line_id": one.line_id, "quantity": str(one.quantity)} for one in event.quantities]
        values = {"id": event.originator_id, "quantities": as_json(done)}
        yield Effect(CANCELLED_FACTS, values, None)
        yield Effect(CANCELLED_LINES, values, len(done))

    def invoice_drafted(self, event: Invoice.Drafted, recorded: Recorded) -> Effects:
        yield from _facts(event, "revenue", None, event.parties, event.lines)

    def invoice_discarded(self, event: Invoice.Discarded, recorded: Recorded) -> Effects:
        yield delete("facts", {"document_id": event.originator_id}, rows=None)

    def invoice_issued(self, event: Invoice.Issued, recorded: Recorded) -> Effects:
        yield update("facts", {"document_id": event.originator_id}, rows=None, day=event.issue_date)

    def credit_note_issued(self, event: CreditNote.Issued, recorded: Recorded) -> Effects:
        yield from _facts(event, "revenue", event.issue_date, event.parties, event.lines, sign=-1)

    def credit_note_requested(self, event: CreditNote.Requested, recorded: Recorded) -> Effects:
        yield from _facts(event, "revenue", None, event.parties, event.lines, sign=-1)

    def credit_note_rejected(self, event: CreditNote.Rejected, recorded: Recorded) -> Effects:
        yield delete("facts", {"document_id": event.originator_id}, rows=None)

    def credit_note_approved(self, event: CreditNote.Approved, recorded: Recorded) -> Effects:
        yield update("facts", {"document_id": event.originator_id}, rows=None, day=event.issue_date)


def _facts(
    event: Event, kind: str, day: date | None, parties: Parties, lines: Sequence[Line], sign: int = 1
) -> Effects:
    """One fact for each product line; quantities of orders only, since a credited amount has none."""
    quantities, amounts = dict[str, Decimal](), dict[str, Decimal]()
    for line in lines:
        if line.advance:
            continue
        name = line.product_line
        quantities[name] = quantities.get(name, Decimal(0)) + (line.quantity if kind == "order" else 0)
        amounts[name] = amounts.get(name, Decimal(0)) + line.line_extension_amount.amount * sign
    if amounts:
        parts = [
            {"product_line": name, "quantity": str(quantities[name]), "amount": str(amount)}
            for name, amount in amounts.items()
        ]
        values = {
            "id": event.originator_id,
            "kind": kind,
            "day": day,
            "time_zone": parties.time_zone,
            "seller_id": parties.seller_id,
            "customer_id": parties.sold_to_id,
            "region": parties.region,
            "segment": parties.segment,
            "currency": lines[0].line_extension_amount.currency,
            "parts": as_json(parts),
        }
        yield Effect(FACTS, values, len(parts))
