"""`q2c compliance`: what an auditor looks back for."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from datetime import datetime, time
from typing import Annotated

import msgspec
import typer
from rich.markup import escape
from rich.table import Table

from infrastructure import history as histories
from infrastructure.event_log import EventLog
from infrastructure.history import Did, Segregation
from infrastructure.servers.provided import database
from infrastructure.settings import Settings
from interfaces.cli import LOOK
from interfaces.cli._console import console
from interfaces.cli._points import instant_of

app = typer.Typer(help="Look back for what should not have been.", no_args_is_help=True)


def register(parent: typer.Typer) -> None:
    """Add the commands of this module."""
    parent.add_typer(app, name="compliance", rich_help_panel=LOOK)


@app.callback()
def _compliance() -> None:
    """Look back for what should not have been."""


@app.command()
def segregation(
    since: Annotated[str | None, typer.Option(metavar="DATE|INSTANT", help="From then on.")] = None,
    until: Annotated[str | None, typer.Option(metavar="DATE|INSTANT", help="Until then, a day included.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Who could have done both of two duties that one person is not to have, and who did. Exits with 1 if somebody."""
    with database(Settings()) as url:
        try:
            found = asyncio.run(_found(url, instant_of(since, time.min), instant_of(until, time.max)))
        except histories.NotInOrder as problem:
            raise typer.BadParameter(str(problem)) from None
    if as_json:
        print(json.dumps(msgspec.to_builtins(found), indent=2))
    else:
        _print(found)
    if any(each.did for each in found):
        raise typer.Exit(1)


async def _found(url: str, since: datetime | None, until: datetime | None) -> list[Segregation]:
    histories.import_domain()
    async with EventLog(url, name="q2c compliance", readers=1) as log:
        return await histories.segregation(log, since, until)


def _print(found: Sequence[Segregation]) -> None:
    table = Table("rule", "who could", "who did", box=None, header_style="bold", pad_edge=False)
    for each in found:
        could = [f"{one.login} {_day(one.since)} to {_day(one.until)}" for one in each.could]
        did = [
            f"{_accounts(one)}: {one.first_command} at {one.first_position}, {one.second_command} at "
            f"{one.second_position}"
            for one in each.did
        ]
        rule = each.rule if each.applies else f"{each.rule} (not in this version)"
        table.add_row(escape(rule), escape("\n".join(could)), escape("\n".join(did)))
    console().print(table)


def _accounts(did: Did) -> str:
    return did.login if did.login == did.first_login else f"{did.first_login}, {did.login}"


def _day(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d}" if at else "now"
