"""Documents as the people who work on deals read them: quotes, contracts, orders, returns, invoices, credit notes,
payments."""

from projections.documents.model import Documents
from projections.documents.queries import (
    credit_limits,
    document,
    documents,
    ids_of,
    payment,
    payments,
    return_,
    returns,
)
from projections.documents.rows import DocumentView, ListedDocument, PaymentView, ReturnView

__all__ = [
    "DocumentView",
    "Documents",
    "ListedDocument",
    "PaymentView",
    "ReturnView",
    "credit_limits",
    "document",
    "documents",
    "ids_of",
    "payment",
    "payments",
    "return_",
    "returns",
]
