"""List prices out of sales: a product's price in a currency is what its first sale in that currency was charged at.

Each version of a product has a price of its own, valid from that version's first sale. What is later sold at another
price (volume promotions, mostly) was negotiated.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from interfaces.importing.adventureworks.dimensions import Product
from interfaces.importing.adventureworks.orders import OrderLine, SalesOrder


@dataclass(frozen=True, slots=True)
class ListPrice:
    """A product's price from that day on."""

    product: Product
    valid_from: date
    price: Decimal


class PriceList:
    """The prices of one currency."""

    def __init__(self, currency: str, orders: Iterable[SalesOrder]) -> None:
        self.currency = currency
        self._of: dict[str, list[ListPrice]] = defaultdict(list)
        seen: set[str] = set()
        for order in orders:
            for line in order.lines:
                if line.product_key not in seen:
                    seen.add(line.product_key)
                    self._first_sale(line, order.heading.order_date)

    @property
    def valid_from(self) -> date:
        """The day of the first sale."""
        return min(prices[0].valid_from for prices in self._of.values())

    def beginning(self, day: date) -> Iterator[ListPrice]:
        """The prices that are valid from that day on."""
        for prices in self._of.values():
            yield from (price for price in prices if price.valid_from == day)

    def days(self) -> list[date]:
        """The days on which prices begin, in order."""
        return sorted({price.valid_from for prices in self._of.values() for price in prices})

    def negotiated(self, line: OrderLine, day: date) -> Decimal | None:
        """The line's price where it is not the list price of that day."""
        listed = [price.price for price in self._of[line.product.sku] if price.valid_from <= day]
        return None if listed[-1] == line.unit_price else line.unit_price

    def _first_sale(self, line: OrderLine, day: date) -> None:
        prices = self._of[line.product.sku]
        if not prices or prices[-1].valid_from < day:
            prices.append(ListPrice(line.product, day, line.unit_price))


def price_lists(orders: Iterable[SalesOrder]) -> dict[str, PriceList]:
    """A price list for each currency; the orders are given in the order of their dates."""
    by_currency: dict[str, list[SalesOrder]] = defaultdict(list)
    for order in orders:
        by_currency[order.heading.currency].append(order)
    return {currency: PriceList(currency, some) for currency, some in by_currency.items()}
