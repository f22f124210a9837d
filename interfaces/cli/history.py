"""`q2c history`: what happened to one thing, who did it and why, and how it stood at any point."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from datetime import UTC, date, datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from infrastructure import history as histories
from infrastructure.event_log import EventLog
from infrastructure.projecting import Readers
from infrastructure.servers.provided import database
from infrastructure.settings import Settings
from interfaces.cli import LOOK
from projections.documents import ids_of

_LONGEST_VALUE = 60
_MOST_CHANGES = 8

console = Console(highlight=False)


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command(rich_help_panel=LOOK)(history)


def history(
    aggregate: Annotated[str, typer.Argument(help="Number or id of a quote, contract, order, invoice, payment, …")],
    as_of: Annotated[
        str | None, typer.Option(metavar="POSITION|INSTANT", help="As the log stood at a position or an instant.")
    ] = None,
    effective: Annotated[str | None, typer.Option(metavar="DATE", help="Only what had taken effect by then.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Tell what happened to one thing: when, who, why, and what it changed."""
    known = position_or_instant(as_of) if as_of else None
    taken_effect = date_or_instant(effective) if effective else None
    with database(Settings()) as url:
        try:
            told = asyncio.run(_history(url, aggregate, known, taken_effect))
        except histories.BuiltOnTheFuture as problem:
            sys.exit(f"q2c: {problem}")
    if told is None:
        sys.exit(f"q2c: nothing is known of {aggregate} there")
    if as_json:
        print(json.dumps(msgspec.to_builtins(told), indent=2))
    else:
        _print(told)


async def _history(
    url: str, aggregate: str, as_of: int | datetime | None, effective: date | None
) -> histories.History | None:
    histories.import_domain()
    aggregate_id = await _identified(url, aggregate)
    async with EventLog(url, name="q2c history", readers=1) as log:
        return await histories.history(log, aggregate_id, as_of=as_of, effective=effective)


async def _identified(url: str, text: str) -> UUID:
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


def position_or_instant(text: str) -> int | datetime:
    """A position of the log, or an ISO 8601 instant (UTC unless it says otherwise)."""
    if text.isdecimal():
        return int(text)
    return _instant(text, "a position such as 1200, or an instant such as 2024-05-01T12:00Z")


def date_or_instant(text: str) -> date:
    """An ISO 8601 date, or an instant (UTC unless it says otherwise)."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return _instant(text, "a date such as 2024-05-01")


def _instant(text: str, expected: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not {expected}") from None
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def _print(told: histories.History) -> None:
    console.print(f"[bold]{told.kind}[/bold] {told.aggregate_id}, version {told.version}, as of {told.as_of}\n")
    table = Table("", "when", "who", "what happened", "changes", box=None, header_style="bold", pad_edge=False)
    for entry in told.entries:
        who = entry.actor + (f" for {entry.on_behalf_of}" if entry.on_behalf_of else "")
        what = entry.happened + (f"\n“{entry.reason}”" if entry.reason else "")
        table.add_row(str(entry.version), f"{entry.effective_at:%Y-%m-%d %H:%M}", who, what, _told(entry.changes))
    console.print(table)


def _told(changes: list[histories.Change]) -> str:
    lines = [f"{change.path}: {_arrow(change)}" for change in changes[:_MOST_CHANGES]]
    more = len(changes) - _MOST_CHANGES
    return "\n".join([*lines, f"… and {more} more"] if more > 0 else lines)


def _arrow(change: histories.Change) -> str:
    return _short(change.after) if change.before is None else f"{_short(change.before)} → {_short(change.after)}"


def _short(value: Any) -> str:
    if value is None or value == "":
        return "none"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 1]}…"
