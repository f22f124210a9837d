"""What a customer asks."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from domain.shared.party import local_date
from projections.portal.rows import (
    PortalContract,
    PortalCreditNote,
    PortalInvoice,
    PortalOrder,
    PortalOrderLine,
    PortalOrderView,
    PortalPayment,
    PortalQuote,
    PortalQuoteLine,
    PortalQuoteView,
)
from projections.shared import Reader, deliveries_of, same_customers

ANSWERS = ["accept", "decline"]
"""What the customer, unlike the seller's people, may do with a quote that is open."""

PAGE = "ordinal < %(before)s order by ordinal desc limit %(limit)s + 1"
QUOTE = """quote_id, version, ordinal, number, seller_name, state, revision, valid_until, document_sha256, currency,
    net_amount, charge_amount, tax_amount, total_amount, payment_terms, time_zone"""
ORDER = """order_id, ordinal, number, state, purchase_order_reference, placed_on, delivered_on,
    tracking_reference, currency, net_amount, charge_amount, tax_amount, total_amount,
    (select count(*)::int from order_lines where order_lines.order_id = orders.order_id and open_quantity > 0)
        as lines_open"""
CONTRACT = """contract_id, ordinal, number, state, starts_on, ends_on, currency, net_amount, charge_amount, tax_amount,
    total_amount"""
TO_SIGN = "customer_id = any(%(customers)s) and state not in ('draft', 'in_approval', 'rejected')"
INVOICE = """invoice_id, ordinal, number, issue_date, due_date, purchase_order_reference, currency, net_amount,
    charge_amount, tax_amount, total_amount, paid_amount, credited_amount, set_off_amount, time_zone"""
INVOICES = "select invoice_id, number as invoice_number from invoices where state = 'issued'"
ISSUED = "(customer_id = any(%(customers)s) or bill_to_id = any(%(customers)s)) and state = 'issued'"


@dataclass(frozen=True, slots=True)
class SentQuote:
    """A quote whose last day may have passed since."""

    quote_id: UUID
    version: int
    ordinal: int
    number: str
    seller_name: str
    state: str
    revision: int
    valid_until: date
    document_sha256: str
    currency: str
    net_amount: Decimal
    charge_amount: Decimal
    tax_amount: Decimal
    total_amount: Decimal
    payment_terms: str
    time_zone: str

    def at(self, now: datetime) -> PortalQuote:
        """As it is now: once its last day has passed at the seller's, it has expired, whether recorded or not (Q4)."""
        row = asdict(self)
        expired = local_date(now, row.pop("time_zone")) > self.valid_until
        if self.state == "sent" and expired:
            row["state"] = "expired"
        return PortalQuote(**row, available_actions=list(ANSWERS) if row["state"] == "sent" else [])


@dataclass(frozen=True, slots=True)
class _Invoice:
    invoice_id: UUID
    ordinal: int
    number: str
    issue_date: date
    due_date: date
    purchase_order_reference: str | None
    currency: str
    net_amount: Decimal
    charge_amount: Decimal
    tax_amount: Decimal
    total_amount: Decimal
    paid_amount: Decimal
    credited_amount: Decimal
    set_off_amount: Decimal
    time_zone: str

    def on(self, day: date) -> PortalInvoice:
        """As it stands on that day."""
        row = asdict(self)
        del row["time_zone"], row["set_off_amount"]
        left = self.total_amount - self.paid_amount - self.credited_amount
        late = max((day - self.due_date).days, 0) if left > 0 else 0
        return PortalInvoice(**row, state=self._state(left, late), days_overdue=late, open_amount=left)

    def _state(self, left: Decimal, late: int) -> str:
        """What is set off settles as what is paid does; the rest of what is credited is taken back."""
        settled = self.paid_amount + self.set_off_amount
        if late:
            return "overdue"
        if left > 0:
            return "partially_paid" if settled else "open"
        return "credited" if self.credited_amount and not settled else "paid"


async def quotes(reader: Reader, customer_id: UUID, before: int, limit: int, now: datetime) -> list[PortalQuote]:
    """What was ever sent to the customer, the newest first."""
    rows = await reader.rows(
        SentQuote,
        f"select {QUOTE} from quotes where customer_id = any(%(customers)s) and revision > 0 and {PAGE}",
        customers=await same_customers(reader, customer_id),
        before=before,
        limit=limit,
    )
    return [row.at(now) for row in rows]


