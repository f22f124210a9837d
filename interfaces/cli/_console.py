"""What the command line prints its tables with."""

from __future__ import annotations

import os
import sys

from rich.console import Console

from infrastructure.settings import misspelled

WIDE = 1_000
"""Characters: nothing that a program reads is broken in two, least of all an id."""


def console() -> Console:
    """For standard output: as wide as the terminal; wide where there is none and nobody says how wide."""
    is_wide = not (sys.stdout.isatty() or os.environ.get("COLUMNS"))
    return Console(highlight=False, width=WIDE if is_wide else None)


def tell_of_misspelled_settings() -> None:
    """On standard error. Nothing is refused for them: an older version may meet settings of a newer one."""
    for sentence in misspelled(os.environ):
        print(f"q2c: {sentence}", file=sys.stderr)
