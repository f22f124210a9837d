"""Commands on invoices and credit notes."""

from application.billing.credit_notes import (
    AllocateCreditNote,
    ApproveCreditNote,
    Crediting,
    CreditInvoice,
    CreditInvoices,
    InvoiceCredit,
    LineCredit,
    RefundCreditNote,
    RejectCreditNote,
    RequestCreditNote,
    UnallocateCreditNote,
)
from application.billing.invoices import (
    DiscardInvoice,
    DraftInvoice,
    InvoiceDelivery,
    InvoiceInstalment,
    InvoicePrepayment,
    Invoicing,
    IssueInvoice,
    ReleaseInvoice,
)
from application.billing.rebilling import Rebilling, RebillInvoice
from application.billing.written import InvoiceLine

__all__ = [
    "AllocateCreditNote",
    "ApproveCreditNote",
    "CreditInvoice",
    "CreditInvoices",
    "Crediting",
    "DiscardInvoice",
    "DraftInvoice",
    "InvoiceCredit",
    "InvoiceDelivery",
    "InvoiceInstalment",
    "InvoiceLine",
    "InvoicePrepayment",
    "Invoicing",
    "IssueInvoice",
    "LineCredit",
    "RebillInvoice",
    "Rebilling",
    "RefundCreditNote",
    "RejectCreditNote",
    "ReleaseInvoice",
    "RequestCreditNote",
    "UnallocateCreditNote",
]
