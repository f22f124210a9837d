"""Commands on invoices and credit notes."""

from __future__ import annotations

from uuid import UUID

from application.billing import (
    AllocateCreditNote,
    ApproveCreditNote,
    CreditInvoice,
    CreditInvoices,
    DiscardInvoice,
    DraftInvoice,
    InvoiceDelivery,
    InvoiceInstalment,
    InvoicePrepayment,
    IssueInvoice,
    RebillInvoice,
    RefundCreditNote,
    RejectCreditNote,
    ReleaseInvoice,
    RequestCreditNote,
    UnallocateCreditNote,
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


@router.post("/of-prepayment")
async def invoice_prepayment(command: InvoicePrepayment, create: Create) -> Recorded:
    """Draft a prepayment invoice over a part of an order; invoices of deliveries take it off."""
    return await create(command)


@router.post("/of-instalment")
async def invoice_instalment(command: InvoiceInstalment, create: Create) -> Recorded:
    """Draft the invoice of an instalment; the worker does it on its day."""
    return await create(command)


@router.post("/rebill")
async def rebill_invoice(command: RebillInvoice, create: Create) -> Recorded:
    """Credit an invoice that was wrong and issue a corrected one, both or neither; the money follows."""
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


@credit_notes.post("/of-invoices")
async def credit_invoices(command: CreditInvoices, create: Create) -> Recorded:
    """Issue one credit note over parts of several invoices."""
    return await create(command)


@credit_notes.post("/request")
async def request_credit_note(command: RequestCreditNote, create: Create) -> Recorded:
    """Ask for a credit that names no invoice; somebody else approves it."""
    return await create(command)


@credit_notes.post("/{credit_note_id}/approve")
async def approve_credit_note(credit_note_id: UUID, command: ApproveCreditNote, change: Change) -> Recorded:
    """Approve a credit that somebody else asked for."""
    return await change(command, credit_note_id)


@credit_notes.post("/{credit_note_id}/reject")
async def reject_credit_note(credit_note_id: UUID, command: RejectCreditNote, change: Change) -> Recorded:
    """Do not give a credit that was asked for."""
    return await change(command, credit_note_id)


@credit_notes.post("/{credit_note_id}/allocate")
async def allocate_credit_note(credit_note_id: UUID, command: AllocateCreditNote, change: Change) -> Recorded:
    """Set a credit off against an invoice."""
    return await change(command, credit_note_id)


@credit_notes.post("/{credit_note_id}/unallocate")
async def unallocate_credit_note(credit_note_id: UUID, command: UnallocateCreditNote, change: Change) -> Recorded:
    """Take a set-off back."""
    return await change(command, credit_note_id)


@credit_notes.post("/{credit_note_id}/refund")
async def refund_credit_note(credit_note_id: UUID, command: RefundCreditNote, change: Change) -> Recorded:
    """Pay out what is left of a credit."""
    return await change(command, credit_note_id)
