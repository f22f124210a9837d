"""What is taken back of the lines of an invoice: amounts, pieces, and what they had taken off."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Protocol

from domain.shared.document import Charge, Line, Totals, line_of, part_of_line
from domain.shared.money import Money, total
from domain.shared.refusal import Invalid, Refusal
from domain.shared.tax import Tax, TaxGroup


class CreditExceedsInvoice(Refusal):
    """Credits never exceed the invoice, on no line and in no tax group."""

    rule = "I3"


class Creditable(Protocol):
    """An issued document and what of it is credited already."""

    currency: str
    lines: tuple[Line, ...]
    charges: tuple[Charge, ...]
    totals: Totals
    credited_lines: dict[str, Money]
    credited_quantities: dict[str, Decimal]
    credited_charges: bool
    credited_groups: tuple[TaxGroup, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditAsked:
    """What is to be taken back of a line: a net amount, a quantity at the line's price, or all that is left."""

    line_id: str
    amount: Money | None = None
    quantity: Decimal | None = None
    note: str = ""
    """What the credit note says of it (BT-127)."""


@dataclass(frozen=True, slots=True)
class CreditedLine:
    """So much of a line's net amount, and of its quantity where that comes back or was never sent."""

    line_id: str
    amount: Money
    quantity: Decimal = Decimal(0)


def taken_back(invoice: Creditable, asked: CreditAsked, pointer: str) -> tuple[Line, CreditedLine]:
    """The line as the credit note bears it, and what it takes off the invoice's."""
    if asked.amount is not None and asked.quantity is not None:
        raise Invalid("A line is credited by amount or by quantity.", pointer=pointer)
    line = line_of(invoice.lines, asked.line_id)
    if line.quantity < 0 and (asked.amount or asked.quantity):
        raise Invalid("What was prepaid comes back with what it was taken off from.", pointer=pointer)
    left = left_of(invoice, line)
    done = invoice.credited_quantities.get(line.line_id, Decimal(0))
    if asked.quantity is not None:
        return _pieces(line, done, left, asked, pointer)
    amount, quantity = asked.amount or left, Decimal(0) if asked.amount else line.quantity - done
    if not _within(amount, line.line_extension_amount, left):
        raise CreditExceedsInvoice(f"{left} of line {line.line_id} are left.", pointer=f"{pointer}/amount")
    return _priced(line, amount, asked.note), CreditedLine(line.line_id, amount, quantity)


def _pieces(line: Line, done: Decimal, left: Money, asked: CreditAsked, pointer: str) -> tuple[Line, CreditedLine]:
    """A quantity comes back at the line's price, or at its share of what reductions of the price have left."""
    assert asked.quantity is not None
    pieces = line.quantity - done
    if asked.quantity > pieces:
        detail = f"{pieces} of line {line.line_id} are left."
        raise CreditExceedsInvoice(detail, pointer=f"{pointer}/quantity")
    if not left and line.line_extension_amount:
        raise CreditExceedsInvoice(f"Nothing is left of line {line.line_id}.", pointer=f"{pointer}/quantity")
    part = part_of_line(line, done, asked.quantity)
    whole = line.line_extension_amount
    if left != whole - whole.share(done, line.quantity):
        part = _for(part, left.share(asked.quantity, pieces))
    part = replace(part, explanation=(), note=asked.note)
    return part, CreditedLine(line.line_id, part.line_extension_amount, asked.quantity)


def as_far_as_left(invoice: Creditable, asked: Sequence[CreditAsked]) -> list[CreditAsked]:
    """The same with amounts no larger than what is left of their lines; without those of which nothing is."""
    left = {one.line_id: left_of(invoice, line_of(invoice.lines, one.line_id)) for one in asked}
    return [
        one if one.amount is None else replace(one, amount=min(one.amount, left[one.line_id]))
        for one in asked
        if left[one.line_id]
    ]


def deductions_back(invoice: Creditable, credited: Sequence[CreditedLine]) -> list[tuple[Line, CreditedLine]]:
    """The same share of the deductions as of what they were taken off from: in the end all of them.

    Each was taken off from what bears its tax; where nothing does, since the rate has changed, from everything.
    """
    borne = {line.tax for line in invoice.lines if not line.advance} | {charge.tax for charge in invoice.charges}
    deductions = [line for line in invoice.lines if line.advance]
    back = []
    for tax in dict.fromkeys(line.tax if line.tax in borne else None for line in deductions):
        alike = [line for line in deductions if (line.tax if line.tax in borne else None) == tax]
        back += _share_back(invoice, credited, alike, borne if tax is None else {tax})
    return back


