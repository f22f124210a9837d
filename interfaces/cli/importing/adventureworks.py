"""`q2c import adventureworks` and `q2c import sample`: reseller orders of AdventureWorksDW."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from interfaces.cli._console import console
from interfaces.cli.importing._running import AsJson, Moved, carry_out, read_or_exit, say, show_problems
from interfaces.importing.adventureworks import orders
from interfaces.importing.adventureworks.carrying import STEPS, Import
from interfaces.importing.adventureworks.report import Report
from interfaces.importing.office import Office

SAMPLE = Path(orders.__file__).parent / "sample"


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(adventureworks)
    app.command()(sample)


def adventureworks(
    path: Annotated[Path, typer.Argument(help="Folder with FactResellerSales and its dimensions, .csv or .csv.gz.")],
    as_json: AsJson = False,
) -> None:
    """Take the reseller orders of AdventureWorksDW from quote to cash. Exits with 3 where rows were left out."""
    begun = time.monotonic()
    source = read_or_exit(orders.read, path)

    async def work(office: Office, moved: Moved) -> Report:
        return await Import(source, office, moved).run()

    report = carry_out(STEPS * len(source.orders), "orders agreed, delivered, paid", work, quiet=as_json)
    report.seconds = time.monotonic() - begun
    say(report, as_json=as_json, show=lambda: _show(report), problems=report.problems)


def sample(as_json: AsJson = False) -> None:
    """Load the sample that comes with q2c: the first 213 of those orders."""
    adventureworks(SAMPLE, as_json)


def _show(report: Report) -> None:
    console().print(
        f"{report.orders:,} orders with {report.lines:,} lines of {report.customers:,} customers for"
        f" {report.products:,} products, from quote to cash in {report.seconds:.0f} s"
        f" ({report.known_before:,} were known before)\n"
    )
    table = Table("", box=None, header_style="bold", pad_edge=False)
    for name in ("orders", "net", "freight", "tax", "paid", "open"):
        table.add_column(name, justify="right", no_wrap=True, min_width=len(name))
    for currency in sorted(report.currencies):
        one = report.currencies[currency]
        amounts = one.line_extension_total, one.freight, one.tax, one.paid, one.open
        table.add_row(currency, f"{one.orders:,}", *(f"{amount:,}" for amount in amounts))
    console().print(table)
    rounding = report.rounding
    console().print(
        f"\nThe file's lines add up to {rounding['file_sales_amount']:,}. {rounding['lines_rounded']:,} of them were"
        f" rounded to their currency, which makes {rounding['difference']:+,}."
    )
    if report.problems:
        console().print(f"\n[bold]{len(report.left_out):,} orders were left out:[/bold]\n")
        show_problems(report.problems)
