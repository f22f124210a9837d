"""`q2c bench`: how fast this machine and this version are, side by side with what Postgres itself can do."""

from __future__ import annotations

import json
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import psycopg
import typer
from psycopg import sql
from rich.console import Console
from rich.table import Table

from infrastructure.migrate import migrate
from infrastructure.servers import postgres
from infrastructure.servers.postgres import OWNER, SUPERUSER, Cluster
from infrastructure.servers.supervisor import Stop, Supervisor
from interfaces.cli import OPERATE

if TYPE_CHECKING:
    from interfaces.cli._measuring import Figure

console = Console(highlight=False)


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command(rich_help_panel=OPERATE)(bench)


def bench(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    adventureworks: Annotated[
        Path | None, typer.Option(help="Folder with FactResellerSales and its dimensions, to import as well.")
    ] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Find among 10,000 customers instead of 100,000.")] = False,
) -> None:
    """Measure appends, deals, imports, rebuilds and finding, on a Postgres of its own that is gone afterwards."""
    figures = _measure(adventureworks, 10_000 if quick else 100_000)
    if as_json:
        print(json.dumps([asdict(figure) for figure in figures], indent=2))
        return
    table = Table("what", "figure", "", "", box=None, header_style="bold")
    table.columns[1].justify = "right"
    for figure in figures:
        table.add_row(figure.name, f"{figure.value:,.2f}", figure.unit, figure.meaning)
    console.print(table)


def _measure(adventureworks: Path | None, customers: int) -> list[Figure]:
    # Here, since the other commands start faster without them.
    from interfaces.cli import _finding as finding
    from interfaces.cli import _measuring as measuring

    with console.status("Starting Postgres …") as status, _cluster() as cluster:
        status.update("Appends …")
        figures = measuring.appends(_database(cluster, "appends"))
        status.update("Deals …")
        with _service(_database(cluster, "deals")) as address:
            figures += measuring.deals(address)
        for path in [None] if adventureworks is None else [None, adventureworks]:
            status.update("Import …")
            url = _database(cluster, "sample" if path is None else "adventureworks")
            figures += measuring.imports(url, path)
        status.update("Rebuild …")
        figures += measuring.rebuilds(url)
        status.update("Find …")
        return figures + finding.finds(_database(cluster, "find"), customers)


@contextmanager
def _cluster() -> Iterator[Cluster]:
    """A Postgres of our own, as durable as any other."""
    with tempfile.TemporaryDirectory(prefix="q2c-bench-", dir="/var/tmp") as folder:
        Path(folder).chmod(0o711)  # the user that Postgres runs as goes through it
        with postgres.running(Path(folder)) as cluster:
            yield cluster


def _database(cluster: Cluster, name: str) -> str:
    with psycopg.connect(cluster.url("postgres", SUPERUSER), autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(name), sql.Identifier(OWNER)))
    migrate(cluster.url(name))
    return cluster.url(name)


@contextmanager
def _service(url: str) -> Iterator[str]:
    """An API and a worker over that database; the address of the API."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = int(probe.getsockname()[1])
    supervisor = Supervisor(url, f"http://127.0.0.1:{port}", lambda: None)
    supervisor.environment["Q2C_PORT"] = str(port)
    try:
        supervisor.wait_until_ready(Stop())
        yield supervisor.address
    finally:
        supervisor.stop()
