"""Folders of files to import: parts of the sample, with or without something wrong in them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

from interfaces.importing.adventureworks import orders

SAMPLE = Path(orders.__file__).parent / "sample"
FACTS = "FactResellerSales"

Rows = list[dict[str, str]]


def a_dozen(folder: Path) -> Path:
    """Twelve orders of the sample, from all of its days and in both of its currencies."""
    for path in SAMPLE.glob("*.csv"):
        (folder / path.name).write_bytes(path.read_bytes())
    rows = read(folder, FACTS)
    wanted = set(sorted({row["SalesOrderNumber"] for row in rows})[::18])
    write(folder, FACTS, [row for row in rows if row["SalesOrderNumber"] in wanted])
    return folder


def change(folder: Path, table: str, edit: Callable[[Rows], object]) -> None:
    """Edit the rows of a table in place."""
    rows = read(folder, table)
    edit(rows)
    write(folder, table, rows)


def read(folder: Path, table: str) -> Rows:
    with (folder / f"{table}.csv").open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def write(folder: Path, table: str, rows: Rows) -> None:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    (folder / f"{table}.csv").write_text(text.getvalue(), encoding="utf-8", newline="")
