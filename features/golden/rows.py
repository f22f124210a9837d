"""The golden rows, and which of them the README lists as skipped. A row that it does not list is run."""

from __future__ import annotations

import csv
import json
import re
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
README = (HERE / "README.md").read_text()
LINES = "en16931_invoice_totals.json (lines)"
"""The lines of the documents in that file, counted through."""

Row = dict[str, Any]


def numbers(text: str) -> Any:
    """JSON with exact decimals instead of binary floating point."""
    return json.loads(text, parse_float=Decimal)


@cache
def rows_of(name: str) -> list[Row]:
    """Every row of a file; the first is number 1."""
    if name == LINES:
        return [line for document in rows_of("en16931_invoice_totals.json") for line in _lines_of(document)]
    path = HERE / "data" / name
    if path.suffix == ".csv":
        with path.open(newline="") as file:
            return list(csv.DictReader(file))
    content = numbers(path.read_text())
    found: list[Row] = content.get("documents") or content["cases"]
    return found


def _lines_of(document: Row) -> list[Row]:
    return [{**line, "currency": document["currency"]} for line in document["lines"]]


def skipped(name: str) -> dict[int, str]:
    """Row number to reason, as the README's table of skipped rows says."""
    found: dict[int, str] = {}
    for listed, ranges, reason in re.findall(r"^\| `(.+?)` \| ([\d, –]+?) \| ([^|]+?) \|$", README, re.MULTILINE):
        if listed == name:
            for first, last in re.findall(r"(\d+)(?:–(\d+))?", ranges):
                found |= dict.fromkeys(range(int(first), int(last or first) + 1), reason)
    return found


TAKEN: dict[str, set[int]] = {}
"""Which rows of which file tests have asked for, once their modules are imported."""


def golden(name: str) -> pytest.MarkDecorator:
    """Run the test once for each row of the file that is not listed as skipped."""
    left_out = skipped(name)
    rows = {number: row for number, row in enumerate(rows_of(name), start=1) if number not in left_out}
    TAKEN.setdefault(name, set()).update(rows)
    return pytest.mark.parametrize("row", [pytest.param(row, id=f"row {number}") for number, row in rows.items()])
