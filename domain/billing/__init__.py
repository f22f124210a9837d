"""Invoices and credit notes: what was asked for, under which number, and what of it is settled."""

from domain.billing.credit import Credit, CreditAsked, CreditedLine, CreditExceedsInvoice, joined
from domain.billing.credit_note import CreditContent, CreditKind, CreditNote, Period, PrecedingInvoice
from domain.billing.header import PREPAYMENT, PREPAYMENTS, SERIES, InvoiceHeader
from domain.billing.invoice import Invoice, PayableExceeded

__all__ = [
    "PREPAYMENT",
    "PREPAYMENTS",
    "SERIES",
    "Credit",
    "CreditAsked",
    "CreditContent",
    "CreditExceedsInvoice",
    "CreditKind",
    "CreditNote",
    "CreditedLine",
    "Invoice",
    "InvoiceHeader",
    "PayableExceeded",
    "Period",
    "PrecedingInvoice",
    "joined",
]
