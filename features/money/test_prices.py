"""@Q2C-1 @L2C-2: what a quantity costs: volume and graduated tiers, packages, and the price that explains itself."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.shared.refusal import Invalid
from domain.shared.tiers import Model, Price, Tier, amount_for, check_price, unit_price_for
from features.money.examples import decimals, property_of_money

QUANTITIES = decimals("0.001", "100000", 3)
PRICES = decimals("0", "10000", 8)


@st.composite
def tiered(draw: st.DrawFn, model: Model, flat: bool = True) -> Price:
    """A price with up to five tiers."""
    ends: list[Decimal | None] = [*sorted(draw(st.sets(QUANTITIES, max_size=4))), None]
    tiers = tuple(Tier(end, draw(PRICES), draw(PRICES) if flat else Decimal(0)) for end in ends)
    return Price(draw(PRICES), draw(st.sampled_from([Decimal(1), Decimal(100)])), model, tiers)


@property_of_money
@given(tiered("graduated"), QUANTITIES)
def test_graduated_is_the_sum_of_its_slices(price: Price, quantity: Decimal) -> None:
    check_price(price)
    begins = [Decimal(0), *(tier.up_to for tier in price.tiers if tier.up_to is not None)]
    slices = [
        Fraction(min(quantity, quantity if tier.up_to is None else tier.up_to) - begin)
        * Fraction(tier.unit_price)
        / Fraction(price.base_quantity)
        + Fraction(tier.flat_amount)
        for tier, begin in zip(price.tiers, begins, strict=True)
        if quantity > begin
    ]
    assert Fraction(amount_for(price, quantity)) == sum(slices)


@property_of_money
@given(tiered("graduated", flat=False))
def test_graduated_does_not_jump_between_tiers(price: Price) -> None:
    step = Decimal("1e-9")
    for tier in price.tiers[:-1]:
        assert tier.up_to is not None
        jump = amount_for(price, tier.up_to + step) - amount_for(price, tier.up_to)
        assert 0 <= jump <= step * 10000


@property_of_money
@given(tiered("graduated"), QUANTITIES, QUANTITIES)
def test_graduated_never_charges_more_for_less(price: Price, one: Decimal, other: Decimal) -> None:
    assert amount_for(price, min(one, other)) <= amount_for(price, max(one, other))


@property_of_money
@given(tiered("volume"), QUANTITIES)
def test_volume_uses_the_one_tier_that_the_quantity_reaches(price: Price, quantity: Decimal) -> None:
    check_price(price)
    (reached,) = [
        tier
        for before, tier in pairwise((Tier(Decimal(0), Decimal(0)), *price.tiers))
        if (before.up_to or 0) < quantity and (tier.up_to is None or quantity <= tier.up_to)
    ]
    expected = Fraction(quantity) * Fraction(reached.unit_price) / Fraction(price.base_quantity)
    assert Fraction(amount_for(price, quantity)) == expected + Fraction(reached.flat_amount)
    assert unit_price_for(price, quantity)[1] == reached


@property_of_money
@given(PRICES, st.integers(1, 100), QUANTITIES)
def test_every_begun_package_is_charged_whole(price: Decimal, size: int, quantity: Decimal) -> None:
    packages, exact = divmod(Fraction(quantity), size)
    sold = Price(price, model="package", package_size=Decimal(size))
    check_price(sold)
    assert Fraction(amount_for(sold, quantity)) == Fraction(price) * (packages + (1 if exact else 0))


@property_of_money
@given(st.one_of(tiered("volume"), tiered("graduated")), QUANTITIES)
def test_the_unit_price_explains_the_charge(price: Price, quantity: Decimal) -> None:
    unit_price, tier = unit_price_for(price, quantity)
    assert tier in price.tiers
    off = abs(unit_price * quantity / price.base_quantity - amount_for(price, quantity))
    assert off <= quantity / price.base_quantity * Decimal("0.000000005")


@property_of_money
@given(st.one_of(tiered("volume"), tiered("graduated")), QUANTITIES)
def test_a_return_is_the_mirror_image_of_a_sale(price: Price, quantity: Decimal) -> None:
    assert amount_for(price, -quantity) == -amount_for(price, quantity)
    assert unit_price_for(price, -quantity) == unit_price_for(price, quantity)


@property_of_money
@given(st.one_of(tiered("volume"), tiered("graduated")))
def test_a_price_survives_json(price: Price) -> None:
    assert msgspec.json.decode(msgspec.json.encode(price), type=Price) == price


OPEN = Tier(None, Decimal(1))


@pytest.mark.parametrize(
    ("pointer", "price"),
    [
        ("/unit_price", Price(Decimal(-1))),
        ("/unit_price", Price(Decimal("0.000000001"))),
        ("/unit_price", Price(Decimal("NaN"))),
        ("/unit_price", Price(Decimal("1e40"))),
        ("/base_quantity", Price(Decimal(1), Decimal(0))),
        ("/tiers", Price(Decimal(1), model="volume")),
        ("/tiers", Price(Decimal(1), tiers=(OPEN,))),
        ("/package_size", Price(Decimal(1), model="package")),
        ("/package_size", Price(Decimal(1), model="package", package_size=Decimal(0))),
        ("/package_size", Price(Decimal(1), package_size=Decimal(6))),
        ("/tiers/0/up_to", Price(Decimal(1), model="volume", tiers=(Tier(Decimal(5), Decimal(1)),))),
        ("/tiers/0/up_to", Price(Decimal(1), model="volume", tiers=(OPEN, OPEN))),
        ("/tiers/1/up_to", Price(Decimal(1), model="graduated", tiers=(Tier(Decimal(5), Decimal(1)),) * 2 + (OPEN,))),
        ("/tiers/0/unit_price", Price(Decimal(1), model="volume", tiers=(Tier(None, Decimal(-1)),))),
        ("/tiers/0/flat_amount", Price(Decimal(1), model="volume", tiers=(Tier(None, Decimal(1), Decimal(-1)),))),
    ],
)
def test_what_is_no_price_is_refused_where_it_stands(pointer: str, price: Price) -> None:
    with pytest.raises(Invalid) as refused:
        check_price(price, "/prices/0")
    assert refused.value.pointer == f"/prices/0{pointer}"


@property_of_money
@given(st.floats(0, 1000))
def test_no_price_is_a_float(value: Any) -> None:
    with pytest.raises((TypeError, AttributeError)):
        amount_for(Price(value), Decimal(3))
