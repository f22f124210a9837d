"""Documents of Online Retail: bad rows leave theirs out; cancellations take back the latest sales first."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.importing.folders import Rows, change
from interfaces.importing.online_retail.documents import Document, DocumentLine, Source, read
from interfaces.importing.online_retail.leftovers import Reason, left_over
from interfaces.importing.online_retail.matching import Match, Sold, Taken, match
from interfaces.importing.rows import Unreadable

EXCERPT = Path(__file__).parent / "online_retail"
FILE = "online_retail"
BEGINNING = datetime(2011, 1, 3, 9)  # noqa: DTZ001  # as in the file, by the seller's clock


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / f"{FILE}.csv").write_bytes((EXCERPT / f"{FILE}.csv").read_bytes())
    return tmp_path


def row_of(rows: Rows, number: str) -> dict[str, str]:
    return next(row for row in rows if row["InvoiceNo"] == number)


def test_the_excerpt_is_read_whole() -> None:
    source = read(EXCERPT)
    assert (source.rows, len(source.documents), source.total) == (42, 30, Decimal("-14245.049"))
    assert source.problems == []
    assert [one.at for one in source.documents] == sorted(one.at for one in source.documents)
    late = next(one for one in source.documents if one.number == "544926")
    assert f"{late.at:%H:%M}" == "17:50"


def test_a_file_is_as_good_as_its_folder(folder: Path) -> None:
    assert read(folder / f"{FILE}.csv").documents == read(folder).documents
    with pytest.raises(Unreadable, match="neither a file nor a folder"):
        read(folder / "other.csv")


@pytest.mark.parametrize(
    ("number", "column", "value", "reason"),
    [
        ("539500", "InvoiceNo", "S539500", "is not a number of six digits"),
        ("539500", "StockCode", "", "is empty"),
        ("539500", "Quantity", "1.5", "is not a number of pieces"),
        ("539500", "Quantity", "0", "is not a number of pieces"),
        ("539500", "Quantity", "-4", "-4 pieces in a sale"),
        ("C537572", "Quantity", "4", "4 pieces in a cancellation"),
        ("539500", "UnitPrice", "x", "not a number"),
        ("539500", "InvoiceDate", "2010-12-20", "not a date and time"),
        ("539500", "InvoiceDate", "2010-12-20 25:00:00", "not a date and time"),
        ("539500", "Country", "Utopia", "'Utopia' is not known as a country"),
        ("539500", "CustomerID", "1" * 51, "longer than 50"),
        ("552541", "Country", "Spain", "another than in row"),
        ("552541", "CustomerID", "12345.0", "another than in row"),
        ("552541", "InvoiceDate", "2011-05-11 09:00:00", "another day than in row"),
    ],
)
def test_a_bad_row_leaves_its_document_out(folder: Path, number: str, column: str, value: str, reason: str) -> None:
    def edit(rows: Rows) -> None:
        [row for row in rows if row["InvoiceNo"] == number][-1][column] = value

    change(folder, FILE, edit)
    source = read(folder)
    (problem,) = source.problems
    assert (problem.file, problem.column) == (f"{FILE}.csv", column)
    assert reason in problem.reason
    assert set(source.left_out) == {value if column == "InvoiceNo" else number}
    assert len(source.documents) == 29


def test_what_is_left_of_a_document_with_a_bad_row_is_counted(folder: Path) -> None:
    def edit(rows: Rows) -> None:
        row_of(rows, "552541")["Quantity"] = "many"

    change(folder, FILE, edit)
    source = read(folder)
    assert source.left_out == {"552541": Decimal("59.80")}
    assert source.total == sum((one.amount for one in source.documents), Decimal("59.80"))


def test_a_row_without_number_leaves_out_both_that_it_may_belong_to(folder: Path) -> None:
    def edit(rows: Rows) -> None:
        row_of(rows, "543599")["InvoiceNo"] = " "

    change(folder, FILE, edit)
    source = read(folder)
    assert [problem.reason for problem in source.problems] == ["is empty"]
    assert set(source.left_out) == {"C540841", "544926"}


def matched(source: Source) -> dict[str, list[tuple[list[tuple[str, int, int]], int]]]:
    """By cancellation and line: invoice, line and pieces of what it takes back, and the rest."""
    return {
        number: [([(one.sold.invoice, one.sold.place, one.pieces) for one in line.taken], line.rest) for line in lines]
        for number, lines in match(source.documents).items()
    }


def test_cancellations_of_the_excerpt_find_their_sales() -> None:
    found = matched(read(EXCERPT))
    assert found["C580913"] == [([("551576", 1, 60), ("546926", 2, 60)], 0)]
    assert found["C536826"] == [([("536397", 1, 2)], 0), ([("536397", 1, 3)], 0)]
    assert found["C573079"] == [([("573077", 1, 1)], 1)]
    assert found["C540841"] == [([], 1), ([("538719", 1, 40)], 0)]
    assert found["C536383"] == [([], 1)]
    assert "C537572" not in found


def test_what_is_not_billed_is_told_with_its_reason() -> None:
    source = read(EXCERPT)
    matches = match(source.documents)
    left = [one for document in source.documents for one in left_over(document, matches.get(document.number))]
    assert Counter(one.reason for one in left) == {
        Reason.STOCK: 2,
        Reason.FREE: 1,
        Reason.BAD_DEBT: 3,
        Reason.ANONYMOUS: 1,
        Reason.DISCOUNT: 1,
        Reason.BY_HAND: 2,
        Reason.NO_SALE: 2,
        Reason.REST: 1,
    }
    assert sum(one.amount for one in left) == Decimal("-4351.73") - Decimal("11062.06")


def document(
    number: str, hour: int, quantity: int, *, customer: str = "1", code: str = "A", price: int = 2
) -> Document:
    return Document(
        number=number,
        kind="sale" if quantity > 0 else "cancellation",
        customer=customer,
        country="France",
        at=BEGINNING + timedelta(hours=hour),
        lines=(DocumentLine(1, code, "Lamp", quantity, Decimal(price)),),
        row=hour,
    )


def test_only_the_same_item_at_the_same_price_to_the_same_customer_matches() -> None:
    sales = [
        document("1", 1, 5),
        document("2", 2, 5, customer="2"),
        document("3", 3, 5, code="B"),
        document("4", 4, 5, price=3),
        document("5", 5, 5, customer=""),
    ]
    found = match([*sales, document("C6", 6, -7), document("7", 7, 5)])
    assert found["C6"][0].taken == (Taken(Sold("1", 1, 5), 5),)
    assert found["C6"][0].rest == 2
    assert found["C6"][0].rest_amount == -4


steps = st.lists(
    st.tuples(st.sampled_from("AB"), st.sampled_from((2, 3)), st.integers(-9, 9).filter(bool)), max_size=30
)


@given(steps)
def test_what_comes_back_was_sold_before_and_never_twice(written: list[tuple[str, int, int]]) -> None:
    documents = [
        document(f"{'C' if quantity < 0 else ''}{hour}", hour, quantity, code=code, price=price)
        for hour, (code, price, quantity) in enumerate(written)
    ]
    by_number = {one.number: one for one in documents}
    back: Counter[str] = Counter()
    for number, (line,) in match(documents).items():
        assert line.rest + sum(one.pieces for one in line.taken) == -by_number[number].lines[0].quantity
        assert line.credited_amount + line.rest_amount == by_number[number].amount
        invoices = [by_number[one.sold.invoice] for one in line.taken]
        assert [one.at for one in invoices] == sorted((one.at for one in invoices), reverse=True)
        for taken, sale in zip(line.taken, invoices, strict=True):
            assert sale.at < by_number[number].at
            assert (sale.lines[0].stock_code, sale.lines[0].unit_price) == (line.line.stock_code, line.line.unit_price)
            back[sale.number] += taken.pieces
        if line.rest:
            assert_nothing_is_left(by_number[number], documents, back)
    assert all(pieces <= by_number[number].lines[0].quantity for number, pieces in back.items())


def assert_nothing_is_left(cancellation: Document, documents: list[Document], back: Counter[str]) -> None:
    """A rest is a rest only when every earlier sale that matches has come back wholly."""
    wanted = cancellation.lines[0]
    for one in documents:
        line = one.lines[0]
        same = (line.stock_code, line.unit_price) == (wanted.stock_code, wanted.unit_price)
        if one.kind == "sale" and one.at < cancellation.at and same:
            assert back[one.number] == line.quantity


def test_a_match_knows_its_rest() -> None:
    line = DocumentLine(1, "A", "Lamp", -5, Decimal("1.50"))
    found = Match(line, (Taken(Sold("1", 1, 12), 3),))
    assert (found.rest, found.rest_amount, found.credited_amount) == (2, Decimal("-3.00"), Decimal("-4.50"))
