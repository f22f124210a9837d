"""Which read models there are, and what a read model's rows depend on."""

from __future__ import annotations

import ast
import hashlib
import importlib
import inspect
import pkgutil
import sys
from functools import cache
from typing import LiteralString

import projections
from projections.shared import ReadModel

BOOKKEEPING: LiteralString = """
create table position (
    only_row    boolean primary key default true check (only_row),
    position    bigint  not null,
    fingerprint text    not null,
    failure     text,
    applied     bigint  not null default 0,
    made_at     timestamptz not null default clock_timestamp()
);
create table parked (
    originator_id uuid    primary key,
    position      bigint  not null,
    topic         text    not null,
    problem       text    not null,
    later         integer not null default 0
)
"""
"""What every read model's schema has besides its own tables: how far it has come, how many events had effects in it
until then, and what is left out."""
BOOKKEPT = ("position", "parked")


def read_models() -> dict[str, type[ReadModel]]:
    """Every read model by its name, found in the package `projections`: adding a reader edits no list."""
    # Packages whole: a fingerprint must not depend on which of its modules a process happens to use.
    for module in pkgutil.walk_packages(projections.__path__, f"{projections.__name__}."):
        importlib.import_module(module.name)
    return dict(sorted(ReadModel.MODELS.items()))


def fingerprint(model: type[ReadModel]) -> str:
    """What the rows are made by: the tables and the source of all that handles events, as hex of SHA-256.

    Queries are `async` and leave the rows alone, so they do not count; nor do comments and layout.
    """
    digest = hashlib.sha256((model.tables + BOOKKEEPING).encode())
    digest.update(_source(tuple(sorted(_modules(model)))))
    return digest.hexdigest()


@cache
def _source(modules: tuple[str, ...]) -> bytes:
    """Read once a process: what it has loaded is what it runs, whatever becomes of the files."""
    trees = (ast.parse(inspect.getsource(sys.modules[name])) for name in modules)
    return "".join(ast.dump(_Rows().visit(tree)) for tree in trees).encode()


def _modules(model: type[ReadModel]) -> set[str]:
    """The read model's module; where it is a package, all of its loaded modules."""
    if not model.__module__.startswith(f"{projections.__name__}."):
        return {model.__module__}
    root = ".".join(model.__module__.split(".")[:2])
    within = f"{root}."
    return {root, *(name for name in sys.modules if name.startswith(within))}


class _Rows(ast.NodeTransformer):
    """Leaves out what cannot change a row: queries, which are asynchronous, and texts that are no one's value."""

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        return None

    def visit_Expr(self, node: ast.Expr) -> ast.Expr | None:
        return None if isinstance(node.value, ast.Constant) else node
