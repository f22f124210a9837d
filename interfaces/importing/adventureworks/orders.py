"""The reseller orders of AdventureWorksDW (FactResellerSales): each whole and free of contradictions, or left out."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

from domain.shared.money import Money, total
from interfaces.importing.adventureworks.dimensions import Dimensions, Product, Reseller
from interfaces.importing.rows import BadRow, Problem, Row, Table

TAX_PERCENT = Decimal(8)
TAX_TOLERANCE = Decimal("0.0001")
"""The file rounds a line's tax to four decimals."""

SAME_IN_ORDER = (
    *("ResellerKey", "CurrencyKey", "EmployeeKey", "CustomerPONumber", "CarrierTrackingNumber"),
    *("OrderDate", "ShipDate", "DueDate"),
)
COLUMNS = (
    *("SalesOrderNumber", "SalesOrderLineNumber", "ProductKey", "OrderQuantity", "UnitPrice", "ExtendedAmount"),
    *("SalesAmount", "TaxAmt", "Freight", *SAME_IN_ORDER),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    """A row of the file."""

    line_id: str
    product_key: str
    """The version of the product."""
    product: Product
    quantity: Decimal
    unit_price: Decimal
    """After volume promotions, which the file has taken off already."""
    extended_amount: Decimal
    sales_amount: Decimal
    freight: Decimal

    @property
    def allowance(self) -> Decimal:
        """What is taken off the line. The file's DiscountAmount is rounded, and so is not used."""
        return self.extended_amount - self.sales_amount


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """What all rows of an order have in common."""

    number: str
    reseller: Reseller
    currency: str
    employee: str
    purchase_order: str
    tracking: str | None
    order_date: date
    ship_date: date
    due_date: date


@dataclass(frozen=True, slots=True)
class SalesOrder:
    """An order with all of its lines."""

    heading: Heading
    lines: tuple[OrderLine, ...]
    file: str
    row: int
    """Where it begins."""

    @property
    def net(self) -> Money:
        """What its invoice's lines must add up to: each line's SalesAmount, rounded (BT-106)."""
        currency = self.heading.currency
        return total((Money.rounded(line.sales_amount, currency) for line in self.lines), currency)

    @property
    def freight(self) -> Money:
        """Its lines' freight, added first and rounded once."""
        return Money.rounded(sum((line.freight for line in self.lines), Decimal(0)), self.heading.currency)


@dataclass(slots=True)
class Source:
    """Everything that the files say."""

    orders: list[SalesOrder] = field(default_factory=list)
    """In the order of the file."""
    rows: int = 0
    """Of FactResellerSales, the bad ones included."""
    left_out: set[str] = field(default_factory=set)
    """Numbers of the orders that have a bad row."""
    problems: list[Problem] = field(default_factory=list)


def read(folder: Path) -> Source:
    """Read the whole folder. Raises Unreadable where a file is missing, damaged or of another layout."""
    source = Source()
    dimensions = Dimensions(folder)
    drafts: dict[str, Draft] = {}
    before, ownerless = "", False
    for row in Table(folder, "FactResellerSales", COLUMNS).rows():
        source.rows += 1
        number = row.values["SalesOrderNumber"].strip() if isinstance(row, Row) else ""
        if ownerless or not number:
            # Whose row that is cannot be told: the order before it or after it may miss it.
            source.left_out |= {before, number}
        before, ownerless = number or before, not number
        try:
            if isinstance(row, Problem):
                raise BadRow(row)
            if number not in drafts:
                drafts[number] = Draft(row, _heading(row, dimensions))
            drafts[number].add(row, _line(row, dimensions))
        except BadRow as bad:
            source.problems.append(bad.problem)
            source.left_out.add(number)
    source.left_out.discard("")
    source.orders = [draft.whole() for number, draft in drafts.items() if number not in source.left_out | {""}]
    return source


class Draft:
    """An order while its rows are being read."""

    def __init__(self, first: Row, heading: Heading) -> None:
        self._first, self._heading = first, heading
        self._rows: dict[str, tuple[Row, OrderLine]] = {}

    def add(self, row: Row, line: OrderLine) -> None:
        """One more row. Raises BadRow where it contradicts those before."""
        for column in SAME_IN_ORDER:
            if row.values[column] != self._first.values[column]:
                raise row.bad(column, f"is another than in row {self._first.number} of the same order")
        if line.line_id in self._rows:
            other = self._rows[line.line_id][0].number
            raise row.bad(
                "SalesOrderLineNumber", f"line {line.line_id} of {self._heading.number} is in row {other} already"
            )
        self._rows[line.line_id] = row, line

    def whole(self) -> SalesOrder:
        """The order that the rows make."""
        lines = tuple(line for _, line in self._rows.values())
        return SalesOrder(self._heading, lines, self._first.file, self._first.number)


def _heading(row: Row, dimensions: Dimensions) -> Heading:
    heading = Heading(
        number=row.code("SalesOrderNumber"),
        reseller=dimensions.reseller(row),
        currency=dimensions.currency(row),
        employee=row.code("EmployeeKey"),
        purchase_order=row.code("CustomerPONumber"),
        tracking=row.code("CarrierTrackingNumber") if row.text("CarrierTrackingNumber") else None,
        order_date=row.day("OrderDate"),
        ship_date=row.day("ShipDate"),
        due_date=row.day("DueDate"),
    )
    if heading.ship_date < heading.order_date:
        raise row.bad("ShipDate", f"{heading.ship_date} is before the order of {heading.order_date}")
    if heading.due_date < heading.ship_date:
        raise row.bad("DueDate", f"{heading.due_date} is before the shipment of {heading.ship_date}")
    return heading


def _line(row: Row, dimensions: Dimensions) -> OrderLine:
    line = OrderLine(
        line_id=str(row.whole("SalesOrderLineNumber")),
        product_key=row.key("ProductKey"),
        product=dimensions.product(row),
        quantity=Decimal(row.whole("OrderQuantity")),
        unit_price=row.amount("UnitPrice"),
        extended_amount=row.amount("ExtendedAmount"),
        sales_amount=row.amount("SalesAmount"),
        freight=row.amount("Freight"),
    )
    if line.quantity * line.unit_price != line.extended_amount:
        raise row.bad("ExtendedAmount", f"{line.extended_amount} is not {line.quantity} x {line.unit_price}")
    if line.sales_amount > line.extended_amount:
        raise row.bad("SalesAmount", f"{line.sales_amount} is more than the {line.extended_amount} before discount")
    if abs(row.amount("TaxAmt") - line.sales_amount * TAX_PERCENT / 100) > TAX_TOLERANCE:
        raise row.bad("TaxAmt", f"is not {TAX_PERCENT} % of {line.sales_amount}")
    return line
