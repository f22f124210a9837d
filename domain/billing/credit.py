"""How much of an invoice a credit takes back, line by line and tax group by tax group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Protocol

from domain.shared.aggregate import fields_of
from domain.shared.document import Charge, Line, Totals, line_of, part_of_line, totals
from domain.shared.money import Money, total
from domain.shared.refusal import Invalid, Refusal
from domain.shared.tax import TaxGroup, accumulated


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """What a credit note takes back of one invoice."""

    credited: tuple[CreditedLine, ...]

    lines: tuple[Line, ...]
    charges: tuple[Charge, ...]
    totals: Totals
    fully: bool
    """Nothing is left of the invoice."""


def credit_of(invoice: Creditable, asked: Sequence[CreditAsked]) -> Credit:
    """What is asked of lines; all that is left, charges included, where nothing is.

    The tax follows the chain, so that partial credits add up to the invoice's tax to the cent.
    """
    if len({one.line_id for one in asked}) < len(asked):
        raise Invalid("Each line stands once.", pointer="/lines")
    left = {line.line_id: _left(invoice, line) for line in invoice.lines}
    everything = tuple(CreditAsked(line_id=line_id) for line_id, amount in left.items() if amount)
    taken = [_taken(invoice, one, f"/lines/{index}") for index, one in enumerate(asked or everything)]
    charges = () if asked or invoice.credited_charges else invoice.charges
    if not taken and not charges:
        raise CreditExceedsInvoice("Nothing is left to credit.")
    lines, credited = tuple(line for line, _ in taken), tuple(one for _, one in taken)
    for one in credited:
        left[one.line_id] -= one.amount
    fully = not any(left.values()) and (bool(charges) or invoice.credited_charges or not invoice.charges)
    document = totals(lines, charges, invoice.currency, invoice.credited_groups)
    return Credit(credited=credited, lines=lines, charges=charges, totals=_within_tax(invoice, document), fully=fully)


def _taken(invoice: Creditable, asked: CreditAsked, pointer: str) -> tuple[Line, CreditedLine]:
    """The line as the credit note bears it, and what it takes off the invoice's."""
    if asked.amount is not None and asked.quantity is not None:
        raise Invalid("A line is credited by amount or by quantity.", pointer=pointer)
    line = line_of(invoice.lines, asked.line_id)
    left = _left(invoice, line)
    done = invoice.credited_quantities.get(line.line_id, Decimal(0))
    if asked.quantity is not None:
        return _taken_back(line, done, left, asked, pointer)
    amount, quantity = asked.amount or left, Decimal(0) if asked.amount else line.quantity - done
    if not _within(amount, line.line_extension_amount, left):
        raise CreditExceedsInvoice(f"{left} of line {line.line_id} are left.", pointer=f"{pointer}/amount")
    return _priced(line, amount, asked.note), CreditedLine(line.line_id, amount, quantity)


def _taken_back(line: Line, done: Decimal, left: Money, asked: CreditAsked, pointer: str) -> tuple[Line, CreditedLine]:
    """A quantity comes back at the line's price, or at what earlier reductions of the price have left of it."""
    assert asked.quantity is not None
    if asked.quantity > line.quantity - done:
        detail = f"{line.quantity - done} of line {line.line_id} are left."
        raise CreditExceedsInvoice(detail, pointer=f"{pointer}/quantity")
    part = replace(part_of_line(line, done, asked.quantity), explanation=(), note=asked.note)
    if not left and part.line_extension_amount:
        raise CreditExceedsInvoice(f"Nothing is left of line {line.line_id}.", pointer=f"{pointer}/quantity")
    if part.line_extension_amount.amount.copy_abs() > left.amount.copy_abs():
        part = _priced(line, left, asked.note)
    return part, CreditedLine(line.line_id, part.line_extension_amount, asked.quantity)


def joined(by_invoice: Mapping[str, Credit], currency: str) -> Credit:
    """What one credit note bears that takes back parts of several invoices, given by their numbers."""
    if len(by_invoice) == 1:
        return next(iter(by_invoice.values()))
    lines = [
        replace(line, note=line.note or f"Line {line.line_id} of {number}")
        for number, credit in by_invoice.items()
        for line in credit.lines
    ]
    documents = [credit.totals for credit in by_invoice.values()]
    groups: tuple[TaxGroup, ...] = ()
    for document in documents:
        groups = accumulated(groups, document.tax_breakdown)
    sums = {
        field: total((getattr(document, field) for document in documents), currency)
        for field in fields_of(documents[0])
        if field != "tax_breakdown"
    }
    return Credit(
        credited=(),
        lines=tuple(replace(line, line_id=str(place)) for place, line in enumerate(lines, 1)),
        charges=tuple(charge for credit in by_invoice.values() for charge in credit.charges),
        totals=Totals(**sums, tax_breakdown=groups),
        fully=all(credit.fully for credit in by_invoice.values()),
    )


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


def _priced(line: Line, amount: Money, note: str) -> Line:
    """The whole line, or an amount of it."""
    if amount == line.line_extension_amount:
        return replace(line, explanation=(), note=note)
    return replace(
        line,
        quantity=Decimal(1),
        base_quantity=Decimal(1),
        gross_price=amount.amount,
        net_price=amount.amount,
        allowance=Decimal(0),
        line_extension_amount=amount,
        explanation=(),
        note=note,
    )
