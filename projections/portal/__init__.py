"""What customers see of their own deals."""

from projections.portal.account import dashboard
from projections.portal.model import Portal
from projections.portal.queries import (
    contracts,
    credit_notes,
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
    "contracts",
    "credit_notes",
    "dashboard",
    "invoices",
    "order",
    "orders",
    "payments",
    "quote",
    "quotes",
]
