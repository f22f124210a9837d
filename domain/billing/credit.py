"""How much of an invoice a credit takes back, line by line and tax group by tax group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Protocol

from domain.shared.document import Charge, Line, Totals, line_of, totals
from domain.shared.money import Money, total
from domain.shared.refusal import Invalid, Refusal
from domain.shared.tax import TaxGroup


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
    credited_charges: bool
    credited_groups: tuple[TaxGroup, ...]


@dataclass(frozen=True, slots=True)
class CreditedLine:
    """So much of a line's net amount."""

    line_id: str
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """What a credit note bears."""

    lines: tuple[Line, ...]
    charges: tuple[Charge, ...]
    totals: Totals
    fully: bool
    """Nothing is left of the invoice."""


def credit_of(invoice: Creditable, asked: Sequence[CreditedLine]) -> Credit:
    """The given amounts of lines; all that is left, charges included, where none are given.

    The tax follows the chain, so that partial credits add up to the invoice's tax to the cent.
    """
    left = {line.line_id: _left(invoice, line) for line in invoice.lines}
    wanted = {one.line_id: one.amount for one in asked} or {key: amount for key, amount in left.items() if amount}
    if len(wanted) < len(asked):
        raise Invalid("Each line stands once.", pointer="/lines")
    for index, (line_id, amount) in enumerate(wanted.items()):
        line = line_of(invoice.lines, line_id)
        if not _within(amount, line.line_extension_amount, left[line_id]):
            raise CreditExceedsInvoice(f"{left[line_id]} of line {line_id} are left.", pointer=f"/lines/{index}/amount")
    charges = () if asked or invoice.credited_charges else invoice.charges
    lines = tuple(_credited(line_of(invoice.lines, line_id), amount) for line_id, amount in wanted.items())
    if not lines and not charges:
        raise CreditExceedsInvoice("Nothing is left to credit.")
    fully = all(left[key] == wanted.get(key, left[key] - left[key]) for key in left) and (
        bool(charges) or invoice.credited_charges or not invoice.charges
    )
    document = totals(lines, charges, invoice.currency, invoice.credited_groups)
    return Credit(lines=lines, charges=charges, totals=_within_tax(invoice, document), fully=fully)


def _within_tax(invoice: Creditable, document: Totals) -> Totals:
    """The last credit of a tax group bears what is left of its tax, an earlier one never more than that.

    An invoice in a chain of documents may bear a cent more or less than its own taxable amounts would say.
    """
    whole = {group.tax: group for group in invoice.totals.tax_breakdown}
    credited = {group.tax: group for group in invoice.credited_groups}
    groups = tuple(_group_within(group, whole[group.tax], credited.get(group.tax)) for group in document.tax_breakdown)
    vat = total((group.vat_category_tax_amount for group in groups), invoice.currency)
    gross = document.tax_exclusive_amount + vat
    return replace(
        document, invoice_total_vat_amount=vat, tax_inclusive_amount=gross, payable_amount=gross, tax_breakdown=groups
    )


def _group_within(group: TaxGroup, whole: TaxGroup, credited: TaxGroup | None) -> TaxGroup:
    nothing = Money.zero(group.taxable_amount.currency)
    taxable_before = credited.taxable_amount if credited else nothing
    left = whole.vat_category_tax_amount - (credited.vat_category_tax_amount if credited else nothing)
    if taxable_before + group.taxable_amount == whole.taxable_amount:
        return replace(group, vat_category_tax_amount=left)
    least, most = sorted((nothing, left))
    return replace(group, vat_category_tax_amount=min(max(group.vat_category_tax_amount, least), most))


def _left(invoice: Creditable, line: Line) -> Money:
    return line.line_extension_amount - invoice.credited_lines.get(line.line_id, Money.zero(invoice.currency))


def _within(amount: Money, whole: Money, left: Money) -> bool:
    """Between nothing and what is left, on the side of the line's sign."""
    return amount.amount * whole.amount > 0 and amount.amount.copy_abs() <= left.amount.copy_abs()


def _credited(line: Line, amount: Money) -> Line:
    whole = amount == line.line_extension_amount
    return replace(
        line,
        quantity=line.quantity if whole else Decimal(1),
        base_quantity=line.base_quantity if whole else Decimal(1),
        gross_price=line.gross_price if whole else amount.amount,
        net_price=line.net_price if whole else amount.amount,
        allowance=line.allowance if whole else Decimal(0),
        line_extension_amount=amount,
        explanation=(),
    )
