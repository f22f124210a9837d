"""How a line's price comes about, step by step, so that it can explain itself."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from domain.shared.document import Item, Line, PriceStep
from domain.shared.money import EXACT, Money, round_half_up
from domain.shared.refusal import Invalid
from domain.shared.tax import Tax
from domain.shared.tiers import PRICE_DECIMALS, Price, amount_for, unit_price_for


def price_steps(
    price: Price, quantity: Decimal, listed_in: str, negotiated_price: Decimal | None, discount_percent: Decimal
) -> list[PriceStep]:
    """One total order (Q9): price book and tier, then the negotiated price instead, then the line discount."""
    listed, tier = unit_price_for(price, quantity)
    steps = [PriceStep("price_book", listed_in, listed)]
    if tier is not None:
        reach = f"up to {tier.up_to}" if tier.up_to is not None else "without limit"
        steps = [PriceStep("tier", f"{listed_in}, {price.model} tier {reach}", listed)]
    if negotiated_price is not None:
        steps.append(PriceStep("negotiated", "replaces the list price", negotiated_price))
    if discount_percent:
        discounted = round_half_up(EXACT.multiply(steps[-1].price, 1 - discount_percent / 100), PRICE_DECIMALS)
        steps.append(PriceStep("line_discount", f"{discount_percent} %", discounted, discount_percent))
    return steps


def asked_price(line: Line) -> tuple[Decimal | None, Decimal]:
    """The negotiated price and the discount in percent that a line was priced with: what `price_steps` was given."""
    steps = {step.source: step for step in line.explanation}
    negotiated, discount = steps.get("negotiated"), steps.get("line_discount")
    percent = discount.percent or Decimal(discount.detail.split()[0]) if discount else Decimal(0)
    return (negotiated.price if negotiated else None), percent


def price_line(
    line_id: str,
    item: Item,
    quantity: Decimal,
    price: Price,
    steps: Sequence[PriceStep],
    *,
    allowance: Decimal,
    tax: Tax,
    tax_class: str | None,
    currency: str,
) -> Line:
    """A line at the last step's price, less its allowance; rounded once."""
    charge = _charge(quantity, price, steps)
    if allowance > charge:
        raise Invalid("An allowance takes off at most the line's amount.", pointer="/allowance")
    off = [PriceStep("line_allowance", "off the line", allowance)] if allowance else []
    return Line(
        line_id=line_id,
        **item.on_lines(),
        quantity=quantity,
        gross_price=steps[0].price,
        net_price=steps[-1].price,
        base_quantity=price.base_quantity,
        allowance=allowance,
        line_extension_amount=Money.rounded(EXACT.subtract(charge, allowance), currency),
        tax=tax,
        tax_class=tax_class,
        explanation=(*steps, *off),
    )


def _charge(quantity: Decimal, price: Price, steps: Sequence[PriceStep]) -> Decimal:
    """Exact: a list price by tiers is charged tier by tier, not at the average that the line shows."""
    if len(steps) == 1:
        return amount_for(price, quantity)
    return EXACT.divide(EXACT.multiply(quantity, steps[-1].price), price.base_quantity)
