"""What quotes, orders and invoices have in common: lines, charges and totals, in the terms of EN 16931."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, is_dataclass, replace
from decimal import Decimal
from hashlib import sha256
from typing import Any, Literal
from uuid import UUID

from domain.shared.aggregate import fields_of
from domain.shared.money import EXACT, Money, round_half_up, total
from domain.shared.party import Parties
from domain.shared.refusal import Invalid
from domain.shared.tax import Tax, TaxGroup, breakdown, check_categories, check_tax
from domain.shared.terms import PaymentTerms

UNIT_CODE = re.compile("[A-Z0-9]{2,3}")


@dataclass(frozen=True, slots=True)
class PriceStep:
    """One step of how a price came about, in the order applied."""

    source: str
    """`price_book`, `tier`, `negotiated`, `line_discount`, `line_allowance`."""
    detail: str
    price: Decimal
    """The unit price after this step; for an allowance, the amount taken off the line."""
    percent: Decimal | None = None
    """Of a discount; in what was recorded before there was this field, it is the beginning of `detail`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A priced line (BG-25). Prices carry up to 8 decimals and are per `base_quantity`."""

    line_id: str
    """BT-126."""
    product_id: UUID | None
    item_name: str
    """BT-153."""
    seller_item_id: str
    """BT-155."""
    product_line: str
    quantity: Decimal
    """BT-129, in `unit_code`."""
    unit_code: str
    """BT-130, UN/ECE Recommendation 20."""
    gross_price: Decimal
    """BT-148: the list price, before discounts."""
    net_price: Decimal
    """BT-146."""
    base_quantity: Decimal
    """BT-149."""
    allowance: Decimal
    """BT-136: taken off the line as a whole, before its one rounding."""
    line_extension_amount: Money
    """BT-131: quantity x net price / base quantity - allowance, rounded once."""
    tax: Tax
    tax_class: str | None
    """By which the seller's table taxes it; None where the tax was given by hand."""
    goods: bool
    explanation: tuple[PriceStep, ...] = ()
    note: str = ""
    """BT-127: what its reader should know of it."""
    advance: bool = False
    """Money paid before the supply, or that again taken off its invoice: no sale."""


def check_unit(unit_code: str, pointer: str = "/unit_code") -> None:
    """Refuse what cannot be a unit of measure (BT-130) by its form."""
    if not UNIT_CODE.fullmatch(unit_code):
        raise Invalid("A unit is a code of UN/ECE Recommendation 20, such as C62 or HUR.", pointer=pointer)


