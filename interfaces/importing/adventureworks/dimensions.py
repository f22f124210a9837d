"""The dimensions of AdventureWorksDW: who orders, from where, what is sold, in which currency.

The versions of a product (several `ProductKey` of one `ProductAlternateKey`, for other costs and list prices) are one
product, as its SKU says: they follow one another and are never sold at the same time. `StartDate` and `EndDate` are not
used, since half of them contradict each other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Generic, TypeVar

from domain.shared.countries import check_country
from domain.shared.money import minor_units
from domain.shared.party import Address
from domain.shared.refusal import Invalid
from interfaces.importing.rows import BadRow, Problem, Row, Table

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Reseller:
    """A row of DimReseller with its place and its sales territory."""

    external_id: str
    name: str
    segment: str
    address: Address
    region: str


@dataclass(frozen=True, slots=True)
class Product:
    """What the rows of DimProduct with one alternate key have in common."""

    sku: str
    name: str
    product_line: str


class Known(Generic[T]):
    """The rows of one dimension."""

    def __init__(self, table: str) -> None:
        self._table = table
        self._good: dict[str, T] = {}
        self._bad: dict[str, str] = {}
        self._nameless: list[str] = []

    def learn(self, row: Row | Problem, column: str, meaning: Callable[[Row], T]) -> None:
        """Keep what the row means under its key, or what is wrong with it."""
        try:
            if isinstance(row, Problem):
                raise BadRow(row)
            key = row.key(column)
        except BadRow as bad:
            self._nameless.append(str(bad.problem.row))
            return
        if key in self._good or key in self._bad:
            self._good.pop(key, None)
            self._bad[key] = f"it stands in row {row.number} again"
            return
        try:
            self._good[key] = meaning(row)
        except BadRow as bad:
            self._bad[key] = f"row {row.number}, {bad.problem.column}: {bad.problem.reason}"

    def by(self, row: Row, column: str) -> T:
        """What the row refers to. Raises BadRow with all that is known of it."""
        key = row.key(column)
        if key in self._good:
            return self._good[key]
        why = self._bad.get(key) or (self._nameless and f"row {', '.join(self._nameless)} has no key that can be read")
        raise row.bad(column, f"{self._table} has no good row {key}" + (f" ({why})" if why else ""))


class Dimensions:
    """The rows that orders refer to. A bad one is told where it is referred to: what nobody needs is not judged."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._territories = self._known("DimSalesTerritory", _name_in("SalesTerritoryRegion"), "SalesTerritoryRegion")
        self._categories = self._known(
            "DimProductCategory", _name_in("EnglishProductCategoryName"), "EnglishProductCategoryName"
        )
        self._subcategories = self._known(
            "DimProductSubcategory", self._product_line, "EnglishProductSubcategoryName", "ProductCategoryKey"
        )
        self._places = self._known(
            *("DimGeography", self._place, "City", "StateProvinceCode", "CountryRegionCode"),
            *("PostalCode", "SalesTerritoryKey"),
        )
        self._currencies = self._known("DimCurrency", _currency, "CurrencyAlternateKey")
        self._products = self._known(
            *("DimProduct", self._product, "ProductAlternateKey", "EnglishProductName", "ProductSubcategoryKey"),
        )
        self._resellers = self._known(
            *("DimReseller", self._reseller, "ResellerAlternateKey", "ResellerName", "BusinessType"),
            *("AddressLine1", "AddressLine2", "GeographyKey"),
        )

    def reseller(self, row: Row) -> Reseller:
        """Who is meant by a row's ResellerKey. Raises BadRow, as the others do."""
        return self._resellers.by(row, "ResellerKey")

    def product(self, row: Row) -> Product:
        """What is meant by a row's ProductKey."""
        return self._products.by(row, "ProductKey")

    def currency(self, row: Row) -> str:
        """The ISO 4217 code that is meant by a row's CurrencyKey."""
        return self._currencies.by(row, "CurrencyKey")

    def _known(self, table: str, meaning: Callable[[Row], T], *columns: str) -> Known[T]:
        key = f"{table.removeprefix('Dim')}Key"
        known: Known[T] = Known(table)
        for row in Table(self._folder, table, (key, *columns)).rows():
            known.learn(row, key, meaning)
        return known

    def _product_line(self, row: Row) -> str:
        category = self._categories.by(row, "ProductCategoryKey")
        return f"{category} / {row.name('EnglishProductSubcategoryName')}"

    def _product(self, row: Row) -> Product:
        line = ""
        if row.text("ProductSubcategoryKey"):
            line = self._subcategories.by(row, "ProductSubcategoryKey")
        return Product(row.code("ProductAlternateKey"), row.name("EnglishProductName"), line)

    def _place(self, row: Row) -> tuple[Address, str]:
        address = Address(
            country_code=row.code("CountryRegionCode"),
            city=row.text("City"),
            post_code=row.text("PostalCode"),
            subdivision=row.text("StateProvinceCode"),
        )
        try:
            check_country(address.country_code)
        except Invalid:
            raise row.bad("CountryRegionCode", f"{address.country_code!r} is not a country's code") from None
        return address, self._territories.by(row, "SalesTerritoryKey")

    def _reseller(self, row: Row) -> Reseller:
        place, region = self._places.by(row, "GeographyKey")
        street = ", ".join(filter(None, (row.text("AddressLine1"), row.text("AddressLine2"))))
        return Reseller(
            external_id=row.code("ResellerAlternateKey"),
            name=row.name("ResellerName"),
            segment=row.text("BusinessType"),
            address=replace(place, street=street),
            region=region,
        )


def _name_in(column: str) -> Callable[[Row], str]:
    return lambda row: row.name(column)


def _currency(row: Row) -> str:
    code = row.code("CurrencyAlternateKey")
    try:
        minor_units(code)
    except Invalid:
        raise row.bad("CurrencyAlternateKey", f"{code!r} is not a currency of ISO 4217") from None
    return code