def _share_back(
    invoice: Creditable, credited: Sequence[CreditedLine], deductions: Sequence[Line], taxes: Collection[Tax]
) -> list[tuple[Line, CreditedLine]]:
    """Of these deductions, what was taken off from what bears one of the taxes.

    Their sum is rounded, not each: else the credits of an invoice that was prepaid whole would come to a cent.
    """
    supplied = {line.line_id: line for line in invoice.lines if not line.advance and line.tax in taxes}
    charges = [charge.amount for charge in invoice.charges if charge.tax in taxes]
    whole = total([*(line.line_extension_amount for line in supplied.values()), *charges], invoice.currency)
    if not whole:
        return []
    before = [line.line_extension_amount - left_of(invoice, line) for line in supplied.values()]
    before += charges if invoice.credited_charges else []
    now = total([*before, *(one.amount for one in credited if one.line_id in supplied)], invoice.currency)
    left = [left_of(invoice, line) for line in deductions]
    deducted = total((line.line_extension_amount for line in deductions), invoice.currency)
    due = deducted.share(now.amount, whole.amount) - (deducted - total(left, invoice.currency))
    if due.amount >= 0:
        return []
    parts = due.allocate([-one.amount for one in left])
    return [
        (_priced(line, part, ""), CreditedLine(line.line_id, part))
        for line, part in zip(deductions, parts, strict=True)
        if part
    ]


def remaining(invoice: Creditable) -> tuple[tuple[Line, ...], tuple[Charge, ...]]:
    """What no credit has taken back yet, as another invoice may bear it."""
    lines = tuple(_rest(invoice, line) for line in invoice.lines)
    return tuple(line for line in lines if line is not None), () if invoice.credited_charges else invoice.charges


def _rest(invoice: Creditable, line: Line) -> Line | None:
    left, done = left_of(invoice, line), invoice.credited_quantities.get(line.line_id, Decimal(0))
    if left == line.line_extension_amount and not done:
        return line
    if not left:
        return None
    if line.quantity < 0:
        return _priced(line, left, line.note)
    return _for(part_of_line(line, done, line.quantity - done), left)


def _for(line: Line, amount: Money) -> Line:
    """The same pieces for another amount; the line's allowance makes up the difference (BT-136)."""
    difference = (line.line_extension_amount - amount).amount
    return replace(line, allowance=line.allowance + difference, line_extension_amount=amount)


def left_of(invoice: Creditable, line: Line) -> Money:
    """What no credit has taken back of a line yet."""
    return line.line_extension_amount - invoice.credited_lines.get(line.line_id, Money.zero(invoice.currency))


def _within(amount: Money, whole: Money, left: Money) -> bool:
    """Between nothing and what is left, on the side of the line's sign."""
    return amount.amount * whole.amount > 0 and amount.amount.copy_abs() <= left.amount.copy_abs()


def _priced(line: Line, amount: Money, note: str) -> Line:
    """The whole line, or an amount of it; prices are never negative (BR-27)."""
    if amount == line.line_extension_amount:
        return replace(line, explanation=(), note=note)
    price = amount.amount.copy_abs()
    return replace(
        line,
        quantity=Decimal(1) if amount.amount > 0 else Decimal(-1),
        base_quantity=Decimal(1),
        gross_price=price,
        net_price=price,
        allowance=Decimal(0),
        line_extension_amount=amount,
        explanation=(),
        note=note,
    )


def without_amount(charge: Charge) -> Line:
    """Stands on a credit note on which only charges are left: it has a line (BR-16)."""
    return Line(
        line_id="1",
        product_id=None,
        item_name=charge.reason,
        seller_item_id="",
        product_line="",
        quantity=Decimal(1),
        unit_code="C62",
        gross_price=Decimal(0),
        net_price=Decimal(0),
        base_quantity=Decimal(1),
        allowance=Decimal(0),
        line_extension_amount=Money.zero(charge.amount.currency),
        tax=charge.tax,
        tax_class=charge.tax_class,
        goods=False,
    )