@dataclass(frozen=True, slots=True)
class Charge:
    """A charge on the whole document (BG-21), such as freight. Not part of the sales revenue of its lines."""

    reason: str
    """BT-104."""
    amount: Money
    """BT-99."""
    tax: Tax
    tax_class: str | None = None
    """As of a line."""
    goods: bool = True
    """It goes with goods, and is taxed as they are."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """An allowance on the whole document (BG-20), such as a discount: one per tax group that it lessens."""

    reason: str
    """BT-97."""
    amount: Money
    """BT-92: what is taken off, positive."""
    tax: Tax


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """BG-22 and BG-23. Every amount follows exactly from lines, allowances and charges (BR-CO-10 to 16)."""

    line_extension_total: Money
    """BT-106."""
    allowance_total: Money
    """BT-107."""
    charge_total: Money
    """BT-108."""
    tax_exclusive_amount: Money
    """BT-109."""
    invoice_total_vat_amount: Money
    """BT-110."""
    tax_inclusive_amount: Money
    """BT-112."""
    prepaid_amount: Money
    """BT-113."""
    payable_rounding_amount: Money
    """BT-114."""
    payable_amount: Money
    """BT-115."""
    tax_breakdown: tuple[TaxGroup, ...]


def line_amount(
    quantity: Decimal, net_price: Decimal, base_quantity: Decimal, allowance: Decimal, currency: str
) -> Money:
    """BT-131, rounded once to the currency."""
    gross = EXACT.divide(EXACT.multiply(quantity, net_price), base_quantity)
    return Money.rounded(EXACT.subtract(gross, allowance), currency)


def totals(
    lines: Sequence[Line],
    charges: Sequence[Charge],
    currency: str,
    before: Sequence[TaxGroup] = (),
    allowances: Sequence[Allowance] = (),
) -> Totals:
    """Lines are added exactly, tax is computed per group; `before` as in `domain.shared.tax.breakdown`."""
    net = total((line.line_extension_amount for line in lines), currency)
    allowed = total((allowance.amount for allowance in allowances), currency)
    charged = total((charge.amount for charge in charges), currency)
    taxable = [(line.tax, line.line_extension_amount) for line in lines]
    taxable += [(a.tax, -a.amount) for a in allowances] + [(c.tax, c.amount) for c in charges]
    groups = breakdown(taxable, before)
    vat = total((group.vat_category_tax_amount for group in groups), currency)
    gross = net - allowed + charged + vat
    return Totals(
        line_extension_total=net,
        allowance_total=allowed,
        charge_total=charged,
        tax_exclusive_amount=gross - vat,
        invoice_total_vat_amount=vat,
        tax_inclusive_amount=gross,
        prepaid_amount=Money.zero(currency),
        payable_rounding_amount=Money.zero(currency),
        payable_amount=gross,
        tax_breakdown=groups,
    )


def less_prepaid(whole: Totals, prepaid: Money, rounding: Money) -> Totals:
    """What is left to pay after what was paid before and cash rounding (BR-CO-16). Tax is not affected."""
    payable = whole.tax_inclusive_amount - prepaid + rounding
    return replace(whole, prepaid_amount=prepaid, payable_rounding_amount=rounding, payable_amount=payable)


def part_of_line(line: Line, done: Decimal, quantity: Decimal) -> Line:
    """`quantity` of a line of which `done` went before; the parts of a line add up to it, cent for cent."""
    if not 0 < quantity <= line.quantity - done:
        raise Invalid(f"At most {line.quantity - done} of line {line.line_id} are open.", pointer="/lines")
    amount = line.line_extension_amount
    part = amount.share(done + quantity, line.quantity) - amount.share(done, line.quantity)
    allowance = EXACT.subtract(_allowance_of(line, done + quantity), _allowance_of(line, done)) or Decimal(0)
    return replace(line, quantity=quantity, allowance=allowance, line_extension_amount=part)


def _allowance_of(line: Line, quantity: Decimal) -> Decimal:
    """To 8 decimals as prices are, so that no part bears the endless digits of a division."""
    return round_half_up(EXACT.divide(EXACT.multiply(line.allowance, quantity), line.quantity), 8)


def line_of(lines: Iterable[Line], line_id: str) -> Line:
    """The line of that id, or refused."""
    for line in lines:
        if line.line_id == line_id:
            return line
    raise Invalid(f"There is no line {line_id}.", pointer="/lines")


def check_content(lines: Sequence[Line], charges: Sequence[Charge], parties: Parties) -> None:
    """Refuse what no document may bear: repeated line ids and impossible taxes."""
    if len({line.line_id for line in lines}) < len(lines):
        raise Invalid("Each line has an id of its own.", pointer="/lines")
    places: dict[Tax, str] = {}
    taxed: dict[str, Sequence[Line | Charge]] = {"lines": lines, "charges": charges}
    for name, bearers in taxed.items():
        for place, one in enumerate(bearers):
            places.setdefault(one.tax, f"/{name}/{place}/tax")
    for tax, pointer in places.items():
        check_tax(tax, pointer)
    check_categories(places, seller_vat_id=parties.seller.vat_id, buyer_vat_id=parties.buyer.vat_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """What a line sells, as its document freezes it."""

    product_id: UUID | None
    sku: str
    name: str
    product_line: str
    unit_code: str
    goods: bool

    def on_lines(self) -> dict[str, Any]:
        """As the fields of a `Line`."""
        return {
            "product_id": self.product_id,
            "seller_item_id": self.sku,
            "item_name": self.name,
            "product_line": self.product_line,
            "unit_code": self.unit_code,
            "goods": self.goods,
        }


def content_sha256(*content: Any) -> str:
    """The digest of a document's content: what was shown is what was agreed to."""
    return sha256(json.dumps(content, default=_plain, sort_keys=True).encode()).hexdigest()


def _plain(value: Any) -> Any:
    return fields_of(value) if is_dataclass(value) else str(value)


TaxAt = Callable[[Line | Charge], Tax]
"""How something agreed earlier is taxed at its tax point."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Billable:
    """What a delivery or an instalment lets one invoice bear, and what its chain of documents bears already."""

    lines: tuple[Line, ...]
    charges: tuple[Charge, ...]
    before: tuple[TaxGroup, ...]

    def taxed(self, tax_at: TaxAt) -> Billable:
        """With the taxes of the day that decides."""
        return replace(
            self,
            lines=tuple(replace(line, tax=tax_at(line)) for line in self.lines),
            charges=tuple(replace(charge, tax=tax_at(charge)) for charge in self.charges),
        )

    def net(self) -> dict[Tax, Money]:
        """What is taxed by each tax."""
        groups = breakdown(
            [(line.tax, line.line_extension_amount) for line in self.lines] + [(c.tax, c.amount) for c in self.charges]
        )
        return {group.tax: group.taxable_amount for group in groups}

    def totals(self, currency: str) -> Totals:
        """Of the document that bears it."""
        return totals(self.lines, self.charges, currency, self.before)


@dataclass(frozen=True, slots=True)
class Source:
    """Which earlier document, and which part of it, this one follows from."""

    kind: Literal["quote", "contract", "order", "invoice", "purchase_order", "source_document"]
    """The last two are the buyer's or on paper: no document of ours."""
    document_id: UUID
    """Of the document that follows, where this one is none of ours."""
    number: str
    part: int
    """Revision, instalment or delivery; 0 where it is the whole."""

    @property
    def ours(self) -> UUID | None:
        """The document of ours that it is."""
        return None if self.kind in ("purchase_order", "source_document") else self.document_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """What a contract or an order takes over from the quote or contract that it follows from."""

    number: str
    source: Source
    parties: Parties
    currency: str
    lines: tuple[Line, ...]
    charges: tuple[Charge, ...]
    payment_terms: PaymentTerms
    purchase_order_reference: str | None
    """BT-13."""
    owner: str
    opportunity_id: UUID | None = None

    def totals(self) -> Totals:
        """Of all lines and charges."""
        return totals(self.lines, self.charges, self.currency)
