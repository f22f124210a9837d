"""Lines and taxes as the tests of money need them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from domain.shared.document import Line, line_amount
from domain.shared.money import Money
from domain.shared.tax import Tax

STANDARD = Tax("S", Decimal(19), "DE")


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
        goods=True,
    )


def a_priced_line(quantity: Decimal, price: Decimal, allowance: Decimal, currency: str) -> Line:
    """A line whose amount follows from quantity, price and allowance."""
    amount = line_amount(quantity, price, Decimal(1), allowance, currency)
    line = a_line(amount, quantity=quantity)
    return replace(line, gross_price=price, net_price=price, base_quantity=Decimal(1), allowance=allowance)
