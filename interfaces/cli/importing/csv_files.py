"""`q2c import csv`: a house's own master data and open invoices."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from infrastructure.migrate import assert_migrated, migrate
from infrastructure.vat_numbers import checked_vat_number
from interfaces.cli._console import console
from interfaces.cli.importing._running import (
    LEFT_OUT,
    AsJson,
    Moved,
    carry_out,
    read_or_exit,
    say,
    show_problems,
)
from interfaces.importing.csv_files import carrying
from interfaces.importing.csv_files.desk import Desk
from interfaces.importing.csv_files.reading import Sheets, read, write_templates
from interfaces.importing.csv_files.report import Report
from interfaces.importing.office import Office
from interfaces.importing.rows import Unreadable

NOTHING_DONE = 1

Paths = Annotated[
    list[Path] | None,
    typer.Argument(
        help="Folder or files: customers.csv, products.csv, price_books.csv, opening_balances.csv, in UTF-8, with"
        " commas or semicolons.",
        show_default=False,
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Tell every problem and what would happen.")]
Partial = Annotated[bool, typer.Option("--partial", help="Leave rows with problems out, import the others.")]
Seller = Annotated[str, typer.Option(help="Who is owed opening balances: series prefix or id.")]
Template = Annotated[Path | None, typer.Option(help="Write files to fill in into this folder, and stop.")]


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(csv)


def csv(
    paths: Paths = None,
    dry_run: DryRun = False,
    partial: Partial = False,
    seller: Seller = "",
    template: Template = None,
    as_json: AsJson = False,
) -> None:
    """Import customers, products, prices and opening balances; where a row has a problem, nothing.

    Exits with 1 where nothing was imported, with 3 where rows have problems in a dry run or were left out.
    """
    if template is not None:
        for path in read_or_exit(write_templates, template):
            console().print(path)
        return
    begun = time.monotonic()
    report = _report(read_or_exit(read, paths or ()), seller, dry_run=dry_run, partial=partial, quiet=as_json)
    report.seconds = time.monotonic() - begun
    code = LEFT_OUT if dry_run or report.imported else NOTHING_DONE
    say(report, as_json=as_json, show=lambda: _show(report, dry_run=dry_run), problems=report.problems, code=code)


def _report(sheets: Sheets, seller: str, *, dry_run: bool, partial: bool, quiet: bool) -> Report:
    """Plan, and do what was planned. A dry run does not even migrate the database."""

    async def work(office: Office, moved: Moved) -> Report:
        desk = Desk(office, checked_vat_number, office.now(), seller)
        report = await _planned(sheets, desk)
        if not dry_run and (partial or not report.problems):
            await carrying.carry_out(desk, report, moved)
        return report

    return carry_out(sheets.total, "rows", work, quiet=quiet, bring=assert_migrated if dry_run else migrate)


async def _planned(sheets: Sheets, desk: Desk) -> Report:
    try:
        return await carrying.plan(sheets, desk)
    except Unreadable as problem:
        sys.exit(f"q2c: {problem}")


def _show(report: Report, *, dry_run: bool) -> None:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in ("file", "rows", "new", "changed", "known", "bad"):
        table.add_column(name, justify="left" if name == "file" else "right")
    for counts in report.files():
        table.add_row(*(f"{value:,}" if isinstance(value, int) else value for value in counts.values()))
    console().print(table)
    if not report.imported:
        console().print("\nNothing was changed: this was a dry run." if dry_run else "\nNothing was imported.")
    if report.problems:
        console().print("\n[bold]To be put right:[/bold]\n")
        show_problems(report.in_order())
