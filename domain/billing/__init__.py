"""Invoices and credit notes: what was asked for, under which number, and what of it is settled."""

from domain.billing.credit import CreditedLine, CreditExceedsInvoice
from domain.billing.credit_note import CreditNote
from domain.billing.invoice import Invoice, InvoiceHeader, PayableExceeded

__all__ = ["CreditExceedsInvoice", "CreditNote", "CreditedLine", "Invoice", "InvoiceHeader", "PayableExceeded"]
