"""What buyers owe, how late it is, and how long the money takes to come."""

from projections.receivables.model import Receivables
from projections.receivables.queries import ageing, on_time, open_items, sales_outstanding
from projections.receivables.rows import AgeingReport, OnTimeReport, OpenItem, SalesOutstandingReport

__all__ = [
    "AgeingReport",
    "OnTimeReport",
    "OpenItem",
    "Receivables",
    "SalesOutstandingReport",
    "ageing",
    "on_time",
    "open_items",
    "sales_outstanding",
]
