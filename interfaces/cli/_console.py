"""What the command line prints its tables with."""

from __future__ import annotations

import os

from rich.console import Console, ConsoleDimensions

WIDE = 1_000
"""Characters: nothing that a program reads is broken in two, least of all an id."""


class _Output(Console):
    """Standard output, as wide as the terminal; wide where there is none and nobody says how wide."""

    @property  # type: ignore[misc]  # nobody sets it
    def size(self) -> ConsoleDimensions:
        """See `Console`."""
        size = super().size
        return size if self.is_terminal or os.environ.get("COLUMNS") else ConsoleDimensions(WIDE, size.height)


console = _Output(highlight=False)