async def quote(reader: Reader, customer_id: UUID, quote_id: UUID, now: datetime) -> PortalQuoteView | None:
    """A quote of this customer, with the lines that were sent."""
    row = await reader.row(
        SentQuote,
        f"""select {QUOTE} from quotes
            where quote_id = %(id)s and customer_id = any(%(customers)s) and revision > 0""",
        id=quote_id,
        customers=await same_customers(reader, customer_id),
    )
    if row is None:
        return None
    lines = await reader.rows(
        PortalQuoteLine,
        """select line_id, seller_item_id, item_name, quantity, unit_code, net_price, base_quantity, allowance, amount,
            vat_category_code, vat_rate
            from quote_lines where quote_id = %(id)s and revision = %(revision)s order by place""",
        id=quote_id,
        revision=row.revision,
    )
    return PortalQuoteView(row.at(now), lines)


async def contracts(reader: Reader, customer_id: UUID, before: int, limit: int) -> list[PortalContract]:
    """The customer's contracts that were sent to be signed, the newest first."""
    return await reader.rows(
        PortalContract,
        f"select {CONTRACT} from contracts where {TO_SIGN} and {PAGE}",
        customers=await same_customers(reader, customer_id),
        before=before,
        limit=limit,
    )


async def contract(reader: Reader, customer_id: UUID, contract_id: UUID) -> PortalContract | None:
    """A contract that this customer was sent."""
    return await reader.row(
        PortalContract,
        f"select {CONTRACT} from contracts where {TO_SIGN} and contract_id = %(id)s",
        id=contract_id,
        customers=await same_customers(reader, customer_id),
    )


async def orders(reader: Reader, customer_id: UUID, before: int, limit: int) -> list[PortalOrder]:
    """The customer's orders, the newest first."""
    return await reader.rows(
        PortalOrder,
        f"select {ORDER} from orders where customer_id = any(%(customers)s) and {PAGE}",
        customers=await same_customers(reader, customer_id),
        before=before,
        limit=limit,
    )


async def order(reader: Reader, customer_id: UUID, order_id: UUID) -> PortalOrderView | None:
    """An order of this customer, line by line."""
    row = await reader.row(
        PortalOrder,
        f"select {ORDER} from orders where order_id = %(id)s and customer_id = any(%(customers)s)",
        id=order_id,
        customers=await same_customers(reader, customer_id),
    )
    if row is None:
        return None
    lines = await reader.rows(
        PortalOrderLine,
        """select line_id, seller_item_id, item_name, unit_code, ordered_quantity, delivered_quantity, open_quantity
            from order_lines where order_id = %(id)s order by place""",
        id=order_id,
    )
    return PortalOrderView(row, lines, await deliveries_of(reader, order_id, INVOICES))


async def invoices(
    reader: Reader, customer_id: UUID, before: int, limit: int, now: datetime, as_of: date | None
) -> list[PortalInvoice]:
    """Invoices that the customer bought or is billed for, the newest first; overdue as of a day."""
    rows = await reader.rows(
        _Invoice,
        f"select {INVOICE} from invoices where {ISSUED} and {PAGE}",
        customers=await same_customers(reader, customer_id),
        before=before,
        limit=limit,
    )
    return [row.on(as_of or local_date(now, row.time_zone)) for row in rows]


async def invoice(reader: Reader, customer_id: UUID, invoice_id: UUID, now: datetime) -> PortalInvoice | None:
    """An invoice that this customer was sent."""
    row = await reader.row(
        _Invoice,
        f"select {INVOICE} from invoices where {ISSUED} and invoice_id = %(id)s",
        id=invoice_id,
        customers=await same_customers(reader, customer_id),
    )
    return row.on(local_date(now, row.time_zone)) if row else None


async def credit_notes(reader: Reader, customer_id: UUID, before: int, limit: int) -> list[PortalCreditNote]:
    """Credit notes to the customer, the newest first."""
    return await reader.rows(
        PortalCreditNote,
        f"""select credit_note_id, ordinal, number, issue_date, invoice_ids, invoice_numbers, currency, total_amount,
                open_amount, reason
            from credit_notes where issue_date is not null
                and (customer_id = any(%(customers)s) or bill_to_id = any(%(customers)s)) and {PAGE}""",
        customers=await same_customers(reader, customer_id),
        before=before,
        limit=limit,
    )


async def payments(reader: Reader, customer_id: UUID, before: int, limit: int) -> list[PortalPayment]:
    """The customer's payments, the newest first."""
    return await reader.rows(
        PortalPayment,
        f"""select payment_id, ordinal, number, state, booking_date, currency, amount, unapplied_amount,
                refunded_amount, array(select invoices.number from allocations join invoices using (invoice_id)
                    where allocations.payment_id = payments.payment_id and allocations.amount <> 0
                    order by invoices.number) as settled_invoices
            from payments where customer_id = any(%(customers)s) and {PAGE}""",
        customers=await same_customers(reader, customer_id),
        before=before,
        limit=limit,
    )
