"""@Q2C-3: when an amount is due: instalments add up to it, whatever the terms."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.shared.money import Money, total
from domain.shared.refusal import Invalid
from domain.shared.terms import (
    NET_30,
    PaymentTerms,
    TermLine,
    check_terms,
    due_date,
    due_instalments,
    early_payment,
    net,
)
from features.money.examples import CURRENCIES, amounts, decimals, minor, property_of_money

ISSUED = st.dates(date(2000, 1, 1), date(2100, 12, 31))


@st.composite
def terms(draw: st.DrawFn) -> PaymentTerms:
    """Percentages that add up to 100, with fixed amounts between them."""
    cuts = sorted(draw(st.lists(decimals("0", "100", 2), max_size=4)))
    edges = [Decimal(0), *cuts, Decimal(100)]
    lines = [TermLine(percent=end - begin) for begin, end in pairwise(edges)]
    lines += [TermLine(fixed_amount=amount) for amount in draw(st.lists(decimals("0", "500", 2), max_size=2))]
    return PaymentTerms(note="", lines=tuple(draw(whens(line)) for line in draw(st.permutations(lines))))


@st.composite
def whens(draw: st.DrawFn, line: TermLine) -> TermLine:
    """The line, some days later, perhaps on a day of the month after."""
    later = replace(line, days=draw(st.integers(0, 120)))
    if draw(st.booleans()):
        return later
    return replace(later, end_of_month=True, day_of_month=draw(st.integers(1, 31)))


@property_of_money
@given(terms(), ISSUED, CURRENCIES.flatmap(amounts))
def test_instalments_add_up(terms: PaymentTerms, issued: date, amount: Money) -> None:
    check_terms(terms)
    instalments = due_instalments(terms, issued, amount)
    assert total((part.amount for part in instalments), amount.currency) == amount
    assert len(instalments) == len(terms.lines)
    assert max(part.due_date for part in instalments) == due_date(terms, issued) >= issued


@property_of_money
@given(terms(), ISSUED, CURRENCIES.flatmap(amounts))
def test_no_instalment_is_of_the_opposite_sign(terms: PaymentTerms, issued: date, amount: Money) -> None:
    zero = Money.zero(amount.currency)
    for part in due_instalments(terms, issued, amount):
        assert part.amount <= zero if amount < zero else part.amount >= zero


@property_of_money
@given(terms(), ISSUED, amounts())
def test_a_credit_is_due_as_the_mirror_image(terms: PaymentTerms, issued: date, amount: Money) -> None:
    credit = due_instalments(terms, issued, -amount)
    assert [-part.amount for part in credit] == [part.amount for part in due_instalments(terms, issued, amount)]


@pytest.mark.parametrize(
    ("line", "issued", "due"),
    [
        (TermLine(percent=Decimal(100), days=30), date(2024, 1, 31), date(2024, 3, 1)),
        (TermLine(percent=Decimal(100), end_of_month=True), date(2024, 2, 1), date(2024, 2, 29)),
        (TermLine(percent=Decimal(100), days=30, end_of_month=True), date(2023, 1, 31), date(2023, 3, 31)),
        (TermLine(percent=Decimal(100), end_of_month=True, day_of_month=31), date(2023, 1, 5), date(2023, 2, 28)),
        (TermLine(percent=Decimal(100), end_of_month=True, day_of_month=31), date(2023, 4, 5), date(2023, 5, 31)),
        (TermLine(percent=Decimal(100), end_of_month=True, day_of_month=15), date(2023, 12, 31), date(2024, 1, 15)),
    ],
)
def test_when_a_line_is_due(line: TermLine, issued: date, due: date) -> None:
    assert due_date(PaymentTerms(note="", lines=(line,)), issued) == due


@pytest.mark.parametrize(
    ("amount", "expected"),
    [(1000_00, [200_00, 300_00, 500_00]), (300_00, [200_00, 90_00, 10_00]), (100_00, [100_00, 0, 0])],
)
def test_a_fixed_amount_comes_first_and_the_last_line_takes_the_rest(amount: int, expected: list[int]) -> None:
    lines = (
        TermLine(fixed_amount=Decimal(200)),
        TermLine(percent=Decimal(30), days=30),
        TermLine(percent=Decimal(70), days=60),
    )
    parts = due_instalments(PaymentTerms(note="", lines=lines), date(2024, 1, 1), minor(amount))
    assert [part.amount for part in parts] == [minor(units) for units in expected]


def test_thirty_days_unless_agreed_otherwise() -> None:
    assert due_date(NET_30, date(2024, 1, 1)) == date(2024, 1, 31)
    assert due_date(net(0), date(2024, 1, 1)) == date(2024, 1, 1)


def test_paying_early_takes_off_what_was_agreed() -> None:
    agreed = PaymentTerms(note="2 % within 10 days", discount_percent=Decimal(2), discount_days=10)
    early = early_payment(agreed, date(2024, 1, 1), minor(119_00), minor(100_00))
    assert early is not None
    assert (early.until, early.discount) == (date(2024, 1, 11), minor(2_38))
    assert early_payment(NET_30, date(2024, 1, 1), minor(119_00), minor(100_00)) is None


@property_of_money
@given(terms())
def test_terms_survive_json(terms: PaymentTerms) -> None:
    assert msgspec.json.decode(msgspec.json.encode(terms), type=PaymentTerms) == terms


ALL = TermLine(percent=Decimal(100))


@pytest.mark.parametrize(
    ("pointer", "refused"),
    [
        ("/lines", PaymentTerms(note="", lines=())),
        ("/lines", PaymentTerms(note="", lines=(TermLine(percent=Decimal(50)),))),
        ("/lines", PaymentTerms(note="", lines=(ALL, ALL))),
        ("/lines/0/percent", PaymentTerms(note="", lines=(TermLine(),))),
        ("/lines/1/percent", PaymentTerms(note="", lines=(ALL, TermLine(percent=Decimal(-1))))),
        ("/lines/0/fixed_amount", PaymentTerms(note="", lines=(TermLine(fixed_amount=Decimal(-1)), ALL))),
        ("/lines/0/days", PaymentTerms(note="", lines=(TermLine(percent=Decimal(100), days=-1),))),
        ("/lines/0/day_of_month", PaymentTerms(note="", lines=(TermLine(percent=Decimal(100), day_of_month=1),))),
        ("/discount_percent", PaymentTerms(note="", discount_percent=Decimal(100))),
        ("/discount_days", PaymentTerms(note="", discount_days=-1)),
    ],
)
def test_what_are_no_terms_is_refused_where_it_stands(pointer: str, refused: PaymentTerms) -> None:
    with pytest.raises(Invalid) as refusal:
        check_terms(refused)
    assert refusal.value.pointer == f"/payment_terms{pointer}"
