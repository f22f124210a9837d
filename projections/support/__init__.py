"""Customer support: anything found by whatever somebody may quote, and what happened with a customer."""

from projections.support.card import customer_card, ids_of, timeline
from projections.support.finding import find
from projections.support.model import Support
from projections.support.rows import CustomerCard, Hits, TimelineEntry

__all__ = ["CustomerCard", "Hits", "Support", "TimelineEntry", "customer_card", "find", "ids_of", "timeline"]
