"""@Q2C-1 @Q2C-3: billing periods follow one another without gap, overlap or drift, and their parts add up."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.shared.periods import (
    Period,
    Recurrence,
    Rule,
    check_recurrence,
    invoice_date,
    next_period,
    periods,
    prorated,
    proration,
    whole_period,
)
from domain.shared.refusal import Invalid
from features.money.examples import minor, property_of_money

DAYS = st.dates(date(2000, 1, 1), date(2050, 12, 31))
DAY = timedelta(days=1)


@st.composite
def recurrences(draw: st.DrawFn) -> Recurrence:
    """Any rule with a short interval."""
    rule: Rule = draw(st.sampled_from(get_args(Rule)))
    fixed = rule not in ("daily", "weekly") and draw(st.booleans())
    return Recurrence(rule=rule, interval=draw(st.integers(1, 4)), day_count="30/360" if fixed else "actual")


@property_of_money
@given(recurrences(), DAYS, st.integers(0, 800), st.integers(-60, 60))
def test_periods_follow_one_another_from_first_to_last_day(
    recurrence: Recurrence, starts_on: date, term: int, shift: int
) -> None:
    check_recurrence(recurrence)
    ends_on = starts_on + timedelta(days=term)
    found = list(periods(recurrence, starts_on, ends_on, anchor=starts_on + timedelta(days=shift)))
    assert (found[0].start, found[-1].end) == (starts_on, ends_on)
    assert all(period.start <= period.end for period in found)
    assert all(before.end + DAY == after.start for before, after in pairwise(found))


@property_of_money
@given(recurrences(), DAYS, DAYS)
def test_every_day_lies_in_its_whole_period(recurrence: Recurrence, anchor: date, day: date) -> None:
    whole = whole_period(recurrence, anchor, day)
    assert whole.start <= day <= whole.end
    assert whole_period(recurrence, anchor, whole.end + DAY).start == whole.end + DAY
    assert whole_period(recurrence, anchor, whole.start) == whole


def test_the_day_of_the_month_never_drifts() -> None:
    monthly = Recurrence(rule="monthly")
    starts = [period.start for period in periods(monthly, date(2023, 1, 31), date(2023, 6, 15))]
    assert starts == [date(2023, month, day) for month, day in ((1, 31), (2, 28), (3, 31), (4, 30), (5, 31))]


def test_a_leap_day_comes_back() -> None:
    starts = [period.start for period in periods(Recurrence(rule="yearly"), date(2024, 2, 29), date(2028, 3, 1))]
    assert starts == [date(2024, 2, 29), date(2025, 2, 28), date(2026, 2, 28), date(2027, 2, 28), date(2028, 2, 29)]


@pytest.mark.parametrize(
    ("rule", "end"),
    [
        ("daily", date(2024, 1, 10)),
        ("weekly", date(2024, 1, 16)),
        ("monthly", date(2024, 2, 9)),
        ("monthly_last_day", date(2024, 1, 31)),
        ("quarterly", date(2024, 4, 9)),
        ("yearly", date(2025, 1, 9)),
    ],
)
def test_how_long_a_period_lasts(rule: Rule, end: date) -> None:
    assert next_period(Recurrence(rule=rule), date(2024, 1, 10)) == Period(date(2024, 1, 10), end)


def test_nothing_is_billed_after_the_end() -> None:
    assert next_period(Recurrence(rule="monthly"), date(2024, 2, 1), ends_on=date(2024, 1, 31)) is None


def test_before_or_after_the_period() -> None:
    january = Period(date(2024, 1, 1), date(2024, 1, 31))
    assert invoice_date(Recurrence(rule="monthly"), january) == date(2024, 1, 1)
    after = Recurrence(rule="monthly", invoicing="post_paid", offset_days=1)
    assert invoice_date(after, january) == date(2024, 2, 1)


@property_of_money
@given(recurrences(), DAYS, DAYS, st.lists(st.integers(0, 1500), max_size=5))
def test_the_shares_of_the_parts_of_a_period_add_up(
    recurrence: Recurrence, anchor: date, day: date, cuts: list[int]
) -> None:
    whole = whole_period(recurrence, anchor, day)
    starts = sorted({whole.start, *(whole.start + timedelta(days=cut % whole.days) for cut in cuts)})
    ends = [start - DAY for start in starts[1:]] + [whole.end]
    shares = [proration(recurrence, whole, Period(*ends_of)) for ends_of in zip(starts, ends, strict=True)]
    assert sum(shares) == 1
    assert all(share >= 0 for share in shares)


@property_of_money
@given(DAYS, DAYS)
def test_the_share_is_that_of_the_days(anchor: date, day: date) -> None:
    monthly = Recurrence(rule="monthly")
    whole = whole_period(monthly, anchor, day)
    assert proration(monthly, whole, Period(day, whole.end)) == Fraction((whole.end - day).days + 1, whole.days)


@pytest.mark.parametrize(
    ("whole", "part", "share"),
    [
        (Period(date(2023, 1, 31), date(2023, 2, 27)), Period(date(2023, 1, 31), date(2023, 2, 27)), Fraction(1)),
        (Period(date(2023, 1, 1), date(2023, 1, 31)), Period(date(2023, 1, 1), date(2023, 1, 15)), Fraction(1, 2)),
        (Period(date(2023, 1, 1), date(2023, 1, 31)), Period(date(2023, 1, 31), date(2023, 1, 31)), Fraction(1, 30)),
        (Period(date(2023, 2, 1), date(2023, 2, 28)), Period(date(2023, 2, 28), date(2023, 2, 28)), Fraction(1, 10)),
    ],
)
def test_with_months_of_thirty_days_the_last_day_takes_what_is_left(
    whole: Period, part: Period, share: Fraction
) -> None:
    assert proration(Recurrence(rule="monthly", day_count="30/360"), whole, part) == share


def test_a_share_of_an_amount_is_rounded_once() -> None:
    assert prorated(minor(100_00), Fraction(1, 3)) == minor(33_33)
    assert prorated(minor(100_00), Fraction(2, 3)) == minor(66_67)


def test_a_part_outside_its_period_is_refused() -> None:
    whole = Period(date(2024, 1, 1), date(2024, 1, 31))
    with pytest.raises(Invalid):
        proration(Recurrence(rule="monthly"), whole, Period(date(2024, 1, 31), date(2024, 2, 1)))


@pytest.mark.parametrize(
    ("pointer", "refused"),
    [
        ("/interval", Recurrence(rule="monthly", interval=0)),
        ("/offset_days", Recurrence(rule="monthly", offset_days=-1)),
        ("/day_count", Recurrence(rule="weekly", day_count="30/360")),
    ],
)
def test_what_does_not_recur_is_refused_where_it_stands(pointer: str, refused: Recurrence) -> None:
    with pytest.raises(Invalid) as refusal:
        check_recurrence(refused)
    assert refusal.value.pointer == f"/recurrence{pointer}"
