"""`q2c bench`: how fast this machine and this version are, beside their limits and their peer."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from infrastructure.settings import Settings
from interfaces.benchmark.figures import Figure
from interfaces.cli import OPERATE
from interfaces.cli._console import console

progress = Console(highlight=False, stderr=True)


class Part(StrEnum):
    """What can be measured by itself."""

    APPENDS = "appends"
    NUMBERS = "numbers"
    PROJECTIONS = "projections"
    REPLAY = "replay"
    DEALS = "deals"
    FIND = "find"
    HTTP = "http"
    GROWTH = "growth"
    PROOFS = "proofs"


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command(rich_help_panel=OPERATE)(bench)


def bench(
    parts: Annotated[
        list[Part] | None, typer.Argument(help="What to measure; all of it where nothing is named.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, one figure a line.")] = False,
    quick: Annotated[bool, typer.Option("--quick", help="Shorter and smaller: tells orders of magnitude.")] = False,
    faults: Annotated[
        bool, typer.Option("--faults", help="Not how fast, but what is survived: kills, networks, disks, at full size.")
    ] = False,
    adventureworks: Annotated[
        Path | None, typer.Option(help="Folder with FactResellerSales and its dimensions, to import as well.")
    ] = None,
) -> None:
    """Measure this version on this machine, beside the limit of Postgres and the library as it comes.

    On the server of DATABASE_URL, or one of its own that is gone afterwards; and, where there is a C compiler, on one
    in memory whose commit costs 1 ms, which is what users' disks cost. Ends with status 1 where a bar is missed.
    """
    from interfaces.benchmark.faults import survived
    from interfaces.benchmark.running import Wanted, measured  # here, since the other commands start faster without

    wanted = Wanted(frozenset(map(str, parts or Part)), quick, adventureworks)
    given = Settings().database_url
    with progress.status("Faults …" if faults else "Starting Postgres …") as status:
        url = given.get_secret_value() if given else None
        figures = survived() if faults else measured(url, wanted, status.update)
        are_met = _show(figures, as_json=as_json)
    if not are_met:
        sys.exit(1)


def _show(figures: Iterator[Figure], *, as_json: bool) -> bool:
    """Whether no bar was missed. What has been measured is not lost when the rest is broken off."""
    shown = list[Figure]()
    try:
        for figure in figures:
            shown.append(figure)
            if as_json:
                print(json.dumps(figure.as_json()), flush=True)
    finally:
        if not as_json:
            _print(shown)
    return all(figure.met is not False for figure in shown)


def _print(figures: list[Figure]) -> None:
    table = Table("what", "figure", "", "bar", "", "meaning", box=None, header_style="bold")
    table.columns[1].justify = "right"
    for figure in figures:
        verdict = {None: "", True: "[green]met[/]", False: "[red]missed[/]"}[figure.met]
        table.add_row(figure.name, _number(figure.value), figure.unit, figure.bar or "", verdict, figure.meaning)
    console().print(table)


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:,.2f}"
