"""Quotes: offers in revisions, each immutable once sent, and what the customer answers."""

from domain.quoting.offer import (
    AcceptanceEvidence,
    ExtensionNeedsAnotherPerson,
    Offer,
    PriceChange,
    PricesHaveChanged,
    QuoteHasExpired,
    QuoteHasNoLines,
    QuoteIsStillValid,
    QuoteWasNotShownLikeThis,
    Revision,
)
from domain.quoting.pricing import asked_price, price_line, price_steps
from domain.quoting.quote import Quote

__all__ = [
    "AcceptanceEvidence",
    "ExtensionNeedsAnotherPerson",
    "Offer",
    "PriceChange",
    "PricesHaveChanged",
    "Quote",
    "QuoteHasExpired",
    "QuoteHasNoLines",
    "QuoteIsStillValid",
    "QuoteWasNotShownLikeThis",
    "Revision",
    "asked_price",
    "price_line",
    "price_steps",
]
