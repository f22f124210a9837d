"""How much of an invoice a credit takes back, tax group by tax group, and what one credit note bears of several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from domain.billing.taking_back import (
    Creditable,
    CreditAsked,
    CreditedLine,
    CreditExceedsInvoice,
    deductions_back,
    left_of,
    taken_back,
    without_amount,
)
from domain.shared.aggregate import fields_of
from domain.shared.document import Charge, Line, Totals, totals
from domain.shared.money import Money, total
from domain.shared.refusal import Invalid
from domain.shared.tax import TaxGroup, accumulated


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

    The tax follows the chain, so that partial credits add up to the invoice's tax to the cent. Prepayments that the
    invoice took off come back in proportion to what they were taken off from.
    """
    if len({one.line_id for one in asked}) < len(asked):
        raise Invalid("Each line stands once.", pointer="/lines")
    left = {line.line_id: left_of(invoice, line) for line in invoice.lines}
    everything = tuple(CreditAsked(line_id=line_id) for line_id, amount in left.items() if amount)
    taken = [taken_back(invoice, one, f"/lines/{index}") for index, one in enumerate(asked or everything)]
    if asked:
        taken += deductions_back(invoice, [credited for _, credited in taken])
    charges = () if asked or invoice.credited_charges else invoice.charges
    if not taken and not charges:
        raise CreditExceedsInvoice("Nothing is left to credit.")
    credited = tuple(one for _, one in taken)
    for one in credited:
        left[one.line_id] -= one.amount
    fully = not any(left.values()) and (bool(charges) or invoice.credited_charges or not invoice.charges)
    lines = tuple(line for line, _ in taken) or (without_amount(charges[0]),)
    document = _within_tax(invoice, totals(lines, charges, invoice.currency, invoice.credited_groups))
    if document.payable_amount.amount < 0:
        raise CreditExceedsInvoice("More would be taken back than the invoice asked for.")
    return Credit(credited=credited, lines=lines, charges=charges, totals=document, fully=fully)


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
