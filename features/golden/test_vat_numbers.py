"""@Q2C-4: VAT numbers of the union, valid and not, as the library's own collection has them."""

from __future__ import annotations

from features.golden.rows import Row, golden
from infrastructure.vat_numbers import checked_vat_number


@golden("stdnum_vectors.csv")
def test_vat_numbers(row: Row) -> None:
    found = checked_vat_number(row["number"])
    assert (found is not None) == (row["expected_valid"] == "true")
    assert found is None or (found.isalnum() and checked_vat_number(found) == found)
