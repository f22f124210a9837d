"""Queries of documents."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response
from fastapi.responses import HTMLResponse

from interfaces.rest.pages import page
from interfaces.rest.reading import Page, Paged, found, query_router, reads
from projections import documents
from projections.documents import DocumentView, ListedDocument, PaymentView
from projections.documents.rows import CreditLimitRow, PaymentRow, ReturnRow, ReturnView
from projections.shared import Reader

router = query_router("", "documents")

Documents = Annotated[Reader, reads("documents")]
Number = Annotated[str | None, Query(max_length=100, description="Exactly this number.")]
Revision = Annotated[int | None, Query(ge=1, lt=10**6, description="An earlier revision.")]


@router.get("/quotes")
async def quotes(
    reader: Documents, window: Paged, customer_id: UUID | None = None, number: Number = None
) -> Page[ListedDocument]:
    """Quotes, the newest first."""
    rows = await documents.documents(
        reader, "quote", window.before, window.limit, customer_id=customer_id, number=number
    )
    return window.page(rows)


@router.get("/quotes/{quote_id}")
async def quote(quote_id: UUID, reader: Documents, response: Response, revision: Revision = None) -> DocumentView:
    """A quote with its lines, and what may be done with it."""
    return found(await documents.document(reader, "quote", quote_id, revision), response)


@router.get("/contracts")
async def contracts(
    reader: Documents, window: Paged, customer_id: UUID | None = None, number: Number = None
) -> Page[ListedDocument]:
    """Contracts, the newest first."""
    rows = await documents.documents(
        reader, "contract", window.before, window.limit, customer_id=customer_id, number=number
    )
    return window.page(rows)


@router.get("/contracts/{contract_id}")
async def contract(contract_id: UUID, reader: Documents, response: Response) -> DocumentView:
    """A contract with its payment schedule, and what may be done with it."""
    return found(await documents.document(reader, "contract", contract_id), response)


@router.get("/orders")
async def orders(
    reader: Documents, window: Paged, customer_id: UUID | None = None, number: Number = None
) -> Page[ListedDocument]:
    """Orders, the newest first."""
    rows = await documents.documents(
        reader, "order", window.before, window.limit, customer_id=customer_id, number=number
    )
    return window.page(rows)


@router.get("/orders/{order_id}")
async def order(order_id: UUID, reader: Documents, response: Response) -> DocumentView:
    """An order with what is open of it, each of its deliveries, and what may be done with it."""
    return found(await documents.document(reader, "order", order_id), response)


@router.get("/invoices")
async def invoices(
    reader: Documents, window: Paged, customer_id: UUID | None = None, number: Number = None
) -> Page[ListedDocument]:
    """Invoices, the newest first."""
    rows = await documents.documents(
        reader, "invoice", window.before, window.limit, customer_id=customer_id, number=number
    )
    return window.page(rows)


@router.get("/invoices/{invoice_id}")
async def invoice(invoice_id: UUID, reader: Documents, response: Response) -> DocumentView:
    """An invoice with what is paid and credited of it, and what may be done with it."""
    return found(await documents.document(reader, "invoice", invoice_id), response)


@router.get("/credit-notes")
async def credit_notes(
    reader: Documents, window: Paged, customer_id: UUID | None = None, number: Number = None
) -> Page[ListedDocument]:
    """Credit notes, the newest first."""
    rows = await documents.documents(
        reader, "credit_note", window.before, window.limit, customer_id=customer_id, number=number
    )
    return window.page(rows)


@router.get("/credit-notes/{credit_note_id}")
async def credit_note(credit_note_id: UUID, reader: Documents, response: Response) -> DocumentView:
    """A credit note and the invoice that it takes back."""
    return found(await documents.document(reader, "credit_note", credit_note_id), response)


@router.get("/payments")
async def payments(reader: Documents, window: Paged, customer_id: UUID | None = None) -> Page[PaymentRow]:
    """Payments, the newest first."""
    return window.page(await documents.payments(reader, window.before, window.limit, customer_id=customer_id))


@router.get("/payments/{payment_id}")
async def payment(payment_id: UUID, reader: Documents, response: Response) -> PaymentView:
    """A payment, what it settles, and what may be done with it."""
    return found(await documents.payment(reader, payment_id), response)


@router.get("/quotes/{quote_id}/page", response_class=HTMLResponse)
async def quote_page(quote_id: UUID, reader: Documents, response: Response, revision: Revision = None) -> HTMLResponse:
    """A quote to read and print."""
    return HTMLResponse(page(found(await documents.document(reader, "quote", quote_id, revision), response)))


@router.get("/invoices/{invoice_id}/page", response_class=HTMLResponse)
async def invoice_page(invoice_id: UUID, reader: Documents, response: Response) -> HTMLResponse:
    """An invoice to read and print."""
    return HTMLResponse(page(found(await documents.document(reader, "invoice", invoice_id), response)))


@router.get("/credit-notes/{credit_note_id}/page", response_class=HTMLResponse)
async def credit_note_page(credit_note_id: UUID, reader: Documents, response: Response) -> HTMLResponse:
    """A credit note to read and print."""
    return HTMLResponse(page(found(await documents.document(reader, "credit_note", credit_note_id), response)))


@router.get("/returns")
async def returns(
    reader: Documents, window: Paged, customer_id: UUID | None = None, order_id: UUID | None = None
) -> Page[ReturnRow]:
    """Returns, the newest first."""
    rows = await documents.returns(reader, window.before, window.limit, customer_id=customer_id, order_id=order_id)
    return window.page(rows)


@router.get("/returns/{return_id}")
async def return_(return_id: UUID, reader: Documents, response: Response) -> ReturnView:
    """A return with its lines, and what may be done with it."""
    return found(await documents.return_(reader, return_id), response)


@router.get("/credit-limits")
async def credit_limits(reader: Documents, window: Paged, customer_id: UUID | None = None) -> Page[CreditLimitRow]:
    """How much customers may owe, and how much of it orders use."""
    rows = await documents.credit_limits(reader, window.before, window.limit, customer_id=customer_id)
    return window.page(rows)
