"""@Q2C-3 @L2C-4: line amounts, tax and totals as official example invoices and another system's tests have them."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

from domain.shared.document import Allowance, Charge, Totals, less_prepaid, line_amount, totals
from domain.shared.money import Money, total
from domain.shared.tax import Tax, breakdown
from features.golden.rows import LINES, Row, golden, numbers
from features.money.examples import a_line

TOTALS = {
    "LineExtensionAmount": "line_extension_total",
    "AllowanceTotalAmount": "allowance_total",
    "ChargeTotalAmount": "charge_total",
    "TaxExclusiveAmount": "tax_exclusive_amount",
    "TaxInclusiveAmount": "tax_inclusive_amount",
    "PrepaidAmount": "prepaid_amount",
    "PayableRoundingAmount": "payable_rounding_amount",
    "PayableAmount": "payable_amount",
}
"""UBL's names and ours."""


def tax_of(row: Row) -> Tax:
    return Tax(row["vat_category"], Decimal(row.get("vat_rate", "0")), "DE")


def totals_of(row: Row, prepaid: Money, rounding: Decimal) -> Totals:
    currency = row["currency"]
    lines = [a_line(Money.of(line["line_net"], currency), tax_of(line)) for line in row["lines"]]
    parts = [
        (part["charge"], Money.of(part["amount"], currency), tax_of(part))
        for part in row.get("document_allowances_charges", [])
    ]
    charges = [Charge("", amount, tax) for charge, amount, tax in parts if charge]
    allowances = [Allowance("", amount, tax) for charge, amount, tax in parts if not charge]
    return less_prepaid(totals(lines, charges, currency, allowances=allowances), prepaid, Money.of(rounding, currency))


@golden(LINES)
def test_line_amounts_of_en_16931_examples(row: Row) -> None:
    allowance = Decimal(0)
    for part in row.get("allowances_charges", []):
        allowance += -Decimal(part["amount"]) if part["charge"] else Decimal(part["amount"])
    base = Decimal(row.get("price_base_quantity", "1"))
    amount = line_amount(Decimal(row["quantity"]), Decimal(row["unit_price"]), base, allowance, row["currency"])
    assert amount.amount == Decimal(row["line_net"])


@golden("en16931_invoice_totals.json")
def test_totals_of_en_16931_examples(row: Row) -> None:
    currency = row["currency"]
    expected = {name: Decimal(row["totals"].get(name, "0")) for name in TOTALS}
    found = totals_of(row, Money.of(expected["PrepaidAmount"], currency), expected["PayableRoundingAmount"])
    assert {name: getattr(found, ours).amount for name, ours in TOTALS.items()} == expected
    assert [found.invoice_total_vat_amount.amount] == [
        Decimal(amount) for code, amount in row["tax_totals"] if code == currency
    ]
    assert Counter(
        (group.tax.category, group.tax.rate, group.taxable_amount.amount, group.vat_category_tax_amount.amount)
        for group in found.tax_breakdown
    ) == Counter(
        (group["category"], Decimal(group.get("rate", "0")), Decimal(group["taxable"]), Decimal(group["tax"]))
        for group in row["vat_breakdown"]
    )


@golden("tax_rounding_simple.csv")
def test_tax_is_rounded_per_group(row: Row) -> None:
    amounts = []
    for line in numbers(row["lines"]):
        price = line["unit_price"] * (100 - line["discount_pct"]) / 100
        amount = line_amount(Decimal(line["qty"]), price, Decimal(1), Decimal(0), "EUR")
        amounts.append((Tax("S", Decimal(line["tax_rate_pct"]), "BE", scheme=line["tax_code"]), amount))
    groups = breakdown(amounts)
    tax = total((group.vat_category_tax_amount for group in groups), "EUR")
    assert tax.amount == Decimal(row["expected_tax"])
    if row["expected_net"]:
        assert total((amount for _, amount in amounts), "EUR").amount == Decimal(row["expected_net"])


@golden("odoo_single_line_tax.json")
def test_taxes_of_a_single_line(row: Row) -> None:
    currency = {Decimal("0.01"): "EUR", Decimal(1): "CLP"}[Decimal(row["precision_rounding"])]
    amount = line_amount(Decimal(row["quantity"]), Decimal(row["price_unit"]), Decimal(1), Decimal(0), currency)
    taxes = [Tax("S", Decimal(tax["rate_pct"]), "IN", scheme=f"tax {place}") for place, tax in enumerate(row["taxes"])]
    groups = breakdown((tax, amount) for tax in taxes)
    expected = [(Decimal(tax["base"]), Decimal(tax["tax"])) for tax in row["expected_taxes"]]
    assert [(group.taxable_amount.amount, group.vat_category_tax_amount.amount) for group in groups] == expected
    tax = total((group.vat_category_tax_amount for group in groups), currency)
    assert (amount + tax).amount == Decimal(row["expected_total_included"])
