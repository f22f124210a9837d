"""What customers see of their own deals."""

from projections.portal.account import dashboard
from projections.portal.model import Portal
from projections.portal.queries import (
    contract,
    contracts,
    credit_notes,
    invoice,
    invoices,
    order,
    orders,
    payments,
    quote,
    quotes,
)
from projections.portal.rows import (
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

__all__ = [
    "Dashboard",
    "Portal",
    "PortalContract",
    "PortalCreditNote",
    "PortalInvoice",
    "PortalOrder",
    "PortalOrderView",
    "PortalPayment",
    "PortalQuote",
    "PortalQuoteView",
    "contract",
    "contracts",
    "credit_notes",
    "dashboard",
    "invoice",
    "invoices",
    "order",
    "orders",
    "payments",
    "quote",
    "quotes",
]
