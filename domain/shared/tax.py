"""Value-added and sales tax on documents: categories by UNCL5305, computed per (scheme, jurisdiction, category, rate).

Sources: EN 16931-1 (BR-CO-17, BR-AE-*, BR-IC-*, BR-O-*), Directive 2006/112/EC articles 44, 138, 146, 196.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from domain.shared.money import EXACT, Money
from domain.shared.refusal import Invalid

Category = Literal["S", "Z", "E", "AE", "K", "G", "O"]
UNTAXED: frozenset[str] = frozenset(("Z", "E", "AE", "K", "G", "O"))

EU_VAT_AREA = frozenset("AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split())


class NoTaxRate(Invalid):
    """The seller's tax table has no rate for this line."""


class TaxCategoryConflict(Invalid):
    """These tax categories cannot stand on one document."""


@dataclass(frozen=True, slots=True, order=True)
class Tax:
    """What a line is taxed by; lines of equal `Tax` form one group of the breakdown (BG-23)."""

    category: Category
    rate: Decimal
    """Percent (BT-119)."""
    jurisdiction: str
    """ISO 3166-1 alpha-2 country, or a subdivision (`CA-QC`)."""
    scheme: str = "VAT"
    exemption_reason: str | None = None
    """BT-120, where the category is E."""


@dataclass(frozen=True, slots=True)
class TaxRate:
    """One dated row of a seller's tax table."""

    jurisdiction: str
    category: Category
    rate: Decimal
    valid_from: date
    tax_class: str = "standard"
    """Which products it is for (`standard`, `reduced`, …)."""
    scheme: str = "VAT"


@dataclass(frozen=True, slots=True)
class TaxGroup:
    """One line of the breakdown: BT-116 and BT-117 of one `Tax`."""

    tax: Tax
    taxable_amount: Money
    vat_category_tax_amount: Money


def tax_on(taxable: Money, tax: Tax) -> Money:
    """The tax of one group's taxable amount (BR-CO-17)."""
    return Money.rounded(EXACT.divide(EXACT.multiply(taxable.amount, tax.rate), Decimal(100)), taxable.currency)


def breakdown(amounts: Iterable[tuple[Tax, Money]], before: Sequence[TaxGroup] = ()) -> tuple[TaxGroup, ...]:
    """Tax per group on the summed taxable amount, never per line.

    `before` are the groups that earlier documents of the chain (deliveries, instalments, credits) bear: tax is then
    that of the cumulative taxable amount less what is documented already, so that the chain's tax equals the whole's.
    """
    taxable: dict[Tax, Money] = {}
    for tax, amount in amounts:
        taxable[tax] = taxable[tax] + amount if tax in taxable else amount
    documented = {group.tax: group for group in before}
    groups = []
    for tax, amount in sorted(taxable.items(), key=lambda item: _order(item[0])):
        earlier = documented.get(tax)
        due = tax_on(amount, tax)
        if earlier is not None:
            due = tax_on(earlier.taxable_amount + amount, tax) - earlier.vat_category_tax_amount
        groups.append(TaxGroup(tax, amount, due))
    return tuple(groups)


def accumulated(before: Sequence[TaxGroup], now: Sequence[TaxGroup]) -> tuple[TaxGroup, ...]:
    """The groups of a chain of documents, taken together."""
    groups = {group.tax: group for group in before}
    for group in now:
        earlier = groups.get(group.tax)
        if earlier is not None:
            group = TaxGroup(  # noqa: PLW2901
                group.tax,
                earlier.taxable_amount + group.taxable_amount,
                earlier.vat_category_tax_amount + group.vat_category_tax_amount,
            )
        groups[group.tax] = group
    return tuple(groups[tax] for tax in sorted(groups, key=_order))


def _order(tax: Tax) -> tuple[str, str, str, Decimal, str]:
    return tax.scheme, tax.jurisdiction, tax.category, tax.rate, tax.exemption_reason or ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """Who supplies what to whom, as far as tax asks."""

    seller_country: str
    buyer_country: str
    seller_vat_id: str | None
    buyer_vat_id: str | None
    buyer_vat_country: str | None
    """Which country has given that number; None where nobody knows any more."""
    goods: bool
    tax_class: str
    tax_point: date

    @property
    def is_registered_elsewhere(self) -> bool:
        """Both have a VAT number, and the buyer's is of another member state (art. 138)."""
        known = self.buyer_vat_country
        elsewhere = known is None or (known in EU_VAT_AREA and known != self.seller_country)
        return bool(self.buyer_vat_id and self.seller_vat_id) and elsewhere


def determine(supply: Supply, table: Sequence[TaxRate]) -> Tax:
    """The tax of a supply. Refuses with `NoTaxRate` where the seller's table has none for it.

    At home the table's rate. Within the union to a registered buyer: K for goods (art. 138), AE for services (art.
    196); to a consumer the destination's rate where the table has one, else the seller's. Leaving: G for goods (art.
    146), O for services (art. 44). A seller outside the union taxes by its table's row for the buyer's country, else
    exports.
    """
    home, away = supply.seller_country, supply.buyer_country
    if home == away:
        return _from_table(supply, home, table)
    if home in EU_VAT_AREA and away in EU_VAT_AREA:
        if supply.is_registered_elsewhere:
            return Tax("K" if supply.goods else "AE", Decimal(0), home)
        destination = _find(supply, away, table)
        return destination or _from_table(supply, home, table)
    if home not in EU_VAT_AREA and (destination := _find(supply, away, table)):
        return destination
    return Tax("G" if supply.goods else "O", Decimal(0), home)


def _find(supply: Supply, jurisdiction: str, table: Sequence[TaxRate]) -> Tax | None:
    rows = [
        row
        for row in table
        if (row.jurisdiction, row.tax_class) == (jurisdiction, supply.tax_class) and row.valid_from <= supply.tax_point
    ]
    row = max(rows, key=lambda row: row.valid_from, default=None)
    return Tax(row.category, row.rate, row.jurisdiction, row.scheme) if row else None


def _from_table(supply: Supply, jurisdiction: str, table: Sequence[TaxRate]) -> Tax:
    found = _find(supply, jurisdiction, table)
    if found is None:
        raise NoTaxRate(
            f"No rate for {jurisdiction}, class {supply.tax_class}, on {supply.tax_point}. Set the seller's tax rates."
        )
    return found


def check_categories(taxes: Iterable[Tax], *, seller_vat_id: str | None, buyer_vat_id: str | None) -> None:
    """Refuse what EN 16931 does: O mixed with others (BR-O-11), AE or K without both VAT numbers."""
    categories = {tax.category for tax in taxes}
    if "O" in categories and len(categories) > 1:
        raise TaxCategoryConflict("Category O (outside scope) is never mixed with others.")
    if categories & {"AE", "K"} and not (seller_vat_id and buyer_vat_id):
        raise TaxCategoryConflict("Categories AE and K need the VAT numbers of both seller and buyer.")


def check_tax(tax: Tax, pointer: str = "/tax") -> None:
    """Refuse with `Invalid` a rate or reason that does not go with its category; `pointer` is where the tax stands in
    the command."""
    if not 0 <= tax.rate < 100:
        raise Invalid("A rate is a percentage from 0 to under 100.", pointer=f"{pointer}/rate")
    if (tax.category in UNTAXED) != (tax.rate == 0):
        raise Invalid(f"Category {tax.category} does not go with a rate of {tax.rate} %.", pointer=pointer)
    if tax.category == "E" and not tax.exemption_reason:
        raise Invalid("Category E (exempt) needs its reason.", pointer=pointer)
