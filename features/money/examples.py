"""Lines, taxes and amounts as the tests of money need them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from domain.shared.document import Line, line_amount
from domain.shared.money import Money, minor_units
from domain.shared.tax import Tax

STANDARD = Tax("S", Decimal(19), "DE")
REDUCED = Tax("S", Decimal(7), "DE")
FRENCH = Tax("S", Decimal("5.5"), "FR")
EXPORT = Tax("G", Decimal(0), "DE")

property_of_money = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""However slow the machine is, a property holds or it does not."""

CURRENCIES = st.sampled_from(("EUR", "USD", "JPY", "KWD", "CLF"))
"""Currencies with 2, 0, 3 and 4 decimals."""
TAXES = st.sampled_from((STANDARD, REDUCED, FRENCH, EXPORT))


def minor(units: int, currency: str = "EUR") -> Money:
    """So many minor units."""
    return Money.of(Decimal(units).scaleb(-minor_units(currency)), currency)


def amounts(currency: str = "EUR", least: int = -(10**12), most: int = 10**12) -> SearchStrategy[Money]:
    """Any amount between so many minor units."""
    return st.integers(least, most).map(lambda units: minor(units, currency))


def decimals(least: str, most: str, places: int) -> SearchStrategy[Decimal]:
    """Any decimal of so many places."""
    return st.decimals(Decimal(least), Decimal(most), places=places, allow_nan=False, allow_infinity=False)


def a_line(amount: Money, tax: Tax = STANDARD, quantity: Decimal = Decimal(1), line_id: str = "1") -> Line:
    """A line of that amount."""
    return Line(
        line_id=line_id,
        product_id=None,
        item_name="Mountain bike",
        seller_item_id="BK-M82",
        product_line="Bikes",
        quantity=quantity,
        unit_code="C62",
        gross_price=amount.amount,
        net_price=amount.amount,
        base_quantity=quantity,
        allowance=Decimal(0),
        line_extension_amount=amount,
        tax=tax,
        tax_class=None,
        goods=True,
    )


def a_priced_line(quantity: Decimal, price: Decimal, allowance: Decimal, currency: str) -> Line:
    """A line whose amount follows from quantity, price and allowance."""
    amount = line_amount(quantity, price, Decimal(1), allowance, currency)
    line = a_line(amount, quantity=quantity)
    return replace(line, gross_price=price, net_price=price, base_quantity=Decimal(1), allowance=allowance)
