"""Quotes: offers in revisions, each immutable once sent, and what the customer answers."""

from domain.quoting.offer import (
    AcceptanceEvidence,
    ExtensionNeedsAnotherPerson,
    Offer,
    QuoteHasExpired,
    QuoteHasNoLines,
    QuoteIsStillValid,
    QuoteWasNotShownLikeThis,
    Revision,
)
from domain.quoting.pricing import price_line, price_steps
from domain.quoting.quote import Quote

__all__ = [
    "AcceptanceEvidence",
    "ExtensionNeedsAnotherPerson",
    "Offer",
    "Quote",
    "QuoteHasExpired",
    "QuoteHasNoLines",
    "QuoteIsStillValid",
    "QuoteWasNotShownLikeThis",
    "Revision",
    "price_line",
    "price_steps",
]
