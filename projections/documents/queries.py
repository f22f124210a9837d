"""What is asked about documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from domain.billing import CreditNote, Invoice
from domain.contracting import Contract
from domain.ordering import Order, Return
from domain.payments import Payment
from domain.quoting import Quote
from domain.shared.aggregate import Aggregate
from projections.documents import selects
from projections.documents.rows import (
    AllocationRow,
    CreditLimitRow,
    DocumentCharge,
    DocumentHeader,
    DocumentInstalment,
    DocumentLine,
    DocumentTax,
    DocumentView,
    Kind,
    ListedDocument,
    OrderChange,
    PaymentRow,
    PaymentView,
    RelatedDocument,
    ReturnLine,
    ReturnRow,
    ReturnView,
)
from projections.shared import Reader, actions_of, deliveries_of, wanted_customers

AGGREGATES: dict[Kind, type[Aggregate]] = {
    "quote": Quote,
    "contract": Contract,
    "order": Order,
    "invoice": Invoice,
    "credit_note": CreditNote,
}


async def documents(
    reader: Reader, kind: Kind, before: int, limit: int, *, customer_id: UUID | None = None, number: str | None = None
) -> list[ListedDocument]:
    """Documents of a kind, the newest first; of a customer, or of a number, where asked for."""
    return await reader.rows(
        ListedDocument,
        f"""select document_id, kind, number, state, customer_id, buyer_name, document_date, last_day, currency,
            total_amount, {selects.OPEN}, {selects.SETTLEMENT}, ordinal, version
            from documents where kind = %(kind)s and ordinal < %(before)s
            and (%(customers)s::uuid[] is null or customer_id = any(%(customers)s))
            and (%(number)s::text is null or number = %(number)s)
            order by ordinal desc limit %(limit)s + 1""",
        kind=kind,
        before=before,
        limit=limit,
        customers=await wanted_customers(reader, customer_id),
        number=number,
    )


async def document(reader: Reader, kind: Kind, document_id: UUID, revision: int | None = None) -> DocumentView | None:
    """A document with its lines: of its latest revision, or of an earlier one."""
    header = await reader.row(
        DocumentHeader,
        f"""select document_id, kind, version, number, state, seller_id, seller_name, seller_address, seller_vat_id,
            customer_id, bill_to_id, buyer_name, buyer_address, buyer_vat_id, currency, owner,
            purchase_order_reference, document_date, last_day, revision, document_sha256, source_id, source_number,
            reason, hold, warnings, net_amount, charge_amount, tax_amount, total_amount, paid_amount, credited_amount,
            {selects.SETTLEMENT}, payment_terms, type_code, external_reference, tax_point_date, delivered_on
            from documents where document_id = %(id)s and kind = %(kind)s""",
        id=document_id,
        kind=kind,
    )
    if header is not None and revision is not None:
        header = await _of_revision(reader, header, revision)
    if header is None:
        return None
    shown, lines = header.revision, selects.ORDER_LINES if kind == "order" else selects.LINES
    changes = await reader.rows(OrderChange, selects.CHANGES, id=document_id)
    related = await reader.rows(RelatedDocument, selects.RELATED, id=document_id)
    return DocumentView(
        document=header,
        available_actions=_actions(header, changes, related),
        lines=await reader.rows(DocumentLine, lines, id=document_id, revision=shown),
        charges=await reader.rows(DocumentCharge, selects.CHARGES, id=document_id),
        taxes=await reader.rows(DocumentTax, selects.TAXES, id=document_id, revision=shown),
        instalments=await reader.rows(DocumentInstalment, selects.INSTALMENTS, id=document_id),
        changes=changes,
        deliveries=await deliveries_of(reader, document_id, selects.INVOICES) if kind == "order" else [],
        related=related,
    )


def _actions(header: DocumentHeader, changes: Sequence[OrderChange], related: Sequence[RelatedDocument]) -> list[str]:
    return actions_of(
        AGGREGATES[header.kind],
        header.state,
        changing=any(change.state == "requested" for change in changes),
        unapplied=header.paid_amount + header.credited_amount < header.total_amount,
        allocated=any(one.relation == "set_off" for one in related),
    )


@dataclass(frozen=True, slots=True)
class _Revision:
    revision: int
    last_day: date | None
    document_sha256: str | None
    net_amount: Decimal
    charge_amount: Decimal
    tax_amount: Decimal
    total_amount: Decimal


async def _of_revision(reader: Reader, header: DocumentHeader, revision: int) -> DocumentHeader | None:
    row = await reader.row(
        _Revision,
        """select revision, last_day, document_sha256, net_amount, charge_amount, tax_amount, total_amount
            from revisions where document_id = %(id)s and revision = %(revision)s""",
        id=header.document_id,
        revision=revision,
    )
    return replace(header, **asdict(row)) if row else None


async def ids_of(reader: Reader, number: str) -> list[UUID]:
    """Everything that bears this number."""
    return await reader.rows(
        UUID,
        """select document_id from documents where number = %(number)s
            union all select document_id from documents where external_reference = %(number)s
            union all select payment_id from payments where number = %(number)s
            union all select return_id from returns where number = %(number)s""",
        number=number,
    )


PAYMENT_COLUMNS = """payment_id, version, ordinal, number, state, seller_id, customer_id, currency, amount,
    unapplied_amount, refunded_amount, booking_date, value_date, payment_means_code, remittance_information,
    end_to_end_id"""


async def payments(reader: Reader, before: int, limit: int, *, customer_id: UUID | None = None) -> list[PaymentRow]:
    """Payments, the newest first; of a customer where asked for."""
    return await reader.rows(
        PaymentRow,
        f"""select {PAYMENT_COLUMNS} from payments where ordinal < %(before)s
            and (%(customers)s::uuid[] is null or customer_id = any(%(customers)s))
            order by ordinal desc limit %(limit)s + 1""",
        before=before,
        limit=limit,
        customers=await wanted_customers(reader, customer_id),
    )


async def payment(reader: Reader, payment_id: UUID) -> PaymentView | None:
    """A payment and what it settles."""
    row = await reader.row(
        PaymentRow, f"select {PAYMENT_COLUMNS} from payments where payment_id = %(id)s", id=payment_id
    )
    if row is None:
        return None
    allocations = await reader.rows(
        AllocationRow,
        """select invoice_id, number, amount from allocations join documents on document_id = invoice_id
            where payment_id = %(id)s and amount <> 0 order by number""",
        id=payment_id,
    )
    actions = actions_of(Payment, row.state, unapplied=row.unapplied_amount > 0, allocated=bool(allocations))
    return PaymentView(row, actions, allocations)


RETURN_COLUMNS = """return_id, version, ordinal, number, state, order_id, order_number, seller_id, customer_id,
    buyer_name, reason, settlement, finding, authorised_on, received_on, credit_note_id"""


async def returns(
    reader: Reader, before: int, limit: int, *, customer_id: UUID | None = None, order_id: UUID | None = None
) -> list[ReturnRow]:
    """Returns, the newest first; of a customer or an order where asked for."""
    return await reader.rows(
        ReturnRow,
        f"""select {RETURN_COLUMNS} from returns where ordinal < %(before)s
            and (%(customers)s::uuid[] is null or customer_id = any(%(customers)s))
            and (%(order_id)s::uuid is null or order_id = %(order_id)s)
            order by ordinal desc limit %(limit)s + 1""",
        before=before,
        limit=limit,
        customers=await wanted_customers(reader, customer_id),
        order_id=order_id,
    )


async def return_(reader: Reader, return_id: UUID) -> ReturnView | None:
    """A return and how much of each line has come."""
    row = await reader.row(ReturnRow, f"select {RETURN_COLUMNS} from returns where return_id = %(id)s", id=return_id)
    if row is None:
        return None
    lines = await reader.rows(
        ReturnLine,
        """select line_id, item_name, unit_code, authorised_quantity, received_quantity, accepted_quantity
            from return_lines where return_id = %(id)s order by place""",
        id=return_id,
    )
    return ReturnView(row, actions_of(Return, row.state), lines)


async def credit_limits(
    reader: Reader, before: int, limit: int, *, customer_id: UUID | None = None
) -> list[CreditLimitRow]:
    """Credit limits, the newest first; of a customer where asked for."""
    return await reader.rows(
        CreditLimitRow,
        """select account_id, version, ordinal, seller_id, customer_id, currency, credit_limit, exposure,
                waiting
            from credit_limits where ordinal < %(before)s
            and (%(customers)s::uuid[] is null or customer_id = any(%(customers)s))
            order by ordinal desc limit %(limit)s + 1""",
        before=before,
        limit=limit,
        customers=await wanted_customers(reader, customer_id),
    )
