"""Deals for properties: parties, lines and agreements of any size, in any currency."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID, uuid5

from hypothesis import strategies as st

from domain.billing import Invoice, InvoiceHeader
from domain.ordering import Order
from domain.shared.document import Agreement, Billable, Charge, Line, Source, Totals, line_amount
from domain.shared.money import Money, total
from domain.shared.party import Address, Buyer, Parties, Party
from domain.shared.tax import Tax
from domain.shared.terms import NET_30

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
TODAY = date(2026, 3, 2)
CURRENCIES = ("EUR", "JPY", "KWD")
TAXES = (Tax("S", Decimal(19), "DE"), Tax("S", Decimal(7), "DE"), Tax("Z", Decimal(0), "DE"))

PARTIES = Parties(
    seller_id=UUID(int=1),
    seller=Party(name="Seller", address=Address(country_code="DE"), vat_id="DE136695976"),
    time_zone="Europe/Berlin",
    sold_to_id=UUID(int=2),
    bill_to_id=UUID(int=2),
    ship_to_id=UUID(int=2),
    ship_to_country="DE",
    buyer=Buyer(name="Buyer", address=Address(country_code="DE")),
    region="North",
    segment="retail",
)


def line(line_id: str, quantity: Decimal, price: Decimal, tax: Tax, currency: str) -> Line:
    """A line at its list price."""
    return Line(
        line_id=line_id,
        product_id=None,
        item_name="Thing",
        seller_item_id="T",
        product_line="Things",
        quantity=quantity,
        unit_code="C62",
        gross_price=price,
        net_price=price,
        base_quantity=Decimal(1),
        allowance=Decimal(0),
        line_extension_amount=line_amount(quantity, price, Decimal(1), Decimal(0), currency),
        tax=tax,
        tax_class=None,
        goods=True,
    )


@st.composite
def agreements(draw: st.DrawFn) -> Agreement:
    """One to four lines, and perhaps freight."""
    currency = draw(st.sampled_from(CURRENCIES))
    quantities = st.integers(1, 40).map(Decimal)
    prices = st.decimals("0.01", "99999", places=4)
    lines = tuple(
        line(str(place), draw(quantities), draw(prices), draw(st.sampled_from(TAXES)), currency)
        for place in range(1, draw(st.integers(1, 4)) + 1)
    )
    freight = Money.rounded(draw(st.decimals("1", "500", places=3)), currency)
    return agreement(currency, lines, draw(st.sampled_from(((), (Charge("Freight", freight, TAXES[0]),)))))


def agreement(currency: str, lines: tuple[Line, ...], charges: tuple[Charge, ...]) -> Agreement:
    """A quote's, payable within 30 days."""
    return Agreement(
        number="Q-1",
        source=Source("quote", UUID(int=3), "Q-1", 1),
        parties=PARTIES,
        currency=currency,
        lines=lines,
        charges=charges,
        payment_terms=NET_30,
        purchase_order_reference=None,
        owner="ann",
    )


def nth(number: int) -> UUID:
    """Another identity for every number."""
    return uuid5(UUID(int=9), str(number))


def as_agreed(taxed: Line | Charge) -> Tax:
    """The tax table has not changed since."""
    return taxed.tax


def add_up(parts: list[Totals], whole: Totals) -> bool:
    """Net, charges, tax of every group, and the amount to pay."""
    currency = whole.payable_amount.currency
    fields = ("line_extension_total", "charge_total", "invoice_total_vat_amount", "payable_amount")
    sums = all(total((getattr(part, name) for part in parts), currency) == getattr(whole, name) for name in fields)
    groups = {group.tax: group.vat_category_tax_amount for group in whole.tax_breakdown}
    for part in parts:
        for group in part.tax_breakdown:
            groups[group.tax] -= group.vat_category_tax_amount
    return sums and not any(groups.values())


def confirmed(agreement: Agreement) -> Order:
    """The order of the whole agreement, billed delivery by delivery."""
    order = Order(nth(0))
    order.place(agreement, "fulfilment", NOON)
    order.confirm(NOON)
    return order


def issued(agreement: Agreement, billable: Billable | None = None) -> Invoice:
    """The invoice of the whole agreement, or of a part of it."""
    header = InvoiceHeader(
        source=agreement.source,
        parties=agreement.parties,
        currency=agreement.currency,
        payment_terms=agreement.payment_terms,
        purchase_order_reference=None,
        tax_point_date=TODAY,
        tax_table_version=1,
        held=False,
    )
    invoice = Invoice(nth(0))
    whole = Billable(lines=agreement.lines, charges=agreement.charges, before=())
    invoice.draft_invoice(header, billable or whole, NOON)
    invoice.issue("INV-1", TODAY, NOON)
    return invoice
