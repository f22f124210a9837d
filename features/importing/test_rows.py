"""Every kind of bad row is told with file, row, column and reason, and its order is left out; the others are not."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from features.importing.folders import FACTS, SAMPLE, Rows, a_dozen, change
from interfaces.importing.adventureworks.orders import read
from interfaces.importing.rows import Unreadable

SECOND = 1  # of the first order, which has many


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return a_dozen(tmp_path)


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("UnitPrice", "twelve", "not a number"),
        ("UnitPrice", "NaN", "not a number"),
        ("UnitPrice", "1e3", "not a number"),
        ("Freight", "", "not a number"),
        ("Freight", "-1.0000", "negative"),
        ("OrderQuantity", "-3", "not a whole number above zero"),
        ("OrderQuantity", "0", "not a whole number above zero"),
        ("OrderQuantity", "1.5", "not a whole number above zero"),
        ("SalesOrderLineNumber", "x", "not a whole number above zero"),
        ("ProductKey", "99999", "DimProduct has no good row 99999"),
        ("ProductKey", "", "empty"),
        ("ExtendedAmount", "1.0000", "is not"),
        ("SalesAmount", "999999.0000", "more than"),
        ("TaxAmt", "0.0000", "is not 8 %"),
        ("ResellerKey", "1", "another than in row 2"),
        ("CurrencyKey", "19", "another than in row 2"),
        ("CustomerPONumber", "PO1", "another than in row 2"),
        ("OrderDate", "2010-12-30", "another than in row 2"),
    ],
)
def test_a_bad_value_leaves_its_order_out(folder: Path, column: str, value: str, reason: str) -> None:
    change(folder, FACTS, lambda rows: rows[SECOND].__setitem__(column, value))
    source = read(folder)
    (problem,) = source.problems
    assert (problem.file, problem.row, problem.column) == ("FactResellerSales.csv", SECOND + 2, column)
    assert reason in problem.reason
    assert source.left_out == {"SO43659"}
    assert len(source.orders) == 11


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("OrderDate", "2010-13-01", "not a date"),
        ("OrderDate", "20101229", "not a date"),
        ("ShipDate", "2010-12-28", "before the order"),
        ("DueDate", "2011-01-04", "before the shipment"),
        ("ResellerKey", "0", "DimReseller has no good row 0"),
        ("CurrencyKey", "1", "DimCurrency has no good row 1"),
        ("CustomerPONumber", "", "empty"),
        ("EmployeeKey", "2" * 51, "longer than 50"),
    ],
)
def test_a_bad_heading_is_told_for_each_of_its_rows(folder: Path, column: str, value: str, reason: str) -> None:
    def edit(rows: Rows) -> None:
        for row in rows:
            if row["SalesOrderNumber"] == "SO43659":
                row[column] = value

    change(folder, FACTS, edit)
    source = read(folder)
    assert {(problem.row, problem.column) for problem in source.problems} == {(row, column) for row in range(2, 14)}
    assert all(reason in problem.reason for problem in source.problems)
    assert source.left_out == {"SO43659"}
    assert len(source.orders) == 11


def test_a_line_that_stands_twice_leaves_its_order_out(folder: Path) -> None:
    change(folder, FACTS, lambda rows: rows.append(rows[SECOND]))
    source = read(folder)
    (problem,) = source.problems
    assert "line 2 of SO43659 is in row 3 already" in problem.reason
    assert source.left_out == {"SO43659"}


def test_a_row_without_order_leaves_out_both_that_it_may_belong_to(folder: Path) -> None:
    def edit(rows: Rows) -> None:
        last = [row for row in rows if row["SalesOrderNumber"] == "SO43659"][-1]
        last["SalesOrderNumber"] = " "

    change(folder, FACTS, edit)
    source = read(folder)
    (problem,) = source.problems
    assert (problem.row, problem.column, problem.reason) == (13, "SalesOrderNumber", "is empty")
    assert len(source.left_out) == 2
    assert len(source.orders) == 10


def test_a_row_with_a_value_too_few_is_told(folder: Path) -> None:
    path = folder / "FactResellerSales.csv"
    lines = path.read_text().splitlines(keepends=True)
    lines[2] = lines[2].partition(",")[2]
    path.write_text("".join(lines))
    (problem,) = read(folder).problems
    assert (problem.row, problem.reason) == (3, "has 26 values, the header has 27")


def test_a_text_that_is_not_utf8_is_told(folder: Path) -> None:
    path = folder / "FactResellerSales.csv"
    path.write_bytes(path.read_bytes().replace(b"PO522145787", b"PO52214578\xff"))
    source = read(folder)
    assert {problem.reason for problem in source.problems} == {"is not UTF-8 text"}
    assert source.left_out == {"SO43659"}


@pytest.mark.parametrize(
    ("table", "column", "value", "reason"),
    [
        ("DimProduct", "ProductAlternateKey", "", "ProductAlternateKey: is empty"),
        ("DimProduct", "ProductSubcategoryKey", "99", "DimProductSubcategory has no good row 99"),
        ("DimReseller", "ResellerName", "", "ResellerName: is empty"),
        ("DimGeography", "CountryRegionCode", "USA", "'USA' is not a country's code"),
        ("DimGeography", "SalesTerritoryKey", "77", "DimSalesTerritory has no good row 77"),
        ("DimCurrency", "CurrencyAlternateKey", "AFA", "'AFA' is not a currency of ISO 4217"),
    ],
)
def test_what_orders_refer_to_is_judged_with_them(
    folder: Path, table: str, column: str, value: str, reason: str
) -> None:
    change(folder, table, lambda rows: [row.update({column: value}) for row in rows])
    source = read(folder)
    assert source.orders == []
    assert len(source.left_out) == 12
    assert all(reason in problem.reason for problem in source.problems)


def test_what_no_order_refers_to_is_not_judged(folder: Path) -> None:
    change(
        folder, "DimCurrency", lambda rows: rows.append(rows[0] | {"CurrencyKey": "1", "CurrencyAlternateKey": "AFA"})
    )
    assert read(folder).problems == []
    assert read(SAMPLE).problems == []


def test_a_key_that_stands_twice_is_not_guessed_at(folder: Path) -> None:
    change(folder, "DimCurrency", lambda rows: rows.append(rows[-1]))
    source = read(folder)
    assert source.left_out
    assert all("it stands in row 4 again" in problem.reason for problem in source.problems)


def test_a_missing_file_is_told(folder: Path) -> None:
    (folder / "DimReseller.csv").unlink()
    with pytest.raises(Unreadable, match=r"no DimReseller\.csv"):
        read(folder)


def test_a_missing_column_is_told(folder: Path) -> None:
    change(folder, FACTS, lambda rows: [row.pop("UnitPrice") for row in rows])
    with pytest.raises(Unreadable, match="no column UnitPrice"):
        read(folder)


def test_a_damaged_file_is_told(folder: Path) -> None:
    path = folder / "FactResellerSales.csv"
    (folder / "FactResellerSales.csv.gz").write_bytes(gzip.compress(path.read_bytes())[:-2000])
    with pytest.raises(Unreadable, match="cannot be read"):
        read(folder)


def test_a_quotation_mark_without_end_is_told(folder: Path) -> None:
    path = folder / "FactResellerSales.csv"
    path.write_text(path.read_text().replace("PO522145787", '"PO522145787', 1))
    with pytest.raises(Unreadable, match="cannot be read"):
        read(folder)
