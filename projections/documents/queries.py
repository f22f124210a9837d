"""What is asked about documents."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Literal
from uuid import UUID

from domain.billing import CreditNote, Invoice
from domain.contracting import Contract
from domain.ordering import Order
from domain.payments import Payment
from domain.quoting import Quote
from domain.shared.aggregate import Aggregate
from projections.shared import Reader

Kind = Literal["quote", "contract", "order", "invoice", "credit_note"]

Settlement = Literal["unpaid", "partially_paid", "paid"]
SETTLEMENT = """case
    when kind <> 'invoice' or state not in ('issued', 'credited') then null
    when total_amount <= paid_amount + credited_amount then 'paid'
    when paid_amount + credited_amount > 0 then 'partially_paid' else 'unpaid' end as settlement"""

AGGREGATES: dict[Kind, type[Aggregate]] = {
    "quote": Quote,
    "contract": Contract,
    "order": Order,
    "invoice": Invoice,
    "credit_note": CreditNote,
}


@dataclass(frozen=True, slots=True)
class ListedDocument:
    """A document in a list."""

    document_id: UUID
    kind: Kind
    number: str
    state: str
    customer_id: UUID
    buyer_name: str
    document_date: date
    last_day: date | None
    """Last valid day of a quote, last day of a contract, due date of an invoice."""
    currency: str
    total_amount: Decimal
    open_amount: Decimal
    """Neither paid nor credited; meaningful for invoices."""
    settlement: Settlement | None
    """Of an issued invoice."""
    ordinal: int
    version: int


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """A line; amounts in the document's currency, prices per base quantity."""

    line_id: str
    seller_item_id: str
    item_name: str
    product_line: str
    quantity: Decimal
    open_quantity: Decimal
    """Not delivered and not cancelled yet; meaningful for orders."""
    unit_code: str
    gross_price: Decimal
    net_price: Decimal
    base_quantity: Decimal
    allowance: Decimal
    amount: Decimal
    vat_category_code: str
    vat_rate: Decimal
    explanation: str
    """How the price came about, step by step."""


@dataclass(frozen=True, slots=True)
class DocumentCharge:
    """A charge on the whole document."""

    reason: str
    amount: Decimal
    vat_category_code: str
    vat_rate: Decimal


@dataclass(frozen=True, slots=True)
class DocumentTax:
    """One tax group."""

    scheme: str
    jurisdiction: str
    vat_category_code: str
    vat_rate: Decimal
    taxable_amount: Decimal
    tax_amount: Decimal


@dataclass(frozen=True, slots=True)
class DocumentInstalment:
    """A part of a contract's payment schedule, or of an invoice's payment terms."""

    number: int
    due_date: date
    amount: Decimal
    invoice_id: UUID | None


