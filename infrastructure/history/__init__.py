"""What happened, who did it and why: the history of one thing, what became of it between two points, the whole log."""

from __future__ import annotations

import importlib
import pkgutil

import domain
from infrastructure.history.kinds import NoSuchKind
from infrastructure.history.records import COLUMNS, Record
from infrastructure.history.searching import RecordPage, Wanted, all_found, found
from infrastructure.history.segregation import Did, Segregation, segregation
from infrastructure.history.telling import (
    BuiltOnTheFuture,
    Change,
    Difference,
    Entry,
    History,
    difference,
    history,
)
from infrastructure.points import NotInOrder, NotYet

__all__ = [
    "COLUMNS",
    "BuiltOnTheFuture",
    "Change",
    "Did",
    "Difference",
    "Entry",
    "History",
    "NoSuchKind",
    "NotInOrder",
    "NotYet",
    "Record",
    "RecordPage",
    "Segregation",
    "Wanted",
    "all_found",
    "difference",
    "found",
    "history",
    "import_domain",
    "segregation",
]


def import_domain() -> None:
    """Make every aggregate and event known, so that any history can be read."""
    for module in pkgutil.walk_packages(domain.__path__, f"{domain.__name__}."):
        importlib.import_module(module.name)
