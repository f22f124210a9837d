"""The command line: `q2c --help` is its table of contents.

A module of this package adds its commands by a function `register(app)`; a new module is found by itself.
"""

from __future__ import annotations

import importlib
import pkgutil
import signal
import sys
from importlib import metadata
from types import FrameType
from typing import Annotated

import typer
from psycopg import errors
from pydantic import ValidationError

from infrastructure.database import DatabaseUnavailable
from infrastructure.migrate import MigrationRefused
from infrastructure.servers import ServerError

RUN, DATA, LOOK, OPERATE = PANELS = ("Run", "Data", "Look", "Operate")


def _tell_version(asked: bool) -> None:
    if asked:
        print(f"q2c {metadata.version('q2c')}")
        raise typer.Exit


def application() -> typer.Typer:
    """The command line with the commands of every module in this package, in the order of the panels."""
    app = typer.Typer(
        name="q2c",
        help="Quote to Cash: carries a deal from its first quote to its last payment.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    app.callback()(_q2c)
    for module in pkgutil.iter_modules(__path__):
        if not module.name.startswith("_"):
            importlib.import_module(f"{__name__}.{module.name}").register(app)
    app.registered_commands.sort(key=lambda command: PANELS.index(str(command.rich_help_panel)))
    return app


def _q2c(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_tell_version, help="Tell the version, and leave.")
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run the command line; what a person can put right is told in one line, without a traceback."""
    signal.signal(signal.SIGTERM, _leave)
    try:
        application()()
    except (ServerError, DatabaseUnavailable, MigrationRefused) as error:
        sys.exit(f"q2c: {error}")
    except (errors.UndefinedTable, errors.UndefinedFunction, errors.InvalidSchemaName) as error:
        lacks = str(error.diag.message_primary)
        sys.exit(f"q2c: the database is not in the form that this version needs ({lacks}): run `q2c migrate` first")
    except ValidationError as error:
        faults = "; ".join(": ".join((*map(str, fault["loc"]), fault["msg"])) for fault in error.errors())
        sys.exit(f"q2c: a setting is not valid ({faults}); `q2c settings` explains each.")


def _leave(number: int, frame: FrameType | None) -> None:
    """Turn SIGTERM into an orderly end, which releases what is held."""
    sys.exit(0)
