"""How often a process looks for what only rings of references keep alive."""

from __future__ import annotations

import gc

OBJECTS = 50_000
"""Made since the last look at the youngest; the interpreter's own number is made for far smaller ones."""
TIMES = 20
"""Looks at the younger ones for each look at the older."""


def collect_seldom() -> None:
    """Leave what has been loaded alone from now on, and look less often at the rest.

    Decoding events makes so many objects, and so few rings, that looking costs a third of all that a rebuild does.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(OBJECTS, TIMES, TIMES)
