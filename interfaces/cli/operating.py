"""Commands for whoever runs the service: settings, migrations, backups."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from infrastructure import backup as backups
from infrastructure import migrate as migrations
from infrastructure.servers.provided import database
from infrastructure.settings import Settings, listed
from interfaces.cli import OPERATE
from interfaces.cli._console import console, tell_of_misspelled_settings


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    for command in (settings, migrate, backup, restore):
        app.command(rich_help_panel=OPERATE)(command)


def settings(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List every setting: environment variable, present value, default and meaning."""
    rows = listed(Settings())
    tell_of_misspelled_settings()
    if as_json:
        print(json.dumps([asdict(row) for row in rows], indent=2))
        return
    table = Table("variable", "value", "default", "meaning", box=None, header_style="bold")
    for row in rows:
        table.add_row(row.variable, row.value, row.default, row.meaning)
    console().print(table)


def migrate() -> None:
    """Bring the database to the form that this version needs."""
    with database(Settings()) as url:
        applied = migrations.migrate(url)
    print("\n".join(f"applied {name}" for name in applied) or "up to date")


def backup(file: Annotated[Path, typer.Argument(help="File to write; it must not exist.")]) -> None:
    """Write everything, as of one instant, to FILE; the service may go on running."""
    with database(Settings()) as url:
        backups.backup(url, file)
    print(f"{file}: {file.stat().st_size:,} bytes")


def restore(file: Annotated[Path, typer.Argument(help="File that `q2c backup` wrote.")]) -> None:
    """Fill an empty database from FILE."""
    with database(Settings()) as url:
        log = backups.restore(url, file)
    print(f"restored from {file}: the log lacks nothing up to position {log.head:,}, {log.aggregates:,} aggregates")
