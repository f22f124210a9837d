"""`q2c access`: who signed in, who saw a customer, what somebody saw. Whoever asks for it leaves a trace, too."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import fields
from datetime import datetime, time
from typing import Annotated, Any, TypeVar
from uuid import UUID

import msgspec
import typer
from rich.markup import escape
from rich.table import Table

from application.access import Access, Caller
from infrastructure.access_log import AccessLog, reports
from infrastructure.access_log.reports import AccessRow, SignIns, Span
from infrastructure.exporting import Format, Lines
from infrastructure.projecting import Readers
from infrastructure.servers.provided import database
from infrastructure.settings import Settings
from interfaces.cli import LOOK
from interfaces.cli._console import console
from interfaces.cli._points import instant_of
from projections import support

OPERATOR = Caller(UUID(int=0), "operator", frozenset())
"""Whoever runs the service on its machine."""
FIRST = 2**63 - 1
SIGN_INS = ("login", "customer_id", "day", "signed_in", "failed")

app = typer.Typer(help="Tell who was shown what: sign-ins, a customer's readers.", no_args_is_help=True)
Answer = TypeVar("Answer")


Since = Annotated[str | None, typer.Option(metavar="DATE|INSTANT", help="From then on.")]
Until = Annotated[str | None, typer.Option(metavar="DATE|INSTANT", help="Until then, a day included.")]
Limit = Annotated[int, typer.Option(min=1, help="So many at most, the newest.")]
Purpose = Annotated[str | None, typer.Option("--for", metavar="TICKET", help="Why you look; it is written down.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
AsCsv = Annotated[bool, typer.Option("--csv", help="Print CSV, for spreadsheets.")]


def register(parent: typer.Typer) -> None:
    """Add the commands of this module."""
    parent.add_typer(app, name="access", rich_help_panel=LOOK)


@app.command()
def logins(
    user: Annotated[str | None, typer.Option(help="Only of this login.")] = None,
    since: Since = None,
    until: Until = None,
    purpose: Purpose = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """How often everybody signed in, when last, how often in vain, and by day."""
    span = _span(since, until)
    found = _asked("access.sign_ins", [], purpose, lambda reader, _: reports.sign_ins(reader, span, user))
    if as_csv:
        days = [
            {"login": each.login, "customer_id": each.customer_id, **_plain(day)} for each in found for day in each.days
        ]
        _print_csv(SIGN_INS, days)
    elif as_json:
        _print_json(found)
    elif found:
        console().print(_sign_ins(found))
    else:
        _print_nothing(f"of {user}" if user else "of anybody")


@app.command()
def who_saw(
    customer: Annotated[UUID, typer.Argument(help="The customer's id.")],
    since: Since = None,
    until: Until = None,
    limit: Limit = 50,
    purpose: Purpose = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Who was shown a customer, an alias or one of their documents; and who was refused."""
    span = _span(since, until)

    async def ask(reader: Any, readers: Readers) -> list[AccessRow]:
        ids = await support.ids_of(await readers.reader_for("support"), customer)
        return await reports.who_saw(reader, ids, span, FIRST, limit - 1)

    _print(_asked("access.who_saw", [str(customer)], purpose, ask), f"of {customer}", as_json, as_csv)


@app.command("of")
def seen_by(
    login: Annotated[str, typer.Argument(help="Whose reading.")],
    since: Since = None,
    until: Until = None,
    limit: Limit = 50,
    purpose: Purpose = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """What somebody was shown, and what was refused to them."""
    span = _span(since, until)
    found = _asked(
        "access.seen_by", [], purpose, lambda reader, _: reports.seen_by(reader, login, span, FIRST, limit - 1)
    )
    _print(found, f"of {login}", as_json, as_csv)


@app.command("duties")
def refused_duties(
    since: Since = None,
    until: Until = None,
    limit: Limit = 50,
    purpose: Purpose = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Who would have done what takes another person than them, and which rule refused it."""
    span = _span(since, until)
    found = _asked(
        "access.refused_duties", [], purpose, lambda reader, _: reports.refused_duties(reader, span, FIRST, limit - 1)
    )
    _print(found, "of anybody", as_json, as_csv)


def _asked(
    operation: str, objects: Sequence[str], purpose: str | None, ask: Callable[[Any, Readers], Awaitable[Answer]]
) -> Answer:
    """What a report says, once it is written down that it was asked for."""

    async def answer(url: str) -> Answer:
        log, readers = AccessLog(url, "q2c access"), Readers(url, connections=1)
        log.open()
        access = Access(operation=operation, outcome="given", by=OPERATOR, objects=objects, purpose=purpose)
        try:
            await log.record(access)
            return await ask(await readers.reader_for(reports.SCHEMA), readers)
        finally:
            await readers.aclose()
            await log.close()

    with database(Settings()) as url:
        return asyncio.run(answer(url))


def _span(since: str | None, until: str | None) -> Span:
    return Span(instant_of(since, time.min), instant_of(until, time.max))


def _print(rows: Sequence[AccessRow], whose: str, as_json: bool, as_csv: bool) -> None:
    if as_csv:
        _print_csv([field.name for field in fields(AccessRow)], [_plain(row) for row in rows])
    elif as_json:
        _print_json(rows)
    elif rows:
        console().print(_accesses(rows))
    else:
        _print_nothing(whose)


def _print_nothing(whose: str) -> None:
    print(f"Nothing is recorded {whose} in that time.", file=sys.stderr)


def _print_json(found: object) -> None:
    print(json.dumps(msgspec.to_builtins(found), indent=2))


def _print_csv(columns: Sequence[str], rows: Sequence[dict[str, Any]]) -> None:
    lines = Lines(Format.CSV, columns)
    sys.stdout.write(lines.header().decode() + "".join(lines.line(row).decode() for row in rows))


def _plain(row: Any) -> dict[str, Any]:
    return {field.name: getattr(row, field.name) for field in fields(row)}


def _sign_ins(found: Sequence[SignIns]) -> Table:
    table = Table("login", "signed in", "in vain", "last", "by day", box=None, header_style="bold", pad_edge=False)
    for each in found:
        days = ", ".join(
            f"{day.day} {day.signed_in}" + (f" (-{day.failed})" if day.failed else "") for day in each.days
        )
        login = escape(each.login or "unknown logins")
        table.add_row(login, str(each.signed_in), str(each.failed), _minute(each.last_at), days)
    return table


def _accesses(rows: Sequence[AccessRow]) -> Table:
    table = Table("", "when", "who", box=None, header_style="bold", pad_edge=False)
    for name in ("what", "", "why", "ids"):
        table.add_column(name, overflow="fold")  # half an id is none
    for row in rows:
        who = escape((row.login or "nobody known") + (f" by key {row.key_name}" if row.key_name else ""))
        shown = "\n".join(map(str, row.objects)) + (f"\n… and {row.more} more" if row.more else "")
        why = escape(row.purpose or "")
        table.add_row(str(row.position), _minute(row.recorded_at), who, row.operation, row.outcome, why, shown)
    return table


def _minute(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M}" if at else ""
