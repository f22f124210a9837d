"""What an import comes to: how many of what, how much in each currency, and what was left out and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any

from domain.billing import Invoice
from domain.shared.aggregate import Event
from domain.shared.document import Totals
from domain.shared.money import Money
from domain.shared.tax import tax_on
from interfaces.importing.adventureworks.deals import LINE_TAX
from interfaces.importing.adventureworks.orders import SalesOrder
from interfaces.importing.report import plain
from interfaces.importing.rows import Problem


@dataclass(frozen=True, slots=True)
class Billed:
    """An order's invoice, as its events tell."""

    number: str
    totals: Totals
    paid: Money
    """Credits included."""

    @property
    def open(self) -> Money:
        """What is still to be paid."""
        return self.totals.payable_amount - self.paid

    @classmethod
    def of(cls, events: Iterable[Event]) -> Billed | None:
        """What an invoice's events come to; None while it is not issued."""
        billed: Billed | None = None
        for event in events:
            match event:
                case Invoice.Issued():
                    billed = cls(event.number, event.totals, Money.zero(event.totals.payable_amount.currency))
                case Invoice.PaymentApplied() | Invoice.Credited() if billed is not None:
                    billed = cls(billed.number, billed.totals, billed.paid + event.amount)
                case Invoice.PaymentUnapplied() if billed is not None:
                    billed = cls(billed.number, billed.totals, billed.paid - event.amount)
        return billed

    def differences(self, order: SalesOrder) -> list[tuple[str, str]]:
        """The columns in which it does not say what the file says."""
        expected = {
            "SalesAmount": (order.net, self.totals.line_extension_total),
            "Freight": (order.freight, self.totals.charge_total),
            "TaxAmt": (tax_on(order.net, LINE_TAX), self.totals.invoice_total_vat_amount),
        }
        return [
            (column, f"the file gives {due}, invoice {self.number} says {said}")
            for column, (due, said) in expected.items()
            if due != said
        ]


@dataclass(slots=True)
class Sum:
    """One currency's invoices, added up."""

    currency: str
    orders: int = 0
    line_extension_total: Decimal = Decimal(0)
    """BT-106."""
    freight: Decimal = Decimal(0)
    tax: Decimal = Decimal(0)
    payable: Decimal = Decimal(0)
    paid: Decimal = Decimal(0)
    open: Decimal = Decimal(0)
    file_sales_amount: Decimal = Decimal(0)
    """As it stands in the file, with four decimals."""
    lines_rounded: int = 0
    """How many lines' amounts had to be rounded."""

    def add(self, order: SalesOrder, billed: Billed) -> None:
        """One order more."""
        self.orders += 1
        self.line_extension_total += billed.totals.line_extension_total.amount
        self.freight += billed.totals.charge_total.amount
        self.tax += billed.totals.invoice_total_vat_amount.amount
        self.payable += billed.totals.payable_amount.amount
        self.paid += billed.paid.amount
        self.open += billed.open.amount
        for line in order.lines:
            self.file_sales_amount += line.sales_amount
            self.lines_rounded += Money.rounded(line.sales_amount, self.currency).amount != line.sales_amount


@dataclass(slots=True)
class Report:
    """The outcome."""

    orders: int = 0
    """Carried to the end, now or before."""
    lines: int = 0
    known_before: int = 0
    """Of the orders, those that were settled before this import began."""
    left_out: list[str] = field(default_factory=list)
    """Orders that are not imported, or not to the end."""
    problems: list[Problem] = field(default_factory=list)
    _customers: set[str] = field(default_factory=set)
    _products: set[str] = field(default_factory=set)
    currencies: dict[str, Sum] = field(default_factory=dict)
    position: int = 0
    """Of the last event of the log."""
    seconds: float = 0.0

    def add(self, order: SalesOrder, billed: Billed) -> None:
        """An order has come to its end."""
        self.orders += 1
        self.lines += len(order.lines)
        self._customers.add(order.heading.reseller.external_id)
        self._products.update(line.product.sku for line in order.lines)
        currency = order.heading.currency
        self.currencies.setdefault(currency, Sum(currency)).add(order, billed)

    @property
    def customers(self) -> int:
        """Who ordered."""
        return len(self._customers)

    @property
    def products(self) -> int:
        """What was ordered."""
        return len(self._products)

    @property
    def rounding(self) -> dict[str, Decimal | int]:
        """Why the file's total is not the invoices': every line is rounded to its currency, once."""
        sums = self.currencies.values()
        raw = sum((one.file_sales_amount for one in sums), Decimal(0))
        billed = sum((one.line_extension_total for one in sums), Decimal(0))
        return {
            "file_sales_amount": raw,
            "line_extension_total": billed,
            "difference": billed - raw,
            "lines_rounded": sum(one.lines_rounded for one in sums),
        }

    def as_json(self) -> dict[str, Any]:
        """Everything, amounts as decimal strings."""
        return {
            "orders": self.orders,
            "lines": self.lines,
            "customers": self.customers,
            "products": self.products,
            "known_before": self.known_before,
            "currencies": [plain(asdict(self.currencies[currency])) for currency in sorted(self.currencies)],
            "rounding": plain(self.rounding),
            "left_out": sorted(self.left_out),
            "problems": [asdict(problem) for problem in self.problems],
            "position": self.position,
            "seconds": round(self.seconds, 1),
        }
