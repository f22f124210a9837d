"""`q2c import`: other systems' files, through the same commands as any user's work."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, TypeVar
from uuid import UUID

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from application.unit_of_work import Envelope
from domain.shared.aggregate import Event
from domain.shared.refusal import Refusal
from infrastructure.application import Done
from infrastructure.database import DatabaseUnavailable
from infrastructure.event_log import LogBusy, LogUnavailable
from infrastructure.migrate import migrate
from infrastructure.servers.provided import database
from infrastructure.settings import Settings
from infrastructure.wiring import System, open_system
from interfaces.cli import DATA
from interfaces.importing import orders
from interfaces.importing.carrying import STEPS, Import
from interfaces.importing.report import Report
from interfaces.importing.rows import Unreadable

SAMPLE = Path(orders.__file__).parent / "sample"
LEFT_OUT = 3
"""Exit code where something was left out."""
ATTEMPTS = 10
PAUSE = 0.5
"""Seconds before a log that was busy or away is asked again."""

console = Console(highlight=False)
app = typer.Typer(
    help="Files of other systems, through the same commands as any user's work. "
    "What is known already is passed over, so that an import may be repeated, and continued after it was interrupted.",
    no_args_is_help=True,
)
T = TypeVar("T")
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(parent: typer.Typer) -> None:
    """Add the commands of this module."""
    parent.add_typer(app, name="import", rich_help_panel=DATA)


@app.command()
def adventureworks(
    path: Annotated[Path, typer.Argument(help="Folder with FactResellerSales and its dimensions, .csv or .csv.gz.")],
    as_json: AsJson = False,
) -> None:
    """Take the reseller orders of AdventureWorksDW from quote to cash. Exits with 3 where rows were left out."""
    begun = time.monotonic()
    try:
        source = orders.read(path)
    except Unreadable as problem:
        sys.exit(f"q2c: {problem}")
    shown = console.is_terminal and not as_json
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with database(Settings()) as url, Progress(*columns, console=Console(stderr=True), disable=not shown) as progress:
        migrate(url)
        bar = progress.add_task("orders agreed, delivered, paid", total=STEPS * len(source.orders))
        report = _run(url, source, lambda steps: progress.advance(bar, steps))
    report.seconds = time.monotonic() - begun
    if as_json:
        print(json.dumps(report.as_json(), indent=2))
    else:
        _print(report)
    if report.problems:
        sys.exit(LEFT_OUT)


@app.command()
def sample(as_json: AsJson = False) -> None:
    """Load the sample that comes with q2c: the first 213 of those orders."""
    adventureworks(SAMPLE, as_json)


def _run(url: str, source: orders.Source, moved: Callable[[int], None]) -> Report:
    try:
        return asyncio.run(_import(url, source, moved))
    except Refusal as refusal:
        sys.exit(f"q2c: nothing was imported: {refusal.title()} {refusal.detail}")
    except BaseExceptionGroup as several:
        raise _first(several) from None


async def _import(url: str, source: orders.Source, moved: Callable[[int], None]) -> Report:
    async with open_system(url, "q2c import") as system:
        return await Import(source, Front(system), moved).run()


def _first(error: BaseException) -> BaseException:
    """What broke off everything that was going on at once."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


@dataclass(frozen=True, slots=True)
class Front:
    """The application as any user meets it: when it is busy or away for a moment, one asks again with the same key."""

    system: System

    async def execute(self, command: Any, envelope: Envelope, on: UUID | None) -> Done:
        """See `interfaces.importing.carrying.Office`, as for the methods below."""
        return await _patiently(lambda: self.system.application.execute(command, envelope, on))

    async def events_of(self, id: UUID, after_version: int = 0) -> Sequence[Event]:
        found = await _patiently(lambda: self.system.log.events_of(id, after_version=after_version))
        return [each.event for each in found]

    async def event_at(self, position: int) -> Event:
        return (await _patiently(lambda: self.system.log.read(position - 1, 1)))[0].event

    async def head(self) -> int:
        return await _patiently(self.system.log.head)


async def _patiently(ask: Callable[[], Awaitable[T]]) -> T:
    for _ in range(ATTEMPTS):
        try:
            return await ask()
        except (LogBusy, LogUnavailable, DatabaseUnavailable):
            await asyncio.sleep(PAUSE)
    return await ask()


def _print(report: Report) -> None:
    console.print(
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
    console.print(table)
    told = report.rounding
    console.print(
        f"\nThe file's lines add up to {told['file_sales_amount']:,}. {told['lines_rounded']:,} of them were rounded to"
        f" their currency, which makes {told['difference']:+,}."
    )
    if report.problems:
        _print_problems(report)


def _print_problems(report: Report) -> None:
    console.print(f"\n[bold]{len(report.left_out):,} orders were left out:[/bold]\n")
    table = Table("file", "row", "column", "reason", box=None, header_style="bold")
    for one in report.problems:
        table.add_row(one.file, str(one.row or ""), one.column, one.reason)
    console.print(table)
