"""Lines written by hand, on invoices and on credit notes that name none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from application.constraints import Code, NotNegative, OptionalText, Quantity, Text
from domain.organisation import LegalEntity
from domain.shared.document import Line, check_unit, line_amount
from domain.shared.party import Parties
from domain.shared.refusal import Invalid
from domain.shared.tax import Tax


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceLine:
    """A line written by hand."""

    item_name: Text
    quantity: Quantity
    net_price: NotNegative
    line_id: Code | None = None
    seller_item_id: OptionalText = ""
    product_line: OptionalText = ""
    unit_code: Code = "C62"
    goods: bool = True
    tax_class: Code = "standard"
    tax: Tax | None = None
    """Determined from seller and buyer where not given."""
    note: OptionalText = ""
    """BT-127."""


def written_lines(
    lines: Sequence[InvoiceLine], currency: str, seller: LegalEntity, parties: Parties, tax_point: date
) -> tuple[Line, ...]:
    """The lines, numbered by their place where they have no id."""
    written = tuple(
        _written_line(line, str(place), currency, seller, parties, tax_point) for place, line in enumerate(lines, 1)
    )
    if len({line.line_id for line in written}) < len(written):
        raise Invalid("Each line has an id of its own.", pointer="/lines")
    return written


def _written_line(
    line: InvoiceLine, place: str, currency: str, seller: LegalEntity, parties: Parties, tax_point: date
) -> Line:
    check_unit(line.unit_code, f"/lines/{int(place) - 1}/unit_code")
    tax = line.tax or seller.tax_of(parties, goods=line.goods, tax_class=line.tax_class, tax_point=tax_point)
    return Line(
        line_id=line.line_id or place,
        product_id=None,
        item_name=line.item_name,
        seller_item_id=line.seller_item_id,
        product_line=line.product_line,
        quantity=line.quantity,
        unit_code=line.unit_code,
        gross_price=line.net_price,
        net_price=line.net_price,
        base_quantity=Decimal(1),
        allowance=Decimal(0),
        line_extension_amount=line_amount(line.quantity, line.net_price, Decimal(1), Decimal(0), currency),
        tax=tax,
        tax_class=None if line.tax else line.tax_class,
        goods=line.goods,
        note=line.note,
    )
