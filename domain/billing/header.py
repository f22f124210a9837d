"""An invoice but for what it asks for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from domain.shared.document import Source
from domain.shared.party import Parties
from domain.shared.terms import PaymentTerms

TypeCode = Literal["380", "386"]
"""BT-3, UNTDID 1001: a commercial invoice, a prepayment invoice. (381 is the credit note.)"""
PREPAYMENT: TypeCode = "386"
SERIES = "INV"
"""What most invoices are numbered in; what comes from other systems has series of its own (I1)."""
PREPAYMENTS = "PRE"
"""What prepayment invoices are numbered in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceHeader:
    """An invoice but for its lines and charges."""

    source: Source | None
    """The order's delivery or contract's instalment that it bills; None where written by hand."""
    parties: Parties
    currency: str
    payment_terms: PaymentTerms
    purchase_order_reference: str | None
    """BT-13."""
    tax_point_date: date
    """BT-7."""
    tax_table_version: int
    held: bool
    """Held back: not issued by itself, until somebody releases or issues it."""
    series: str = SERIES
    """Which of the seller's series numbers it."""
    external_reference: str | None = None
    """The number that it has in another system."""
    type_code: TypeCode = "380"
    replaces: UUID | None = None
    """The invoice that it corrects (BG-3)."""
