"""Invoices and credit notes: what was asked for, under which number, and what of it is settled."""

from domain.billing.credit import Credit, joined
from domain.billing.credit_note import CreditContent, CreditKind, CreditNote, Period, PrecedingInvoice
from domain.billing.header import PREPAYMENT, PREPAYMENTS, SERIES, InvoiceHeader
from domain.billing.invoice import Invoice, LineWasReplaced, PayableExceeded
from domain.billing.taking_back import CreditAsked, CreditedLine, CreditExceedsInvoice, as_far_as_left, remaining

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
    "LineWasReplaced",
    "PayableExceeded",
    "Period",
    "PrecedingInvoice",
    "as_far_as_left",
    "joined",
    "remaining",
]
