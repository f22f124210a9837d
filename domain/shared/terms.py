"""Payment terms: when an amount is due, in how many instalments, and what paying early takes off (BT-20, BT-9)."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, localcontext
from typing import Literal

from domain.shared.money import EXACT, Money
from domain.shared.refusal import Invalid

LONGEST_TERM_DAYS = 3660


@dataclass(frozen=True, slots=True, kw_only=True)
class TermLine:
    """One instalment: a percentage of the whole or a fixed amount, and when it is due."""

    percent: Decimal | None = None
    fixed_amount: Decimal | None = None
    """In the document's currency, major units."""
    days: int = 0
    """Calendar days after the issue date."""
    end_of_month: bool = False
    """Then on to the end of that month."""
    day_of_month: int | None = None
    """Then to this day of the month after (its last day where the month is shorter). Needs `end_of_month`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentTerms:
    """When a document is to be paid. The last line takes what the others leave."""

    note: str
    """BT-20, as printed."""
    lines: tuple[TermLine, ...] = (TermLine(percent=Decimal(100)),)
    discount_percent: Decimal = Decimal(0)
    """What paying early takes off; zero for no discount."""
    discount_days: int = 0
    """The last day for it, in calendar days after the issue date."""
    discount_base: Literal["gross", "net"] = "gross"
    """Whether it is reckoned with or without the tax."""


@dataclass(frozen=True, slots=True)
class Instalment:
    """A part of a document's amount and the last day to pay it."""

    due_date: date
    amount: Money


@dataclass(frozen=True, slots=True)
class EarlyPayment:
    """What may be kept back when everything is paid until that day, the day included."""

    until: date
    discount: Money


def net(days: int) -> PaymentTerms:
    """Everything so many days after the issue date."""
    note = f"Payable within {days} days." if days else "Payable on receipt."
    return PaymentTerms(note=note, lines=(TermLine(percent=Decimal(100), days=days),))


NET_30 = net(30)


def check_terms(terms: PaymentTerms, pointer: str = "/payment_terms") -> None:
    """Refuse with `Invalid` what no document can be paid by; `pointer` is where the terms stand in the command."""
    if not terms.lines:
        raise Invalid("Payment terms have at least one line.", pointer=f"{pointer}/lines")
    for place, line in enumerate(terms.lines):
        _check_line(line, f"{pointer}/lines/{place}")
    percent = sum((line.percent or Decimal(0) for line in terms.lines), Decimal(0))
    only_percent = all(line.fixed_amount is None for line in terms.lines)
    if percent > 100 or (only_percent and percent != 100):
        raise Invalid("The percentages add up to 100.", pointer=f"{pointer}/lines")
    if not 0 <= terms.discount_percent < 100:
        raise Invalid("A discount is a percentage below 100.", pointer=f"{pointer}/discount_percent")
    if not 0 <= terms.discount_days <= LONGEST_TERM_DAYS:
        raise Invalid("A term is at most ten years.", pointer=f"{pointer}/discount_days")


def due_instalments(terms: PaymentTerms, issue_date: date, amount: Money) -> tuple[Instalment, ...]:
    """The instalments in the order of the terms; they add up to the amount, cent for cent.

    Largest remainder; a line never takes more than the lines before it leave, so none is of the opposite sign. A
    credit splits as its mirror image.
    """
    days = [_due(line, issue_date) for line in terms.lines]
    weights = _weights(terms.lines, abs(amount.amount))
    parts = amount.allocate(weights) if amount else [amount] * len(days)
    return tuple(Instalment(day, part) for day, part in zip(days, parts, strict=True))


def due_date(terms: PaymentTerms, issue_date: date) -> date:
    """The day on which everything is due (BT-9): that of the latest instalment."""
    return max(_due(line, issue_date) for line in terms.lines)


def early_payment(terms: PaymentTerms, issue_date: date, gross: Money, taxable: Money) -> EarlyPayment | None:
    """What paying early takes off, of the amount with (`gross`) or without tax (`taxable`); None without a discount."""
    if not terms.discount_percent:
        return None
    base = gross if terms.discount_base == "gross" else taxable
    until = issue_date + timedelta(days=terms.discount_days)
    return EarlyPayment(until, base.share(terms.discount_percent, Decimal(100)))


def _weights(lines: Sequence[TermLine], amount: Decimal) -> list[Decimal]:
    weights = []
    left = amount
    with localcontext(EXACT):
        for line in lines[:-1]:
            share = amount * (line.percent or 0) / 100 if line.fixed_amount is None else line.fixed_amount
            weights.append(min(share, left))
            left -= weights[-1]
    return [*weights, left]


def _due(line: TermLine, issue_date: date) -> date:
    day = issue_date + timedelta(days=line.days)
    if not line.end_of_month:
        return day
    end = day.replace(day=monthrange(day.year, day.month)[1])
    if line.day_of_month is None:
        return end
    after = end + timedelta(days=1)
    return after.replace(day=min(line.day_of_month, monthrange(after.year, after.month)[1]))


def _check_line(line: TermLine, at: str) -> None:
    if (line.percent is None) == (line.fixed_amount is None):
        raise Invalid("A line has a percentage or a fixed amount.", pointer=f"{at}/percent")
    if line.percent is not None and not 0 <= line.percent <= 100:
        raise Invalid("A percentage lies between 0 and 100.", pointer=f"{at}/percent")
    if line.fixed_amount is not None and not (line.fixed_amount.is_finite() and line.fixed_amount >= 0):
        raise Invalid("A fixed amount is not negative.", pointer=f"{at}/fixed_amount")
    if not 0 <= line.days <= LONGEST_TERM_DAYS:
        raise Invalid("A term is at most ten years.", pointer=f"{at}/days")
    if line.day_of_month is not None and not (line.end_of_month and 1 <= line.day_of_month <= 31):
        raise Invalid("A day of the month, 1 to 31, goes with the end of the month.", pointer=f"{at}/day_of_month")
