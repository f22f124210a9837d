"""How a line's price comes about, step by step, so that it can explain itself."""

from __future__ import annotations

from decimal import Decimal

from domain.shared.document import Item, Line, PriceStep, line_amount
from domain.shared.money import EXACT, round_half_up
from domain.shared.tax import Tax
from domain.shared.tiers import Price, unit_price_for


def price_line(
    line_id: str,
    item: Item,
    price: Price,
    quantity: Decimal,
    tax: Tax,
    currency: str,
    *,
    negotiated_price: Decimal | None = None,
    discount_percent: Decimal = Decimal(0),
    allowance: Decimal = Decimal(0),
) -> Line:
    """A line's price in one total order: price book and tier, negotiated price, line discount, allowance on the line (Q9)."""
    gross, tier = unit_price_for(price, quantity)
    steps = [PriceStep("tier" if tier else "price_book", price.model, gross)]
    net = gross
    if negotiated_price is not None:
        net = negotiated_price
        steps.append(PriceStep("negotiated", "replaces the list price", net))
    if discount_percent:
        net = round_half_up(EXACT.multiply(net, 1 - discount_percent / 100), 8)
        steps.append(PriceStep("line_discount", f"{discount_percent} %", net))
    if allowance:
        steps.append(PriceStep("line_allowance", "off the line", allowance))
    return Line(
        line_id=line_id,
        product_id=item.product_id,
        item_name=item.name,
        seller_item_id=item.sku,
        product_line=item.product_line,
        quantity=quantity,
        unit_code=item.unit_code,
        gross_price=gross,
        net_price=net,
        base_quantity=price.base_quantity,
        allowance=allowance,
        line_extension_amount=line_amount(quantity, net, price.base_quantity, allowance, currency),
        tax=tax,
        goods=item.goods,
        explanation=tuple(steps),
    )
