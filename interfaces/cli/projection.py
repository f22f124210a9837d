"""`q2c projection`: how the read models stand; repair one, make it anew, or compare it with what the log gives."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Table

from infrastructure import projecting
from infrastructure.collecting import collect_seldom
from infrastructure.event_log import EventLog
from infrastructure.projecting import CannotApply, Comparison, ModelStatus
from infrastructure.servers.provided import database
from infrastructure.settings import Settings
from interfaces.cli import OPERATE
from interfaces.cli._console import console
from projections.shared import ReadModel

app = typer.Typer(help="Read models: how they stand; repair, rebuild and verify them.", no_args_is_help=True)

Name = Annotated[str | None, typer.Argument(help="A read model; all of them if none is named.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Job = Callable[[type[ReadModel], EventLog, str, Callable[[int, int], None]], Awaitable[Any]]


def register(parent: typer.Typer) -> None:
    """Add the commands of this module."""
    parent.add_typer(app, name="projection", rich_help_panel=OPERATE)


@app.command()
def status(name: Name = None, as_json: AsJson = False) -> None:
    """Tell how each read model stands, what stopped it and what it has parked; exits with 1 if anything has."""
    with database(Settings()) as url:
        found = asyncio.run(projecting.status(url, {model.NAME: model for model in _named(name)}))
    if as_json:
        _print_json(found)
    else:
        tell(found)
    if any(each.failure or each.parked for each in found):
        sys.exit(1)


def tell(found: Iterable[ModelStatus]) -> None:
    """Print how read models stand, and below it what needs somebody."""
    table = Table("read model", "state", "position", "behind by", "parked", "rows", box=None, header_style="bold")
    for each in found:
        rows = ", ".join(f"{table_name} {count:,}" for table_name, count in each.rows.items())
        table.add_row(each.name, each.state, f"{each.position:,}", f"{each.lag:,}", f"{len(each.parked):,}", rows)
    console().print(table)
    for each in found:
        if each.failure:
            console().print(f"\n[bold]{each.name}[/bold] stopped: {escape(each.failure)}", soft_wrap=True)
        if each.parked:
            console().print(
                f"\n[bold]{each.name}[/bold] has parked, and lacks until `q2c projection retry {each.name}`:"
            )
        for one in each.parked:
            waiting = f"; {one.later:,} later events wait" if one.later else ""
            told = f"{one.topic} at position {one.position} of {one.originator_id}: {one.problem}{waiting}"
            console().print(f"  {told}", soft_wrap=True, markup=False)


@app.command()
def retry(name: Name = None, as_json: AsJson = False) -> None:
    """Let what has stopped or is parked try again: parked events in their place, by a rebuild that is swapped in."""
    _each(name, "trying again", projecting.retry, quiet=as_json)
    status(name, as_json)


@app.command()
def rebuild(name: Name = None, as_json: AsJson = False) -> None:
    """Make a read model anew from the log; readers see the old one until the new one takes its place."""
    with _showing(as_json) as progress:
        bars = {model: progress.add_task(f"rebuilding {model.NAME}", total=None) for model in _named(name)}
        with database(Settings()) as url:
            asyncio.run(_rebuild(url, bars, progress))
    status(name, as_json)


async def _rebuild(url: str, bars: dict[type[ReadModel], TaskID], progress: Progress) -> None:
    """All at once, so that each event is read once."""
    collect_seldom()
    async with EventLog(url, name="q2c projection", readers=1) as log:
        await projecting.rebuild_together(
            bars, log, url, lambda model, done, goal: _move(progress, bars[model], done, goal)
        )


@app.command()
def verify(name: Name = None, as_json: AsJson = False) -> None:
    """Compare each table with what the log gives anew; tells the tables that differ and exits with 1."""
    compared: list[Comparison] = [
        each for found in _each(name, "verifying", projecting.verify, as_json) for each in found
    ]
    if as_json:
        _print_json(compared, same=True)
    else:
        table = Table("read model", "table", "live rows", "rebuilt rows", "", box=None, header_style="bold")
        for each in compared:
            counts = (str(side.rows) if side else "missing" for side in (each.live, each.rebuilt))
            table.add_row(each.model, each.table, *counts, "same" if each.same else "[bold]differs[/bold]")
        console().print(table)
    if not all(each.same for each in compared):
        sys.exit(1)


def _named(name: str | None) -> list[type[ReadModel]]:
    known = projecting.read_models()
    if name is not None and name not in known:
        raise typer.BadParameter(f"there is no read model {name!r}; there are: {', '.join(known)}")
    return list(known.values()) if name is None else [known[name]]


@contextmanager
def _showing(quiet: bool) -> Iterator[Progress]:
    """Bars that show how much of the log is done, and how long the rest will take."""
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=Console(stderr=True), disable=quiet) as progress:
        try:
            yield progress
        except CannotApply as problem:
            sys.exit(f"q2c: {problem}; the live one is as it was")


def _each(name: str | None, doing: str, job: Job, quiet: bool) -> list[Any]:
    """Do it for each of the read models, one after another."""
    with database(Settings()) as url, _showing(quiet) as progress:
        return asyncio.run(_do(url, _named(name), doing, job, progress))


async def _do(url: str, models: list[type[ReadModel]], doing: str, job: Job, progress: Progress) -> list[Any]:
    results = []
    async with EventLog(url, name="q2c projection", readers=1) as log:
        for model in models:
            bar = progress.add_task(f"{doing} {model.NAME}", total=None)
            results.append(await job(model, log, url, partial(_move, progress, bar)))
    return results


def _move(progress: Progress, bar: TaskID, done: int, goal: int) -> None:
    progress.update(bar, completed=done, total=goal)


def _print_json(rows: Iterable[Any], *, same: bool = False) -> None:
    print(json.dumps([asdict(row) | ({"same": row.same} if same else {}) for row in rows], indent=2, default=str))
