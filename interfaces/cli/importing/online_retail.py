"""`q2c import online-retail`: the documents of an online wholesaler, cancellations matched to sales."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from interfaces.cli._console import console
from interfaces.cli.importing._running import AsJson, Moved, carry_out, read_or_exit, say, show_problems
from interfaces.importing.office import Office
from interfaces.importing.online_retail.carrying import Import
from interfaces.importing.online_retail.documents import read
from interfaces.importing.online_retail.report import Report, Tally


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(online_retail)


def online_retail(
    path: Annotated[Path, typer.Argument(help="online_retail.csv or .csv.gz, or the folder that it is in.")],
    as_json: AsJson = False,
) -> None:
    """Bill the sales of Online Retail (UCI), and credit its cancellations, the latest matching sale first.

    Exits with 3 where anything was left over.
    """
    begun = time.monotonic()
    whole = Import(read_or_exit(read, path))

    async def work(office: Office, moved: Moved) -> Report:
        return await whole.run(office, moved)

    report = carry_out(whole.steps, "invoices and credit notes", work, quiet=as_json)
    report.seconds = time.monotonic() - begun
    say(report, as_json=as_json, show=lambda: _show(report), problems=report.problems + report.left_overs)


def _show(report: Report) -> None:
    console().print(
        f"{report.source.rows:,} rows of {report.customers:,} customers in {report.seconds:.0f} s"
        f" ({report.known_before:,} documents were known before)\n"
    )
    proof = report.proof()
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("")
    for name in ("documents", "lines", "GBP"):
        table.add_column(name, justify="right", no_wrap=True)
    _row(table, "invoices to customers", report.invoices)
    _row(table, "invoices to anonymous buyers", report.anonymous)
    _row(table, f"credit notes ({report.credited_in_part:,} in part)", report.credit_notes, sign=-1)
    for reason, tally in report.by_reason().items():
        _row(table, reason, tally)
    table.add_row("rounded off", "", "", f"{proof['rounding']:,}")
    table.add_row("[bold]together[/bold]", "", "", f"[bold]{proof['accounted']:,}[/bold]")
    table.add_row("the file", "", f"{report.source.rows:,}", f"{proof['file']:,}")
    console().print(table)
    if report.problems:
        console().print("\n[bold]To be seen to:[/bold]\n")
        show_problems(report.problems)


def _row(table: Table, name: str, tally: Tally, sign: int = 1) -> None:
    table.add_row(name, f"{tally.documents:,}", f"{tally.lines:,}", f"{sign * tally.amount:,}")
