"""`q2c history`: what happened to one thing, who did it and why, and how it stood at any point."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
import typer
from rich.markup import escape
from rich.table import Table
from typer.core import TyperGroup

from infrastructure import history as histories
from infrastructure.event_log import EventLog
from infrastructure.projecting import Readers
from infrastructure.sealing import open_vault
from infrastructure.servers.provided import database
from infrastructure.settings import Settings
from interfaces.cli import LOOK
from interfaces.cli._console import console
from interfaces.cli._points import date_or_instant, position_or_instant
from projections.documents import ids_of

_LONGEST_LINE = 100
_MOST_CHANGES = 12

Told = histories.History | histories.Difference


class _NumberOrCommand(TyperGroup):
    """`q2c history NUMBER` is short for `q2c history of NUMBER`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """See `TyperGroup`."""
        named = not args or args[0] in self.commands or args[0] == "--help"
        return super().parse_args(ctx, args if named else ["of", *args])


app = typer.Typer(
    cls=_NumberOrCommand, help="Tell what happened, to one thing or to all: when, who, why.", no_args_is_help=True
)


def register(parent: typer.Typer) -> None:
    """Add the commands of this module."""
    parent.add_typer(app, name="history", rich_help_panel=LOOK)


@app.command("of")
def history(
    aggregate: Annotated[str, typer.Argument(help="Number or id of a quote, contract, order, invoice, payment, …")],
    as_of: Annotated[
        str | None, typer.Option(metavar="POSITION|INSTANT", help="As the log stood at a position or an instant.")
    ] = None,
    since: Annotated[
        str | None, typer.Option(metavar="POSITION|INSTANT", help="Only what became of it since that point.")
    ] = None,
    effective: Annotated[str | None, typer.Option(metavar="DATE", help="Only what had taken effect by then.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Tell what happened to one thing: when, who, why, and what it changed. The word `of` may be left out."""
    if since and effective:
        raise typer.BadParameter("--since compares what was recorded; --effective goes without it")
    point = position_or_instant(as_of) if as_of else None
    first = position_or_instant(since) if since else None
    taken_effect = date_or_instant(effective) if effective else None
    with database(Settings()) as url:
        try:
            told = asyncio.run(_told(url, aggregate, first, point, taken_effect))
        except (histories.BuiltOnTheFuture, histories.NotInOrder, histories.NotYet) as problem:
            sys.exit(f"q2c: {problem}")
    if told is None:
        sys.exit(f"q2c: nothing is known of {aggregate} there")
    if as_json:
        print(json.dumps(msgspec.to_builtins(told), indent=2))
    else:
        _print(told)


async def _told(
    url: str, aggregate: str, since: int | datetime | None, as_of: int | datetime | None, effective: date | None
) -> Told | None:
    histories.import_domain()
    aggregate_id = await identified(url, aggregate)
    async with EventLog(url, name="q2c history", readers=1) as log, open_vault(url, log) as vault:
        told: Told | None
        if since is not None:
            told = await histories.difference(log, aggregate_id, since, as_of)
        else:
            told = await histories.history(log, aggregate_id, as_of=as_of, effective=effective)
        return await vault.opened_value(told)


async def identified(url: str, text: str) -> UUID:
    """An id as it is, or that of the one document or payment that bears this number."""
    with contextlib.suppress(ValueError):
        return UUID(text)
    readers = Readers(url, connections=1)
    try:
        ids = await ids_of(await readers.reader_for("documents"), text)
    finally:
        await readers.aclose()
    if not ids:
        sys.exit(f"q2c: nothing bears the number {text}; give a number as documents show it, or an id")
    if len(ids) > 1:
        sys.exit(f"q2c: several bear the number {text}; give one of their ids: {', '.join(map(str, ids))}")
    return ids[0]


def _print(told: Told) -> None:
    name = f" {escape(told.name)}" if told.name else ""
    what = f"[bold]{escape(told.kind)}[/bold]{name} {told.aggregate_id}"
    if isinstance(told, histories.Difference):
        since = f"{told.from_position} (version {told.from_version})"
        console().print(f"{what}, from {since} to {told.to_position} (version {told.to_version})\n")
        console().print(_lines(told.changes, len(told.changes)) or "Nothing has changed.", end="\n\n", soft_wrap=True)
    else:
        console().print(f"{what}, version {told.version}, as of {told.as_of}\n")
    console().print(_table(told.entries))


def _table(entries: Sequence[histories.Entry]) -> Table:
    table = Table("", "when", "who", "what happened", "changes", box=None, header_style="bold", pad_edge=False)
    for entry in entries:
        who = escape(entry.actor + (f" for {entry.on_behalf_of}" if entry.on_behalf_of else ""))
        when = f"{entry.effective_at:%Y-%m-%d %H:%M}"
        if abs((entry.recorded_at - entry.effective_at).total_seconds()) > 60:
            when += f"\nrecorded {entry.recorded_at:%Y-%m-%d %H:%M}"
        lines = [
            _lines(entry.changes, _MOST_CHANGES),
            f"[italic]why: {escape(entry.why)}[/italic]" if entry.why else "",
        ]
        table.add_row(str(entry.version), when, who, escape(entry.happened), "\n".join(filter(None, lines)))
    return table


def _lines(changes: Sequence[histories.Change], most: int) -> str:
    lines = [escape(_short(change.told)) for change in changes[:most]]
    more = len(changes) - most
    return "\n".join([*lines, f"… and {more} more"] if more > 0 else lines)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_LINE else f"{text[: _LONGEST_LINE - 1]}…"
