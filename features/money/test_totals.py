"""@Q2C-3 @L2C-4: the totals of a document follow exactly from its lines (BR-CO-10 to 16), and its parts add up."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.shared.document import (
    Allowance,
    Charge,
    Line,
    Totals,
    less_prepaid,
    line_amount,
    line_of,
    part_of_line,
    totals,
)
from domain.shared.money import Money, total
from domain.shared.refusal import Invalid
from domain.shared.tax import TaxGroup, accumulated
from features.money.examples import (
    CURRENCIES,
    STANDARD,
    TAXES,
    a_line,
    a_priced_line,
    amounts,
    decimals,
    minor,
    property_of_money,
)

EUROS = amounts(least=-(10**8), most=10**8)
LINES = st.lists(st.builds(a_line, EUROS, TAXES), max_size=8)
CHARGES = st.lists(st.builds(Charge, st.just("freight"), amounts(least=0), TAXES), max_size=3)
ALLOWANCES = st.lists(st.builds(Allowance, st.just("discount"), amounts(least=0), TAXES), max_size=3)
QUANTITY = decimals("0.001", "1000", 3)


@property_of_money
@given(LINES, CHARGES, ALLOWANCES, EUROS, st.integers(-5, 5))
def test_totals_follow_from_lines_allowances_and_charges(
    lines: list[Line], charges: list[Charge], allowances: list[Allowance], prepaid: Money, rounding: int
) -> None:
    found = less_prepaid(totals(lines, charges, "EUR", allowances=allowances), prepaid, minor(rounding))
    identities = {
        "BR-CO-10": (found.line_extension_total, total((line.line_extension_amount for line in lines), "EUR")),
        "BR-CO-11": (found.allowance_total, total((allowance.amount for allowance in allowances), "EUR")),
        "BR-CO-12": (found.charge_total, total((charge.amount for charge in charges), "EUR")),
        "BR-CO-13": (
            found.tax_exclusive_amount,
            found.line_extension_total - found.allowance_total + found.charge_total,
        ),
        "BR-CO-14": (
            found.invoice_total_vat_amount,
            total((group.vat_category_tax_amount for group in found.tax_breakdown), "EUR"),
        ),
        "BR-CO-15": (found.tax_inclusive_amount, found.tax_exclusive_amount + found.invoice_total_vat_amount),
        "BR-CO-16": (found.payable_amount, found.tax_inclusive_amount - prepaid + minor(rounding)),
    }
    assert {rule: left for rule, (left, _) in identities.items()} == {
        rule: right for rule, (_, right) in identities.items()
    }
    assert total((group.taxable_amount for group in found.tax_breakdown), "EUR") == found.tax_exclusive_amount


@property_of_money
@given(LINES, CHARGES)
def test_totals_survive_json(lines: list[Line], charges: list[Charge]) -> None:
    found = totals(lines, charges, "EUR")
    assert msgspec.json.decode(msgspec.json.encode(found), type=Totals) == found


@property_of_money
@given(CURRENCIES, QUANTITY, decimals("0", "1000", 8), st.sampled_from((1, 12, 100)), decimals("0", "10", 4))
def test_a_line_is_rounded_once(currency: str, quantity: Decimal, price: Decimal, base: int, off: Decimal) -> None:
    exact = Fraction(quantity) * Fraction(price) / base - Fraction(off)
    amount = line_amount(quantity, price, Decimal(base), off, currency)
    smallest = Fraction(10) ** (Money.zero(currency).amount.as_tuple().exponent)  # type: ignore[operator]
    assert abs(Fraction(amount.amount) - exact) <= smallest / 2
    assert amount == Money.of(amount.amount, currency)


@property_of_money
@given(st.lists(QUANTITY, min_size=1, max_size=8), decimals("0", "1000", 4), decimals("0", "10", 2), CURRENCIES)
def test_the_parts_of_a_line_add_up_to_the_line(
    steps: list[Decimal], price: Decimal, off: Decimal, currency: str
) -> None:
    line = a_priced_line(sum(steps, Decimal(0)), price, off, currency)
    done, parts = Decimal(0), []
    for step in steps:
        parts.append(part_of_line(line, done, step))
        done += step
    assert total((part.line_extension_amount for part in parts), currency) == line.line_extension_amount
    assert sum(part.quantity for part in parts) == line.quantity
    assert sum(part.allowance for part in parts) == off
    assert all(part.tax == line.tax and part.net_price == price for part in parts)


@property_of_money
@given(st.lists(st.integers(1, 20), min_size=1, max_size=8), st.lists(EUROS, min_size=1, max_size=4), st.data())
def test_delivering_in_parts_invoices_the_whole_to_the_cent(
    steps: list[int], prices: list[Money], data: st.DataObject
) -> None:
    whole = Decimal(sum(steps))
    lines = [a_line(price, data.draw(TAXES), whole, str(place)) for place, price in enumerate(prices)]
    done, documented, invoiced = Decimal(0), tuple[TaxGroup, ...](), Money.zero("EUR")
    for step in steps:
        parts = [part_of_line(line, done, Decimal(step)) for line in lines]
        invoice = totals(parts, (), "EUR", documented)
        documented = accumulated(documented, invoice.tax_breakdown)
        invoiced += invoice.payable_amount
        done += step
    assert invoiced == totals(lines, (), "EUR").payable_amount


@pytest.mark.parametrize(("done", "quantity"), [("0", "0"), ("0", "-1"), ("0", "10.001"), ("8", "3"), ("10", "1")])
def test_more_than_the_open_quantity_is_refused(done: str, quantity: str) -> None:
    with pytest.raises(Invalid):
        part_of_line(a_line(minor(100), quantity=Decimal(10)), Decimal(done), Decimal(quantity))


def test_a_part_without_allowance_says_so_without_an_exponent() -> None:
    assert str(part_of_line(a_line(minor(100), quantity=Decimal(10)), Decimal(3), Decimal(4)).allowance) == "0"


def test_a_discount_lessens_the_tax_of_its_own_group() -> None:
    found = totals([a_line(minor(100_00))], (), "EUR", allowances=[Allowance("Loyalty", minor(10_00), STANDARD)])
    (group,) = found.tax_breakdown
    assert (group.taxable_amount, group.vat_category_tax_amount) == (minor(90_00), minor(17_10))
    assert found.payable_amount == minor(107_10)


def test_a_line_is_found_by_its_id() -> None:
    lines = [a_line(minor(1), line_id="1"), a_line(minor(2), line_id="2")]
    assert line_of(lines, "2").line_extension_amount == minor(2)
    with pytest.raises(Invalid):
        line_of(lines, "3")
