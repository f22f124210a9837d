"""Reading the files: every row is judged column by column, so that all that is wrong with it is told at once."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from interfaces.importing.csv_files import customers, opening_balances, price_books, products
from interfaces.importing.csv_files.customers import CustomerRecord
from interfaces.importing.csv_files.forms import Form, FormName, R
from interfaces.importing.csv_files.opening_balances import BalanceRecord
from interfaces.importing.csv_files.price_books import PriceRecord
from interfaces.importing.csv_files.products import ProductRecord
from interfaces.importing.rows import BadRow, Problem, Row, Unreadable, delimiter_of, header_of, rows_of

FORMS: tuple[Form[Any], ...] = (customers.FORM, products.FORM, price_books.FORM, opening_balances.FORM)


@dataclass(slots=True)
class Sheets:
    """Everything that the files say."""

    rows: dict[FormName, int] = field(default_factory=dict)
    """How many each file has, the bad ones included."""
    customers: list[CustomerRecord] = field(default_factory=list)
    products: list[ProductRecord] = field(default_factory=list)
    prices: list[PriceRecord] = field(default_factory=list)
    balances: list[BalanceRecord] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def total(self) -> int:
        """All rows."""
        return sum(self.rows.values())


def read(paths: Sequence[Path]) -> Sheets:
    """Read files, and those of folders, by their names. Raises Unreadable."""
    files = _files(paths)
    sheets = Sheets()
    sheets.customers += _records(customers.FORM, files, sheets)
    sheets.products += _records(products.FORM, files, sheets)
    sheets.prices += _records(price_books.FORM, files, sheets)
    sheets.balances += _records(opening_balances.FORM, files, sheets)
    return sheets


def write_templates(folder: Path) -> list[Path]:
    """A file of each kind with its header and a row to copy. Raises Unreadable rather than overwrite one."""
    paths = [folder / f"{form.name}.csv" for form in FORMS]
    if there := [path.name for path in paths if path.exists()]:
        raise Unreadable(f"{folder} has {', '.join(there)} already")
    folder.mkdir(parents=True, exist_ok=True)
    for form, path in zip(FORMS, paths, strict=True):
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows((form.columns, [column.example for column in form.columns.values()]))
    return paths


def _files(paths: Sequence[Path]) -> dict[FormName, Path]:
    files: dict[FormName, Path] = {}
    for path in paths:
        found = list(_of_folder(path)) if path.is_dir() else [(_form_of(path), path)]
        for name, file in found:
            if name in files:
                raise Unreadable(f"{file} and {files[name]} are both {name}")
            files[name] = file
    if not files:
        raise Unreadable(f"there is none of {', '.join(f'{form.name}.csv' for form in FORMS)}")
    return files


def _of_folder(folder: Path) -> Iterator[tuple[FormName, Path]]:
    for form in FORMS:
        if (file := folder / f"{form.name}.csv").is_file():
            yield form.name, file


def _form_of(path: Path) -> FormName:
    if not path.is_file():
        raise Unreadable(f"{path} is neither a file nor a folder")
    for form in FORMS:
        if path.name == f"{form.name}.csv":
            return form.name
    raise Unreadable(f"{path.name} is none of {', '.join(f'{form.name}.csv' for form in FORMS)}")


def _records(form: Form[R], files: dict[FormName, Path], sheets: Sheets) -> Iterator[R]:
    path = files.get(form.name)
    if path is None:
        return
    sheets.rows[form.name] = 0
    delimiter = delimiter_of(path)
    sheets.problems += _unknown_columns(form, path, header_of(path, form.required, delimiter))
    for row in rows_of(path, form.required, delimiter):
        sheets.rows[form.name] += 1
        if isinstance(row, Problem):
            sheets.problems.append(row)
            continue
        said = replace(row, values=dict.fromkeys(form.columns, "") | row.values, decimal_comma=delimiter == ";")
        record = _record(form, said, sheets.problems)
        if record is not None:
            yield record


def _unknown_columns(form: Form[R], path: Path, header: Sequence[str]) -> Iterator[Problem]:
    for name in dict.fromkeys(header):
        if name not in form.columns:
            yield Problem(path.name, 1, name, f"is none of its columns: {', '.join(form.columns)}")


def _record(form: Form[R], row: Row, problems: list[Problem]) -> R | None:
    values, bad = {}, []
    for name, column in form.columns.items():
        try:
            values[name] = column.read(row, name)
        except BadRow as one:
            bad.append(one.problem)
    problems += bad
    return None if bad else form.record(row=row, **values)
