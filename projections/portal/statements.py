"""The statements that several events of the portal share; content of many lines goes in as one."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from uuid import UUID

from domain.billing import CreditNote
from domain.ordering import Quantity
from domain.shared.aggregate import Event
from domain.shared.document import Line, Totals
from domain.shared.money import Money
from projections.shared import Effect, Recorded, as_json, insert, update

STILL_OPEN = "exists (select from order_lines where order_id = %(id)s and open_quantity > 0)"

QUOTE_LINES = """insert into quote_lines (quote_id, revision, place, line_id, item_name, seller_item_id, quantity,
        unit_code, net_price, base_quantity, allowance, amount, vat_category_code, vat_rate)
    select %(id)s, %(revision)s, place + coalesce((select max(place) from quote_lines
            where quote_id = %(id)s and revision = %(revision)s), 0), line_id, item_name, seller_item_id, quantity,
        unit_code, net_price, base_quantity, allowance, amount, vat_category_code, vat_rate
    from jsonb_to_recordset(%(lines)s::jsonb) as line (place integer, line_id text, item_name text,
        seller_item_id text, quantity numeric, unit_code text, net_price numeric, base_quantity numeric,
        allowance numeric, amount numeric, vat_category_code text, vat_rate numeric)"""
REVISED_LINES = """insert into quote_lines (quote_id, revision, place, line_id, item_name, seller_item_id, quantity,
        unit_code, net_price, base_quantity, allowance, amount, vat_category_code, vat_rate)
    select quote_id, %(revision)s, place, line_id, item_name, seller_item_id, quantity, unit_code, net_price,
        base_quantity, allowance, amount, vat_category_code, vat_rate
    from quote_lines where quote_id = %(id)s and revision = %(revision)s - 1"""
ORDER_LINES = """insert into order_lines (order_id, place, line_id, item_name, seller_item_id, unit_code,
        ordered_quantity, delivered_quantity, open_quantity)
    select %(id)s, place, line_id, item_name, seller_item_id, unit_code, quantity, 0, quantity
    from jsonb_to_recordset(%(lines)s::jsonb) as line (place integer, line_id text, item_name text,
        seller_item_id text, quantity numeric, unit_code text)"""
DELIVERED = """update order_lines set open_quantity = open_quantity - done.quantity,
        delivered_quantity = delivered_quantity + done.quantity * %(delivered)s
    from jsonb_to_recordset(%(quantities)s::jsonb) as done (line_id text, quantity numeric)
    where order_lines.order_id = %(id)s and order_lines.line_id = done.line_id"""
MORE_OPEN = """update order_lines set open_quantity = open_quantity + more.quantity,
        ordered_quantity = ordered_quantity + more.quantity * %(ordered)s
    from jsonb_to_recordset(%(quantities)s::jsonb) as more (line_id text, quantity numeric)
    where order_lines.order_id = %(id)s and order_lines.line_id = more.line_id"""
PROGRESS = f"""update orders set state = case when state = 'on_hold' then state when not {STILL_OPEN} then 'fulfilled'
        when delivered_on is null then 'confirmed' else 'in_fulfilment' end where order_id = %(id)s"""
ALLOCATION = """insert into allocations (payment_id, invoice_id, amount)
    values (%(payment_id)s, %(invoice_id)s, %(amount)s)
    on conflict (payment_id, invoice_id) do update set amount = allocations.amount + excluded.amount"""


def quote_changed(event: Event, **values: Any) -> Effect:
    """Other values of a quote, and the version that an answer to it names."""
    return update("quotes", {"quote_id": event.originator_id}, version=event.originator_version, **values)


def amounts(totals: Totals) -> dict[str, Decimal]:
    return {
        "net_amount": totals.line_extension_total.amount,
        "charge_amount": totals.charge_total.amount,
        "tax_amount": totals.invoice_total_vat_amount.amount,
        "total_amount": totals.payable_amount.amount,
    }


def line_values(line: Line) -> dict[str, Any]:
    """As the customer sees a line of a quote."""
    return {
        "line_id": line.line_id,
        "item_name": line.item_name,
        "seller_item_id": line.seller_item_id,
        "quantity": line.quantity,
        "unit_code": line.unit_code,
        "net_price": line.net_price,
        "base_quantity": line.base_quantity,
        "allowance": line.allowance,
        "amount": line.line_extension_amount.amount,
        "vat_category_code": line.tax.category,
        "vat_rate": line.tax.rate,
    }


def quote_lines(quote_id: UUID, revision: int, lines: Iterable[Line]) -> Effect:
    """After the lines that the revision has already."""
    content = as_json({"place": place, **line_values(line)} for place, line in enumerate(lines, 1))
    return Effect(QUOTE_LINES, {"id": quote_id, "revision": revision, "lines": content}, None)


def order_lines(order_id: UUID, lines: Iterable[Line]) -> Effect:
    content = as_json({"place": place, **line_values(line)} for place, line in enumerate(lines, 1))
    return Effect(ORDER_LINES, {"id": order_id, "lines": content}, None)


def less_open(event: Event, quantities: Iterable[Quantity], *, delivered: bool) -> Effect:
    """So much is no longer open: it was delivered, or cancelled."""
    done = [{"line_id": one.line_id, "quantity": one.quantity} for one in quantities]
    values = {"id": event.originator_id, "quantities": as_json(done), "delivered": int(delivered)}
    return Effect(DELIVERED, values, len(done))


def more_open(event: Event, quantities: Iterable[Quantity], *, ordered: bool) -> Effect:
    """So much is open again, or was not open when it was delivered; or so much more is ordered."""
    more = [{"line_id": one.line_id, "quantity": one.quantity} for one in quantities]
    values = {"id": event.originator_id, "quantities": as_json(more), "ordered": int(ordered)}
    return Effect(MORE_OPEN, values, len(more))


def payment_changed(event: Event, unapplied: Decimal, *, refunded: Decimal | None = None, state: str = "") -> Effect:
    return Effect(
        """update payments set unapplied_amount = unapplied_amount + %(unapplied)s,
            refunded_amount = refunded_amount + %(refunded)s,
            state = case %(state)s when '' then state else %(state)s end where payment_id = %(id)s""",
        {
            "id": event.originator_id,
            "unapplied": unapplied,
            "refunded": refunded or Decimal(0),
            "state": state,
        },
    )


def allocated(payment_id: UUID, invoice_id: UUID, amount: Decimal) -> Effect:
    return Effect(ALLOCATION, {"payment_id": payment_id, "invoice_id": invoice_id, "amount": amount})


def invoice_settled(event: Event, column: str, amount: Decimal) -> Effect:
    return Effect(
        f"update invoices set {column} = {column} + %(amount)s where invoice_id = %(id)s",
        {"id": event.originator_id, "amount": amount},
    )


def credit_note(event: CreditNote.Issued | CreditNote.Requested, recorded: Recorded, **values: Any) -> Effect:
    """Nothing of it is in the customer's favour yet, or all of it takes invoices back."""
    return insert(
        "credit_notes",
        credit_note_id=event.originator_id,
        ordinal=recorded.position,
        customer_id=event.parties.sold_to_id,
        bill_to_id=event.parties.bill_to_id,
        currency=event.currency,
        total_amount=event.totals.payable_amount.amount,
        open_amount=Money.zero(event.currency).amount,
        reason=event.reason,
        **values,
    )


def credit_used(event: Event, amount: Decimal) -> Effect:
    return Effect(
        "update credit_notes set open_amount = open_amount - %(amount)s where credit_note_id = %(id)s",
        {"id": event.originator_id, "amount": amount},
    )
