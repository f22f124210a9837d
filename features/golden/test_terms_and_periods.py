"""@Q2C-1 @Q2C-3: due dates, instalments, recurring periods and shares of them as other systems have them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Literal

from domain.shared.money import Money, round_half_up
from domain.shared.periods import Period, Recurrence, Rule, invoice_date, next_period, proration, whole_period
from domain.shared.terms import PaymentTerms, TermLine, check_terms, due_date, due_instalments, early_payment
from features.golden.rows import Row, golden, numbers

RULES: dict[str, Rule] = {"monthlylastday": "monthly_last_day", "monthly": "monthly", "yearly": "yearly"}
INVOICING: dict[str, Literal["pre_paid", "post_paid"]] = {"pre-paid": "pre_paid", "post-paid": "post_paid"}
CURRENCIES = {"0.01": "EUR", "0.001": "KWD"}


def day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def term_line(line: Row) -> TermLine:
    return TermLine(
        percent=None if "fixed" in line else Decimal(line["pct"]),
        fixed_amount=Decimal(line["fixed"]) if "fixed" in line else None,
        days=line["days"],
        end_of_month="then" in line,
        day_of_month=line.get("day"),
    )


def terms_of(lines: list[Any]) -> PaymentTerms:
    discount: Row = next((line for line in lines if "early_discount_pct" in line), {})
    terms = PaymentTerms(
        note="",
        lines=tuple(term_line(line) for line in lines if "early_discount_pct" not in line),
        discount_percent=Decimal(discount.get("early_discount_pct", 0)),
        discount_days=discount.get("discount_days", 0),
        discount_base="net" if discount.get("on", "").startswith("net") else "gross",
    )
    check_terms(terms)
    return terms


@golden("odoo_payment_terms.csv")
def test_due_dates_and_instalments(row: Row) -> None:
    terms, issued = terms_of(numbers(row["terms"])), date.fromisoformat(row["invoice_date"])
    expected = numbers(row["expected"])
    gross = Money.of(row["invoice_total"] or "100", CURRENCIES[row["currency_rounding"]])
    found = due_instalments(terms, issued, gross)
    instalments = [part for part in expected if "if_paid_early" not in part]
    for part, wanted in zip(found, instalments, strict=True):
        assert part.due_date == date.fromisoformat(wanted.get("due", row["invoice_date"]))
        assert part.amount.amount == wanted.get("amount", part.amount.amount)
    assert due_date(terms, issued) == max(part.due_date for part in found)
    early = early_payment(terms, issued, gross, Money.of("1000", "EUR"))
    assert (early is not None) == (len(instalments) < len(expected))
    if early is not None:
        assert (gross - early.discount).amount == expected[-1]["if_paid_early"]


@golden("oca_contract_next_invoice_date.csv")
def test_when_a_period_is_invoiced(row: Row) -> None:
    recurrence = Recurrence(
        rule=RULES[row["rule"]],
        interval=int(row["interval"]),
        invoicing=INVOICING[row["invoicing"]],
        offset_days=int(row["offset_days_after_period_end"]),
    )
    period = next_period(recurrence, date.fromisoformat(row["period_start"]), day(row["contract_end"]))
    found = invoice_date(recurrence, period) if period else None
    assert found == day(row["expected_next_invoice_date"])


@golden("oca_contract_next_period.csv")
def test_which_period_comes_next(row: Row) -> None:
    last = day(row["in_last_date_invoiced"])
    start = last + timedelta(days=1) if last else date.fromisoformat(row["in_date_start"])
    recurrence = Recurrence(rule=RULES[row["in_recurring_rule_type"]], interval=int(row["in_recurring_interval"]))
    anchor = day(row["in_recurring_next_date"])
    expected = Period(
        date.fromisoformat(row["expected_next_period_date_start"]),
        date.fromisoformat(row["expected_next_period_date_end"]),
    )
    assert next_period(recurrence, start, day(row["in_date_end"]), anchor) == expected


@golden("killbill_proration_fraction.csv")
def test_the_share_of_a_period(row: Row) -> None:
    recurrence = Recurrence(rule="monthly", day_count="30/360" if row["fixed_days_divisor"] else "actual")
    dates = {row["date_a_name"]: row["date_a"], row["date_b_name"]: row["date_b"]}
    anchor = date.fromisoformat(row["date_b"])
    first = date.fromisoformat(dates.get("startDate") or dates["previousBillThroughDate"])
    after = date.fromisoformat(dates.get("endDate") or dates["nextBillingCycleDate"])
    part = Period(first, after - timedelta(days=1))
    share = proration(recurrence, whole_period(recurrence, anchor, first), part)
    assert round_half_up(Decimal(share.numerator) / share.denominator, 9) == Decimal(row["expected_proration"])
