"""`q2c projection past`: a read model as it stood at any past point."""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import asdict
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from infrastructure.event_log import EventLog
from infrastructure.exporting import Format
from infrastructure.points import NotYet, position_at
from infrastructure.projecting import CannotApply, TableHash, read_models
from infrastructure.projecting.past import Past
from infrastructure.servers.provided import database
from infrastructure.settings import Settings
from interfaces.cli import projection
from interfaces.cli._console import console
from interfaces.cli._points import position_or_instant

Found = tuple[int, dict[str, TableHash]]


def register(_: typer.Typer) -> None:
    """Add the command of this module to those on read models."""
    projection.app.command()(past)


def past(
    name: Annotated[str, typer.Argument(help="A read model.")],
    as_of: Annotated[str, typer.Option(metavar="POSITION|INSTANT", help="As the log stood there.")],
    export: Annotated[Path | None, typer.Option(help="Write each table to this folder.")] = None,
    form: Annotated[Format, typer.Option("--format", help="How to write them.")] = Format.CSV,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Make a read model as of a past point, beside the live one; tell its rows and hashes, or write them out."""
    if name not in read_models():
        raise typer.BadParameter(f"there is no read model {name!r}; there are: {', '.join(read_models())}")
    point = position_or_instant(as_of)
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with database(Settings()) as url, Progress(*columns, console=Console(stderr=True), disable=as_json) as progress:
        try:
            position, tables = asyncio.run(_past(url, name, point, progress, export, form))
        except (CannotApply, NotYet) as problem:
            sys.exit(f"q2c: {problem}")
    _print(name, position, tables, as_json)


async def _past(
    url: str, name: str, point: int | datetime, progress: Progress, export: Path | None, form: Format
) -> Found:
    async with EventLog(url, name="q2c past", readers=1) as log:
        position = await position_at(log, point)
        asked = Past(log, url, read_models())
        bar = progress.add_task(f"making {name}", total=position)
        try:
            await asked.made(name, position, None, partial(_move, progress, bar))
            if export is not None:
                export.mkdir(parents=True, exist_ok=True)
                await asked.export(name, position, export, form)
            return position, await asked.hashes(name, position)
        finally:
            await asked.aclose()


def _move(progress: Progress, bar: Any, done: int, goal: int) -> None:
    progress.update(bar, completed=done, total=goal)


def _print(name: str, position: int, tables: dict[str, TableHash], as_json: bool) -> None:
    if as_json:
        told = {"model": name, "position": position, "tables": {table: asdict(each) for table, each in tables.items()}}
        print(json.dumps(told, indent=2))
        return
    console().print(f"[bold]{name}[/bold] as of position {position:,}\n")
    listed = Table("table", "rows", "hash of the rows", box=None, header_style="bold")
    for table, each in tables.items():
        listed.add_row(table, f"{each.rows:,}", each.hash)
    console().print(listed)
