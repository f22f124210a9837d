"""`q2c status`: everything that an operator looks at first, in one place."""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import asdict
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from infrastructure.overview import Overview, overview
from infrastructure.policies import Refused
from infrastructure.servers.provided import database
from infrastructure.settings import Settings
from interfaces.cli import OPERATE
from interfaces.cli._console import console
from interfaces.cli.projection import tell

LATEST = 20
"""Refusals of policies that are shown."""


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command(rich_help_panel=OPERATE)(status)


def status(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Tell the logs' heads, workers, read models, what is sealed, what is parked, what policies asked for in vain.

    Exits with 1 if a read model has stopped or lacks something, if a log is not sealed, or if no worker is connected.
    """
    with database(Settings()) as url:
        found = asyncio.run(overview(url))
    if as_json:
        print(json.dumps(asdict(found), indent=2, default=str))
    else:
        _tell(found)
    if found.needs_somebody:
        sys.exit(1)


def _tell(found: Overview) -> None:
    console().print(
        f"The log ends at position {found.head:,}; policies have reacted up to {found.policies_position:,}"
        f"{_waits(found.policies_waiting_seconds)}."
    )
    console().print(f"Sealed up to {found.sealed_position:,}{_waits(found.unsealed_seconds)}. Workers: {found.workers}")
    console().print(
        f"The access log ends at {found.accesses:,}, sealed up to {found.accesses_sealed_position:,}"
        f"{_waits(found.accesses_unsealed_seconds)}.\n"
    )
    if found.sealing_refused:
        console().print(
            f"Sealing is refused since {found.sealing_refused_since:%Y-%m-%d %H:%M}: {escape(found.sealing_refused)}\n"
        )
    tell(found.models)
    if found.refusals:
        console().print(f"\nPolicies and timers asked {found.refusals:,} times in vain; the last of them:")
        console().print(_refusals(found.latest_refusals[:LATEST]))


def _waits(seconds: float) -> str:
    return f"; the oldest of the rest has waited for {seconds:,.0f} s" if seconds else ""


def _refusals(refused: list[Refused]) -> Table:
    table = Table("when", "after", "command", "on", "why not", box=None, header_style="bold")
    for each in refused:
        why = f"{each.code}: {each.detail}" if each.detail else each.code
        subject = str(each.subject) if each.subject else ""
        told = map(escape, (each.command, subject, why))
        table.add_row(f"{each.refused_at:%Y-%m-%d %H:%M}", f"{each.position:,}", *told)
    return table
