"""Documents as the people who work on deals read them: quotes, contracts, orders, invoices, credit notes, payments."""

from projections.documents.model import Documents
from projections.documents.queries import document, documents, ids_of, payment, payments
from projections.documents.rows import DocumentView, ListedDocument, PaymentView

__all__ = [
    "DocumentView",
    "Documents",
    "ListedDocument",
    "PaymentView",
    "document",
    "documents",
    "ids_of",
    "payment",
    "payments",
]
