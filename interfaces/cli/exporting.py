"""`q2c history export`: the events of the log, searched and written for auditors and their programs."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import time
from pathlib import Path
from typing import IO, Annotated

import typer

from infrastructure import history as histories
from infrastructure.event_log import EventLog
from infrastructure.exporting import Format, Lines
from infrastructure.history import COLUMNS, Wanted, all_found
from infrastructure.history.kinds import NoSuchKind, check_kind
from infrastructure.new_files import new_file
from infrastructure.servers.provided import database
from infrastructure.settings import Settings
from interfaces.cli import history
from interfaces.cli._points import instant_of

Text = Annotated[str | None, typer.Option(help="Exactly this.")]


def register(_: typer.Typer) -> None:
    """Add the command of this module to those on the history."""
    history.app.command()(export)


def export(
    file: Annotated[Path | None, typer.Argument(help="A new file; standard output without it.")] = None,
    actor: Text = None,
    on_behalf_of: Text = None,
    kind: Annotated[str | None, typer.Option(help="A context, aggregate or event: billing.Invoice.Issued.")] = None,
    command: Text = None,
    reason: Annotated[str | None, typer.Option(help="A text within the reason.")] = None,
    thing: Annotated[str | None, typer.Option("--of", help="Number or id of one thing.")] = None,
    since: Annotated[str | None, typer.Option(metavar="DATE|INSTANT", help="Recorded then or later.")] = None,
    until: Annotated[str | None, typer.Option(metavar="DATE|INSTANT", help="Recorded by then, a day included.")] = None,
    form: Annotated[Format, typer.Option("--format", help="For spreadsheets, or for programs.")] = Format.JSONL,
) -> None:
    """Write every event that is as asked, in the order of the log."""
    try:
        wanted = Wanted(
            actor=actor,
            on_behalf_of=on_behalf_of,
            kind=_check(kind),
            command=command,
            reason=reason,
            since=instant_of(since, time.min),
            until=instant_of(until, time.max),
        )
    except histories.NotInOrder as problem:
        raise typer.BadParameter(str(problem)) from None
    with database(Settings()) as url:
        if thing:
            wanted = replace(wanted, aggregate_id=asyncio.run(history.identified(url, thing)))
        with _opened(file) as opened:
            asyncio.run(_export(url, wanted, form, opened))


@contextlib.contextmanager
def _opened(file: Path | None) -> Iterator[IO[bytes]]:
    """Standard output, or a file that is there once all is written."""
    if file is None:
        yield sys.stdout.buffer
        return
    with new_file(file, "an export") as unfinished, unfinished.open("wb") as opened:
        yield opened


def _check(kind: str | None) -> str | None:
    histories.import_domain()
    try:
        if kind is not None:
            check_kind(kind)
    except NoSuchKind as problem:
        raise typer.BadParameter(str(problem)) from None
    return kind


async def _export(url: str, wanted: Wanted, form: Format, file: IO[bytes]) -> None:
    lines = Lines(form, COLUMNS)
    async with EventLog(url, name="q2c history", readers=1) as log:
        file.write(lines.header())
        async for record in all_found(log, wanted):
            file.write(lines.line({column: getattr(record, column) for column in COLUMNS}))
    file.flush()
