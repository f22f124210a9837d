"""@Q2C-3 @L2C-4: tax per group and once, over a whole chain of documents; which tax a supply bears."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.shared.money import Money, round_half_up, total
from domain.shared.refusal import Invalid
from domain.shared.tax import (
    NoTaxRate,
    Supply,
    Tax,
    TaxCategoryConflict,
    TaxGroup,
    TaxRate,
    accumulated,
    breakdown,
    check_categories,
    check_tax,
    determine,
    tax_on,
)
from features.money.examples import EXPORT, REDUCED, STANDARD, TAXES, amounts, minor, property_of_money

Amounts = list[tuple[Tax, Money]]
TAXED = st.lists(st.tuples(TAXES, amounts(least=-(10**7), most=10**7)), min_size=1, max_size=12)
CHAIN = st.lists(TAXED, min_size=1, max_size=6)


def tax_of(groups: Sequence[TaxGroup]) -> Money:
    return total((group.vat_category_tax_amount for group in groups), "EUR")


@property_of_money
@given(TAXED)
def test_tax_is_computed_once_per_group_on_the_summed_amount(taxed: Amounts) -> None:
    groups = breakdown(taxed)
    assert {group.tax for group in groups} == {tax for tax, _ in taxed}
    assert len(groups) == len({group.tax for group in groups})
    for group in groups:
        taxable = total((amount for tax, amount in taxed if tax == group.tax), "EUR")
        assert group.taxable_amount == taxable
        exact = taxable.amount * group.tax.rate / 100
        assert group.vat_category_tax_amount.amount == round_half_up(exact, 2)


@property_of_money
@given(TAXED, st.randoms())
def test_the_order_of_lines_does_not_matter(taxed: Amounts, chance: Random) -> None:
    shuffled = list(taxed)
    chance.shuffle(shuffled)
    assert breakdown(shuffled) == breakdown(taxed)


@property_of_money
@given(CHAIN)
def test_the_taxes_of_a_chain_add_up_to_the_tax_of_the_whole(chain: list[Amounts]) -> None:
    documented: tuple[TaxGroup, ...] = ()
    for part in chain:
        documented = accumulated(documented, breakdown(part, before=documented))
    assert documented == breakdown([taxed for part in chain for taxed in part])


@property_of_money
@given(CHAIN)
def test_a_document_of_a_chain_is_at_most_one_minor_unit_off_its_own_tax(chain: list[Amounts]) -> None:
    documented: tuple[TaxGroup, ...] = ()
    for part in chain:
        groups = breakdown(part, before=documented)
        for group in groups:
            alone = tax_on(group.taxable_amount, group.tax)
            assert abs((group.vat_category_tax_amount - alone).amount) <= Decimal("0.01")
        documented = accumulated(documented, groups)


@property_of_money
@given(CHAIN)
def test_crediting_a_whole_chain_leaves_nothing(chain: list[Amounts]) -> None:
    documented: tuple[TaxGroup, ...] = ()
    refunds = [[(tax, -amount) for tax, amount in part] for part in chain]
    for part in [*chain, *refunds]:
        documented = accumulated(documented, breakdown(part, before=documented))
    assert not any(group.taxable_amount or group.vat_category_tax_amount for group in documented)


def test_three_thirds_bear_the_tax_of_the_whole() -> None:
    parts = minor(10_01).allocate([1, 1, 1])
    documented: tuple[TaxGroup, ...] = ()
    taxes = []
    for part in parts:
        groups = breakdown([(STANDARD, part)], before=documented)
        taxes.append(tax_of(groups).amount)
        documented = accumulated(documented, groups)
    assert taxes == [Decimal("0.63"), Decimal("0.64"), Decimal("0.63")]
    assert sum(taxes) == tax_on(minor(10_01), STANDARD).amount


@property_of_money
@given(amounts())
def test_tax_is_within_half_a_minor_unit_of_the_exact_tax(taxable: Money) -> None:
    exact = Fraction(taxable.amount) * Fraction(STANDARD.rate) / 100
    assert abs(Fraction(tax_on(taxable, STANDARD).amount) - exact) <= Fraction(1, 200)


TABLE = (
    TaxRate("DE", "S", Decimal(19), date(2007, 1, 1)),
    TaxRate("DE", "S", Decimal(16), date(2020, 7, 1)),
    TaxRate("DE", "S", Decimal(19), date(2021, 1, 1)),
    TaxRate("DE", "S", Decimal(7), date(2007, 1, 1), "reduced"),
    TaxRate("FR", "S", Decimal(20), date(2014, 1, 1)),
    TaxRate("GB", "S", Decimal(20), date(2011, 1, 4)),
)
HOME = Supply(
    seller_country="DE",
    buyer_country="DE",
    seller_vat_id="DE136695976",
    buyer_vat_id="DE129274202",
    buyer_vat_country="DE",
    goods=True,
    tax_class="standard",
    tax_point=date(2024, 5, 1),
)
ABROAD = replace(HOME, buyer_country="FR", buyer_vat_id="FR40303265045", buyer_vat_country="FR")


@pytest.mark.parametrize(
    ("case", "supply", "expected"),
    [
        ("at home", HOME, ("S", 19, "DE")),
        ("at home, a consumer", replace(HOME, buyer_vat_id=None), ("S", 19, "DE")),
        ("at home, reduced", replace(HOME, tax_class="reduced"), ("S", 7, "DE")),
        ("the day before a change", replace(HOME, tax_point=date(2020, 6, 30)), ("S", 19, "DE")),
        ("the day of a change", replace(HOME, tax_point=date(2020, 7, 1)), ("S", 16, "DE")),
        ("while it lasts", replace(HOME, tax_point=date(2020, 12, 31)), ("S", 16, "DE")),
        ("goods within the union", ABROAD, ("K", 0, "DE")),
        ("services within the union", replace(ABROAD, goods=False), ("AE", 0, "DE")),
        ("distance sale, rate known", replace(ABROAD, buyer_vat_id=None), ("S", 20, "FR")),
        ("distance sale, rate unknown", replace(ABROAD, buyer_country="IT", buyer_vat_id=None), ("S", 19, "DE")),
        ("seller without number", replace(ABROAD, seller_vat_id=None), ("S", 20, "FR")),
        ("a number of a third member state", replace(ABROAD, buyer_vat_country="PL"), ("K", 0, "DE")),
        ("a number of the seller's own country", replace(ABROAD, buyer_vat_country="DE"), ("S", 20, "FR")),
        ("a number from outside the union", replace(ABROAD, buyer_vat_country="CH"), ("S", 20, "FR")),
        ("a number of nobody knows where", replace(ABROAD, buyer_vat_country=None), ("K", 0, "DE")),
        ("goods leave the union", replace(HOME, buyer_country="US", buyer_vat_id=None), ("G", 0, "DE")),
        ("services leave the union", replace(HOME, buyer_country="US", goods=False), ("O", 0, "DE")),
        ("into the union", replace(HOME, seller_country="US", buyer_country="GB"), ("S", 20, "GB")),
        ("between others", replace(HOME, seller_country="US", buyer_country="CA"), ("G", 0, "US")),
    ],
)
def test_which_tax_a_supply_bears(case: str, supply: Supply, expected: tuple[str, int, str]) -> None:
    tax = determine(supply, TABLE)
    assert f"{tax.category} {tax.rate} {tax.jurisdiction}" == "{} {} {}".format(*expected), case


@pytest.mark.parametrize(
    "supply",
    [
        replace(HOME, seller_country="IT", buyer_country="IT"),
        replace(HOME, tax_class="luxury"),
        replace(HOME, tax_point=date(2006, 12, 31)),
    ],
)
def test_a_supply_without_a_rate_is_refused(supply: Supply) -> None:
    with pytest.raises(NoTaxRate):
        determine(supply, TABLE)


REVERSE = Tax("AE", Decimal(0), "DE")
OUTSIDE = Tax("O", Decimal(0), "DE")
UNION = Tax("K", Decimal(0), "DE")


@pytest.mark.parametrize(
    ("taxes", "seller", "buyer"),
    [
        ([STANDARD, OUTSIDE], "DE1", "FR1"),
        ([REVERSE], "DE1", None),
        ([REVERSE], None, "FR1"),
        ([UNION, STANDARD], "DE1", None),
    ],
)
def test_categories_that_cannot_stand_together_are_refused(
    taxes: list[Tax], seller: str | None, buyer: str | None
) -> None:
    with pytest.raises(TaxCategoryConflict):
        check_categories(taxes, seller_vat_id=seller, buyer_vat_id=buyer)


@pytest.mark.parametrize(
    "tax",
    [
        Tax("S", Decimal(0), "DE"),
        Tax("K", Decimal(19), "DE"),
        Tax("E", Decimal(0), "DE"),
        replace(EXPORT, rate=Decimal(1)),
    ],
)
def test_a_category_with_a_rate_or_reason_that_is_not_its_own_is_refused(tax: Tax) -> None:
    with pytest.raises(Invalid):
        check_tax(tax)


def test_what_may_stand_together_may() -> None:
    exempt = Tax("E", Decimal(0), "DE", exemption_reason="Insurance")
    check_categories([STANDARD, REDUCED, exempt, REVERSE], seller_vat_id="DE1", buyer_vat_id="FR1")
    check_categories([OUTSIDE], seller_vat_id=None, buyer_vat_id=None)
