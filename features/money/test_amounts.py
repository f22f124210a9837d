"""@Q2C-3: money is exact, is rounded half away from zero, and no split of it creates or loses a cent."""

from __future__ import annotations

from decimal import Decimal, FloatOperation
from fractions import Fraction
from typing import Any

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from domain.shared.money import CurrencyMismatch, Money, minor_units, round_half_up, total
from domain.shared.refusal import Invalid
from features.money.examples import CURRENCIES, amounts, decimals, minor, property_of_money

WEIGHTS = st.lists(decimals("0", "1000000", 6), min_size=1, max_size=12).filter(any)


@property_of_money
@given(CURRENCIES.flatmap(amounts), WEIGHTS)
def test_the_parts_of_a_split_add_up(amount: Money, weights: list[Decimal]) -> None:
    assert total(amount.allocate(weights), amount.currency) == amount


@property_of_money
@given(CURRENCIES.flatmap(amounts), WEIGHTS)
def test_a_part_is_within_one_minor_unit_of_its_exact_share(amount: Money, weights: list[Decimal]) -> None:
    places = minor_units(amount.currency)
    for part, weight in zip(amount.allocate(weights), weights, strict=True):
        exact = Fraction(amount.amount) * Fraction(weight) / sum(map(Fraction, weights))
        assert abs(Fraction(part.amount) - exact) < Fraction(1, 10**places)


@property_of_money
@given(amounts(least=0), WEIGHTS)
def test_the_greater_weight_never_gets_the_lesser_part(amount: Money, weights: list[Decimal]) -> None:
    by_weight = sorted(zip(weights, amount.allocate(weights), strict=True), key=lambda pair: (pair[0], pair[1].amount))
    parts = [part for _, part in by_weight]
    assert parts == sorted(parts, key=lambda part: part.amount)


@property_of_money
@given(CURRENCIES.flatmap(amounts), WEIGHTS)
def test_a_negative_amount_splits_as_the_mirror_image(amount: Money, weights: list[Decimal]) -> None:
    assert (-amount).allocate(weights) == [-part for part in amount.allocate(weights)]


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1]])
def test_weights_that_split_nothing_are_refused(weights: list[int]) -> None:
    with pytest.raises(Invalid):
        minor(100).allocate(weights)


@property_of_money
@given(CURRENCIES.flatmap(amounts), st.lists(st.integers(1, 1000), min_size=1, max_size=10))
def test_cumulative_shares_add_up(amount: Money, steps: list[int]) -> None:
    whole, done, parts = Decimal(sum(steps)), Decimal(0), []
    for step in steps:
        parts.append(amount.share(done + step, whole) - amount.share(done, whole))
        done += step
    assert all(part == Money.of(part.amount, part.currency) for part in parts)
    assert total(parts, amount.currency) == amount


@property_of_money
@given(st.integers(-(10**9), 10**9), st.sampled_from((5, 4, 1)), st.integers(0, 4))
def test_rounding_is_half_away_from_zero(count: int, tenths: int, places: int) -> None:
    exact = Fraction(count * tenths, 10)
    nearest = int(abs(exact) + Fraction(1, 2)) * (1 if exact >= 0 else -1)
    assert round_half_up(Decimal(count * tenths).scaleb(-places - 1), places).scaleb(places) == nearest


@pytest.mark.parametrize(
    ("value", "expected"), [("0.005", "0.01"), ("-0.005", "-0.01"), ("2.675", "2.68"), ("-1.004", "-1.00")]
)
def test_a_tie_goes_away_from_zero(value: str, expected: str) -> None:
    assert str(Money.rounded(Decimal(value), "EUR").amount) == expected


@property_of_money
@given(amounts("EUR"), amounts("USD"))
def test_currencies_never_mix(euros: Money, dollars: Money) -> None:
    for mix in ("__add__", "__sub__", "__lt__", "__le__", "__gt__", "__ge__"):
        with pytest.raises(CurrencyMismatch):
            getattr(euros, mix)(dollars)
    with pytest.raises(CurrencyMismatch):
        total([euros, dollars], "EUR")
    assert euros != dollars


@pytest.mark.parametrize("other", [1, Decimal(1), 0.5, "1.00", None])
def test_money_is_only_added_to_money(other: Any) -> None:
    with pytest.raises(TypeError):
        minor(1) + other
    with pytest.raises(TypeError):
        minor(1) < other  # noqa: B015


@property_of_money
@given(st.floats(-1000, 1000))
def test_binary_floating_point_is_refused(value: Any) -> None:
    with pytest.raises(FloatOperation):
        Money.of(value, "EUR")
    with pytest.raises((TypeError, AttributeError)):
        Money.rounded(value, "EUR")
    with pytest.raises(TypeError):
        minor(100).share(value, Decimal(1))


@property_of_money
@given(CURRENCIES.flatmap(amounts))
def test_money_survives_json(amount: Money) -> None:
    stored = msgspec.json.encode(amount)
    read = msgspec.json.decode(stored, type=Money)
    assert read == amount
    assert str(read) == str(amount)
    assert msgspec.json.decode(stored) == {"amount": str(amount.amount), "currency": amount.currency}


@property_of_money
@given(CURRENCIES, decimals("-1000", "1000", 6))
def test_an_amount_finer_than_its_currency_is_refused(currency: str, value: Decimal) -> None:
    assume(round_half_up(value, minor_units(currency)) != value)
    with pytest.raises(Invalid):
        Money.of(value, currency)


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "1e90"])
def test_what_is_no_amount_is_refused(value: str) -> None:
    with pytest.raises(Invalid):
        Money.of(value, "EUR")


@pytest.mark.parametrize("currency", ["", "eur", "EURO", "XXX", "DEM"])
def test_what_is_no_currency_is_refused(currency: str) -> None:
    with pytest.raises(Invalid):
        Money.of(1, currency)


@pytest.mark.parametrize(("currency", "places"), [("JPY", 0), ("EUR", 2), ("IQD", 3), ("LBP", 2), ("CLF", 4)])
def test_minor_units_are_those_of_iso_4217(currency: str, places: int) -> None:
    assert minor_units(currency) == places
    assert Money.zero(currency).amount.as_tuple().exponent == -places
