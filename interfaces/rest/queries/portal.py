"""Queries of the customer portal: one customer's own documents, and nobody else's."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Response

from interfaces.rest.instants import AsOf, Now
from interfaces.rest.reading import Page, Paged, found, query_router, reads
from projections import portal
from projections.portal import (
    Dashboard,
    PortalContract,
    PortalCreditNote,
    PortalInvoice,
    PortalOrder,
    PortalOrderView,
    PortalPayment,
    PortalQuote,
    PortalQuoteView,
)
from projections.shared import Reader

router = query_router("/portal/customers/{customer_id}", "portal")

Portal = Annotated[Reader, reads("portal")]


@router.get("")
async def dashboard(customer_id: UUID, reader: Portal, now: Now, response: Response, as_of: AsOf = None) -> Dashboard:
    """The customer's account at a glance: what is owed, overdue and in hand, in each currency by itself."""
    return found(await portal.dashboard(reader, customer_id, now, as_of), response)


@router.get("/quotes")
async def quotes(customer_id: UUID, reader: Portal, window: Paged, now: Now) -> Page[PortalQuote]:
    """What was sent to the customer, the newest first."""
    return window.page(await portal.quotes(reader, customer_id, window.before, window.limit, now))


@router.get("/quotes/{quote_id}")
async def quote(customer_id: UUID, quote_id: UUID, reader: Portal, now: Now, response: Response) -> PortalQuoteView:
    """A quote as last sent, line by line, and whether it can be accepted or declined."""
    return found(await portal.quote(reader, customer_id, quote_id, now), response)


@router.get("/contracts")
async def contracts(customer_id: UUID, reader: Portal, window: Paged) -> Page[PortalContract]:
    """Contracts that were sent to be signed, the newest first."""
    return window.page(await portal.contracts(reader, customer_id, window.before, window.limit))


@router.get("/contracts/{contract_id}")
async def contract(customer_id: UUID, contract_id: UUID, reader: Portal, response: Response) -> PortalContract:
    """A contract that was sent to be signed."""
    return found(await portal.contract(reader, customer_id, contract_id), response)


@router.get("/orders")
async def orders(customer_id: UUID, reader: Portal, window: Paged) -> Page[PortalOrder]:
    """Orders and how far their delivery is, the newest first."""
    return window.page(await portal.orders(reader, customer_id, window.before, window.limit))


@router.get("/orders/{order_id}")
async def order(customer_id: UUID, order_id: UUID, reader: Portal, response: Response) -> PortalOrderView:
    """An order with what is delivered and what is open of each line, and each delivery."""
    return found(await portal.order(reader, customer_id, order_id), response)


@router.get("/invoices")
async def invoices(
    customer_id: UUID, reader: Portal, window: Paged, now: Now, as_of: AsOf = None
) -> Page[PortalInvoice]:
    """Invoices that the customer bought or is billed for, the newest first."""
    return window.page(await portal.invoices(reader, customer_id, window.before, window.limit, now, as_of))


@router.get("/invoices/{invoice_id}")
async def invoice(customer_id: UUID, invoice_id: UUID, reader: Portal, now: Now, response: Response) -> PortalInvoice:
    """An invoice and what is left to pay of it."""
    return found(await portal.invoice(reader, customer_id, invoice_id, now), response)


@router.get("/credit-notes")
async def credit_notes(customer_id: UUID, reader: Portal, window: Paged) -> Page[PortalCreditNote]:
    """Credit notes, the newest first."""
    return window.page(await portal.credit_notes(reader, customer_id, window.before, window.limit))


@router.get("/payments")
async def payments(customer_id: UUID, reader: Portal, window: Paged) -> Page[PortalPayment]:
    """Payments received, the newest first."""
    return window.page(await portal.payments(reader, customer_id, window.before, window.limit))