@dataclass(frozen=True, slots=True)
class DocumentHeader:
    """A document without its lines."""

    document_id: UUID
    kind: Kind
    version: int
    number: str
    state: str
    seller_id: UUID
    seller_name: str
    seller_address: str
    seller_vat_id: str | None
    customer_id: UUID
    bill_to_id: UUID
    buyer_name: str
    buyer_address: str
    buyer_vat_id: str | None
    currency: str
    owner: str
    purchase_order_reference: str | None
    document_date: date
    last_day: date | None
    revision: int
    document_sha256: str | None
    """Of a sent quote: what an acceptance repeats."""
    source_id: UUID | None
    source_number: str | None
    """Of the document that this one follows from."""
    reason: str | None
    net_amount: Decimal
    charge_amount: Decimal
    tax_amount: Decimal
    total_amount: Decimal
    paid_amount: Decimal
    credited_amount: Decimal
    settlement: Settlement | None
    """Of an issued invoice."""
    payment_terms: str


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A document with everything on it, and what may be done with it next."""

    document: DocumentHeader
    available_actions: list[str]
    lines: list[DocumentLine]
    charges: list[DocumentCharge]
    taxes: list[DocumentTax]
    instalments: list[DocumentInstalment]

    @property
    def version(self) -> int:
        """Of the aggregate: the ETag."""
        return self.document.version


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """A payment."""

    payment_id: UUID
    version: int
    ordinal: int
    number: str
    state: str
    seller_id: UUID
    customer_id: UUID
    currency: str
    amount: Decimal
    unapplied_amount: Decimal
    refunded_amount: Decimal
    booking_date: date
    value_date: date
    payment_means_code: str
    remittance_information: str
    end_to_end_id: str | None


@dataclass(frozen=True, slots=True)
class AllocationRow:
    """So much of a payment for that invoice."""

    invoice_id: UUID
    number: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class PaymentView:
    """A payment, what it settles, and what may be done with it next."""

    payment: PaymentRow
    available_actions: list[str]
    allocations: list[AllocationRow]

    @property
    def version(self) -> int:
        """Of the aggregate: the ETag."""
        return self.payment.version


async def documents(
    reader: Reader, kind: Kind, before: int, limit: int, *, customer_id: UUID | None = None, number: str | None = None
) -> list[ListedDocument]:
    """Documents of a kind, the newest first; of a customer, or of a number, where asked for."""
    return await reader.rows(
        ListedDocument,
        f"""select document_id, kind, number, state, customer_id, buyer_name, document_date, last_day, currency,
            total_amount, total_amount - paid_amount - credited_amount as open_amount, {SETTLEMENT}, ordinal, version
            from documents where kind = %(kind)s and ordinal < %(before)s
            and (%(customer_id)s::uuid is null or customer_id = %(customer_id)s)
            and (%(number)s::text is null or number = %(number)s)
            order by ordinal desc limit %(limit)s + 1""",
        kind=kind,
        before=before,
        limit=limit,
        customer_id=customer_id,
        number=number,
    )


async def document(reader: Reader, kind: Kind, document_id: UUID, revision: int | None = None) -> DocumentView | None:
    """A document with its lines: of its latest revision, or of an earlier one."""
    header = await reader.row(
        DocumentHeader,
        f"""select document_id, kind, version, number, state, seller_id, seller_name, seller_address, seller_vat_id,
            customer_id, bill_to_id, buyer_name, buyer_address, buyer_vat_id, currency, owner,
            purchase_order_reference, document_date, last_day, revision, document_sha256, source_id, source_number,
            reason, net_amount, charge_amount, tax_amount, total_amount, paid_amount, credited_amount,
            {SETTLEMENT}, payment_terms from documents where document_id = %(id)s and kind = %(kind)s""",
        id=document_id,
        kind=kind,
    )
    if header is not None and revision is not None:
        header = await _of_revision(reader, header, revision)
    if header is None:
        return None
    shown = header.revision
    return DocumentView(
        document=header,
        available_actions=list(AGGREGATES[kind].ACTIONS.get(header.state, ())),
        lines=await reader.rows(DocumentLine, LINES, id=document_id, revision=shown),
        charges=await reader.rows(DocumentCharge, CHARGES, id=document_id),
        taxes=await reader.rows(DocumentTax, TAXES, id=document_id, revision=shown),
        instalments=await reader.rows(DocumentInstalment, INSTALMENTS, id=document_id),
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


LINES = """select line_id, seller_item_id, item_name, product_line, quantity, open_quantity, unit_code, gross_price,
    net_price, base_quantity, allowance, amount, vat_category_code, vat_rate, explanation
    from lines where document_id = %(id)s and revision = %(revision)s order by place"""
CHARGES = "select reason, amount, vat_category_code, vat_rate from charges where document_id = %(id)s order by place"
TAXES = """select scheme, jurisdiction, vat_category_code, vat_rate, taxable_amount, tax_amount
    from taxes where document_id = %(id)s and revision = %(revision)s order by place"""
INSTALMENTS = """select number, due_date, amount, invoice_id from instalments
    where document_id = %(id)s order by number"""


async def ids_of(reader: Reader, number: str) -> list[UUID]:
    """Everything that bears this number."""
    return await reader.rows(
        UUID,
        """select document_id from documents where number = %(number)s
            union all select payment_id from payments where number = %(number)s""",
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
            and (%(customer_id)s::uuid is null or customer_id = %(customer_id)s)
            order by ordinal desc limit %(limit)s + 1""",
        before=before,
        limit=limit,
        customer_id=customer_id,
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
    return PaymentView(row, list(Payment.ACTIONS.get(row.state, ())), allocations)
