"""How a line's price comes about, step by step, so that it can explain itself."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from domain.shared.document import Item, Line, PriceStep, line_amount
from domain.shared.money import EXACT, round_half_up
from domain.shared.tax import Tax
from domain.shared.tiers import Price, unit_price_for


def price_steps(
    price: Price, quantity: Decimal, negotiated_price: Decimal | None, discount_percent: Decimal
) -> list[PriceStep]:
    """One total order (Q9): price book and tier, then the negotiated price instead, then the line discount."""
    listed, tier = unit_price_for(price, quantity)
    steps = [PriceStep("tier" if tier else "price_book", price.model, listed)]
    if negotiated_price is not None:
        steps.append(PriceStep("negotiated", "replaces the list price", negotiated_price))
    if discount_percent:
        discounted = round_half_up(EXACT.multiply(steps[-1].price, 1 - discount_percent / 100), 8)
        steps.append(PriceStep("line_discount", f"{discount_percent} %", discounted))
    return steps


def price_line(
    line_id: str,
    item: Item,
    quantity: Decimal,
    base_quantity: Decimal,
    steps: Sequence[PriceStep],
    *,
    allowance: Decimal,
    tax: Tax,
    currency: str,
) -> Line:
    """A line at the last step's price, less its allowance; rounded once."""
    off = [PriceStep("line_allowance", "off the line", allowance)] if allowance else []
    return Line(
        line_id=line_id,
        **item.on_lines(),
        quantity=quantity,
        gross_price=steps[0].price,
        net_price=steps[-1].price,
        base_quantity=base_quantity,
        allowance=allowance,
        line_extension_amount=line_amount(quantity, steps[-1].price, base_quantity, allowance, currency),
        tax=tax,
        explanation=(*steps, *off),
    )
