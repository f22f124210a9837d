"""@Q2C-3: rounding, splitting and tiers as other libraries have them."""

from __future__ import annotations

from decimal import Decimal

from domain.shared.money import Money, round_half_up
from domain.shared.tiers import Price, Tier, amount_for, check_price
from features.golden.rows import Row, golden, numbers


@golden("moneyphp_rounding.csv")
def test_rounding(row: Row) -> None:
    assert round_half_up(Decimal(row["value"]), 0) == Decimal(row["expected"])


@golden("moneyphp_allocation.csv")
def test_allocation(row: Row) -> None:
    amount = Money.of(Decimal(row["amount_minor"]).scaleb(-2), "EUR")
    parts = amount.allocate([Decimal(ratio) for ratio in row["ratios"].split(",")])
    assert [part.amount.scaleb(2) for part in parts] == [Decimal(part) for part in row["expected_parts"].split(",")]


@golden("lago_charge_models.csv")
def test_what_a_quantity_costs(row: Row) -> None:
    terms = numbers(row["tiers"])
    price = Price(Decimal(0), model=row["model"])
    if row["model"] == "package":
        price = Price(Decimal(terms["amount"]), model="package", package_size=Decimal(terms["package_size"]))
    else:
        price = Price(Decimal(0), model=row["model"], tiers=tuple(tier_of(tier) for tier in terms))
    check_price(price)
    assert amount_for(price, Decimal(row["units"])) == Decimal(row["expected_amount"])


def tier_of(row: Row) -> Tier:
    return Tier(row["to_value"], row["per_unit_amount"], row["flat_amount"])
