"""What every import has in common: the application to carry it out, its progress, what was left out."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, TypeVar
from uuid import UUID

import typer
import uvloop
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from application.unit_of_work import Envelope
from domain.shared.aggregate import Event
from domain.shared.personal import is_personal
from domain.shared.refusal import Refusal
from infrastructure.application import Done
from infrastructure.database import DatabaseUnavailable
from infrastructure.event_log import LogBusy, LogUnavailable
from infrastructure.migrate import migrate
from infrastructure.servers.provided import database
from infrastructure.settings import Settings
from infrastructure.wiring import System, open_system
from interfaces.cli._console import console
from interfaces.importing.office import Office
from interfaces.importing.rows import Problem, Unreadable

LEFT_OUT = 3
"""Exit code where something was left out."""
ATTEMPTS = 10
PAUSE = 0.5
"""Seconds before a log that was busy or away is asked again."""

T = TypeVar("T")
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Moved = Callable[[int], None]


P = TypeVar("P")


def read_or_exit(read: Callable[[P], T], path: P) -> T:
    """What the files say; a file that cannot be used as a whole ends the command with 1."""
    try:
        return read(path)
    except Unreadable as problem:
        sys.exit(f"q2c: {problem}")


def carry_out(
    steps: int,
    described: str,
    work: Callable[[Office, Moved], Awaitable[T]],
    *,
    quiet: bool,
    bring: Callable[[str], object] = migrate,
) -> T:
    """Do the work on the application and its database, showing how far it is; a refusal of it all ends with 1.

    `bring`: the database, by its URL, to the shape that is needed, or find that it has not got it.
    """
    shown = console().is_terminal and not quiet
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with database(Settings()) as url, Progress(*columns, console=Console(stderr=True), disable=not shown) as progress:
        bring(url)
        bar = progress.add_task(described, total=steps)
        try:
            return uvloop.run(_at_the_front(url, work, lambda moved: progress.advance(bar, moved)))
        except Refusal as refusal:
            sys.exit(f"q2c: nothing was imported: {refusal.title()} {refusal.detail}")
        except BaseExceptionGroup as several:
            raise _first(several) from None


def say(report: Any, *, as_json: bool, show: Callable[[], None], problems: Sequence[Any], code: int = LEFT_OUT) -> None:
    """Print a report, and exit with that code where there is anything to be seen to."""
    if as_json:
        print(json.dumps(report.as_json(), indent=2))
    else:
        show()
    if problems:
        sys.exit(code)


def show_problems(problems: Iterable[Problem]) -> None:
    """Where each is, and why."""
    table = Table("file", "row", "column", "reason", box=None, header_style="bold")
    for one in problems:
        table.add_row(*map(escape, (one.file, str(one.row or ""), one.column, one.reason)))
    console().print(table)


async def _at_the_front(url: str, work: Callable[[Office, Moved], Awaitable[T]], moved: Moved) -> T:
    async with open_system(url, "q2c import") as system:
        return await work(Front(system), moved)


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
        """See `interfaces.importing.office.Office`, as for the methods below."""
        return await _patiently(lambda: self.system.application.execute(command, envelope, on))

    async def events_of(self, id: UUID, after_version: int = 0) -> Sequence[Event]:
        found = await _patiently(lambda: self.system.log.events_of(id, after_version=after_version))
        return [await self._opened(each.event) for each in found]

    async def event_at(self, position: int) -> Event:
        return await self._opened((await _patiently(lambda: self.system.log.read(position - 1, 1)))[0].event)

    async def owner_of(self, scope: str, value: str) -> UUID | None:
        return await _patiently(lambda: self.system.log.owner_of(scope, value))

    def now(self) -> datetime:
        return self.system.clock.now()

    async def head(self) -> int:
        return await _patiently(self.system.log.head)

    async def _opened(self, event: Event) -> Event:
        """What a file says is compared with what was sealed."""
        return await self.system.vault.opened_value(event) if is_personal(type(event)) else event


async def _patiently(ask: Callable[[], Awaitable[T]]) -> T:
    for _ in range(ATTEMPTS):
        try:
            return await ask()
        except (LogBusy, LogUnavailable, DatabaseUnavailable):
            await asyncio.sleep(PAUSE)
    return await ask()
