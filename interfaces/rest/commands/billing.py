"""Commands on invoices and credit notes."""

from __future__ import annotations

from uuid import UUID

from application.billing import (
    CreditInvoice,
    DiscardInvoice,
    DraftInvoice,
    InvoiceDelivery,
    InvoiceInstalment,
    IssueInvoice,
    ReleaseInvoice,
)
from interfaces.rest.executing import Change, Create, Recorded, command_router

router = command_router("/invoices", "billing")
credit_notes = command_router("/credit-notes", "billing")


@router.post("")
async def draft_invoice(command: DraftInvoice, create: Create) -> Recorded:
    """Draft an invoice by hand; it is issued at once unless held."""
    return await create(command)


@router.post("/of-delivery")
async def invoice_delivery(command: InvoiceDelivery, create: Create) -> Recorded:
    """Draft the invoice of a delivery; the policies do it by themselves."""
    return await create(command)


@router.post("/of-instalment")
async def invoice_instalment(command: InvoiceInstalment, create: Create) -> Recorded:
    """Draft the invoice of an instalment; the worker does it on its day."""
    return await create(command)


@router.post("/{invoice_id}/issue")
async def issue_invoice(invoice_id: UUID, command: IssueInvoice, change: Change) -> Recorded:
    """Issue it under the next number of its series."""
    return await change(command, invoice_id)


@router.post("/{invoice_id}/release")
async def release_invoice(invoice_id: UUID, command: ReleaseInvoice, change: Change) -> Recorded:
    """Let a held invoice be issued."""
    return await change(command, invoice_id)


@router.post("/{invoice_id}/discard")
async def discard_invoice(invoice_id: UUID, command: DiscardInvoice, change: Change) -> Recorded:
    """Discard a draft written by hand."""
    return await change(command, invoice_id)


@credit_notes.post("")
async def credit_invoice(command: CreditInvoice, create: Create) -> Recorded:
    """Issue a credit note over an invoice, whole or in part."""
    return await create(command)
