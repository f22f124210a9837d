"""Every event that concerns a customer, told in one sentence of plain language."""

from projections.support.telling import dealings, deals, money, orders, people
from projections.support.telling.told import NUMBER, OTHER, Told, told

__all__ = ["NUMBER", "OTHER", "Told", "dealings", "deals", "money", "orders", "people", "told"]
