"""`q2c import`: other systems' files, through the same commands as any user's work.

A module of this package adds its commands by a function `register(app)`; a new module is found by itself.
"""

from __future__ import annotations

import importlib
import pkgutil

import typer

from interfaces.cli import DATA


def register(parent: typer.Typer) -> None:
    """Add the commands of this package."""
    app = typer.Typer(
        help="Files of other systems, through the same commands as any user's work. What is known already is passed"
        " over, so that an import may be repeated, and continued after it was interrupted.",
        no_args_is_help=True,
    )
    for module in pkgutil.iter_modules(__path__):
        if not module.name.startswith("_"):
            importlib.import_module(f"{__name__}.{module.name}").register(app)
    parent.add_typer(app, name="import", rich_help_panel=DATA)
