"""`q2c import crm`: opportunities of a CRM."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from interfaces.cli._console import console
from interfaces.cli.importing._running import AsJson, Moved, carry_out, read_or_exit, say, show_problems
from interfaces.importing.crm.carrying import STEPS, Import
from interfaces.importing.crm.files import read
from interfaces.importing.crm.report import Report
from interfaces.importing.office import Office


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(crm)


def crm(
    path: Annotated[Path, typer.Argument(help="Folder with accounts, products, sales_teams and sales_pipeline.")],
    as_json: AsJson = False,
) -> None:
    """Open the opportunities of a CRM, quote them where the account is known, and win or lose what is decided.

    Exits with 3 where rows were left out.
    """
    begun = time.monotonic()
    source = read_or_exit(read, path)

    async def work(office: Office, moved: Moved) -> Report:
        return await Import(source, office, moved).run()

    report = carry_out(STEPS * len(source.opportunities), "opportunities begun, ended", work, quiet=as_json)
    report.seconds = time.monotonic() - begun
    say(report, as_json=as_json, show=lambda: _show(report), problems=report.problems)


def _show(report: Report) -> None:
    stages = ", ".join(f"{count:,} {stage.lower()}" for stage, count in report.stages.items())
    console().print(
        f"{report.stages.total():,} opportunities in {report.seconds:.0f} s ({report.known_before:,} were known"
        f" before): {stages}"
    )
    console().print(f"{report.without_account:,} have no account, and so no quote yet.")
    if report.win_rate_percent is not None:
        console().print(f"{report.win_rate_percent} % of what was decided is won, for {report.won_amount:,} USD.")
    for one, rows in report.corrections:
        said = f"{one.file}: {one.column} {one.written!r} was read as {one.read_as!r} in {rows:,} rows."
        console().print(escape(said))
    if report.problems:
        console().print("\n[bold]Left out:[/bold]\n")
        show_problems(report.problems)
