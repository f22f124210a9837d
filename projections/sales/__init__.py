"""Orders and revenue, to be grouped freely: what reports show and forecasting reads."""

from projections.sales.model import Sales
from projections.sales.queries import Dimension, Period, SalesReport, SalesRow, SalesTotal, sales

__all__ = ["Dimension", "Period", "Sales", "SalesReport", "SalesRow", "SalesTotal", "sales"]
