"""`python -m features.mutation [NAME…]`: which small mistakes in what trust rests on do tests notice?

Each mistake is put into its module in a process of its own, which then runs the module's tests until one fails. All of
them share one Postgres.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import os
import shutil
import signal
import sys
from collections.abc import Iterable, Iterator, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from time import monotonic
from types import CodeType, ModuleType
from typing import NamedTuple

import pytest
from hypothesis import settings

from features.mutation.mutants import Mutant, mutants
from features.run_folder import RUN_FOLDER
from infrastructure.servers.postgres import running

PATIENCE = 10.0
"""Times what the tests take of the module as it is, after which they are taken to hang, which is noticed, too."""
LONGEST = 600
"""Seconds after which the module as it is is taken to hang."""
AT_ONCE = os.cpu_count() or 1
LEAST = 0.9
NOT_OURS = ("anyio", "eventsourcing.domain", "fastapi.testclient", "psycopg_pool", "pytest_bdd")
"""What is slow to import, and is imported once for all."""


class Target(NamedTuple):
    """A module, the parts of it that are meant (none: all), and its tests."""

    module: str
    within: Sequence[str]
    alone: Sequence[str]
    """Those that need nothing of `conftest.py`: no database, above all."""
    together: Sequence[str] = ()
    """Those that do, for what the others do not notice."""


TARGETS = {
    "tree": Target("infrastructure.proofs.tree", (), ["proofs/test_vectors.py", "proofs/test_tree.py"]),
    "envelope": Target("application.unit_of_work", ["Envelope"], ["identity/test_envelope.py"]),
    "policy": Target("application.access", (), ["identity/test_policy_table.py"]),
    "guard": Target(
        "interfaces.rest.access",
        (),
        ["identity/test_guard.py"],
        [
            *(f"identity/test_{what}.py" for what in ("identity", "policy", "totp", "portal_links")),
            "access/test_access.py",
        ],
    ),
    "idempotency": Target(
        "infrastructure.event_log.statement", (), ["event_log/test_statement.py"], ["event_log/test_append.py"]
    ),
}


class Instead(MetaPathFinder, Loader):
    """Imports one module from other code."""

    def __init__(self, module: str, code: CodeType) -> None:
        assert module not in sys.modules
        self._module = module
        self._code = code

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        return importlib.util.spec_from_loader(name, self) if name == self._module else None

    def exec_module(self, module: ModuleType) -> None:
        exec(self._code, vars(module))  # noqa: S102


class OneOfMany:
    """The tests of one mutant, beside those of others."""

    def pytest_configure(self, config: pytest.Config) -> None:
        # What is slow or chance is not the mistake's doing.
        settings.register_profile("mutation", max_examples=30, deadline=None, derandomize=True, database=None)
        settings.load_profile("mutation")
        # Only the last of a run clears up after all of them.
        vars(config)["workerinput"] = {}


def main() -> int:
    """The command. Exits with 1 if less is noticed than should be."""
    parser = argparse.ArgumentParser(prog="python -m features.mutation", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(TARGETS))
    names = parser.parse_args().names or list(TARGETS)
    RUN_FOLDER.mkdir()
    RUN_FOLDER.chmod(0o711)
    try:
        for name in NOT_OURS:
            importlib.import_module(name)
        with running(RUN_FOLDER):
            scores = [_score(name, TARGETS[name]) for name in names]
    finally:
        shutil.rmtree(RUN_FOLDER, ignore_errors=True)
    return int(min(scores) < LEAST)


def _score(name: str, target: Target) -> float:
    """The share of the mistakes that are noticed; names those that are not."""
    file = Path(*target.module.split(".")).with_suffix(".py")
    source = file.read_text(encoding="utf-8")
    as_it_is = Mutant(0, "nothing", compile(source, str(file), "exec"))
    begun = monotonic()
    if not list(_unnoticed(target, [as_it_is], LONGEST)):
        raise SystemExit(f"{name}: its tests fail as it is")
    patience = max(1, round(PATIENCE * (monotonic() - begun)))
    made = list(mutants(source, str(file), target.within))
    unnoticed = []
    for mutant in _unnoticed(target, made, patience):
        unnoticed.append(mutant)
        print(f"  {file}:{mutant.line}: {mutant.mistake}", flush=True)
    score = 1 - len(unnoticed) / len(made)
    print(f"{name}: {len(made) - len(unnoticed)} of {len(made)} mistakes noticed, {score:.1%}", flush=True)
    return score


def _unnoticed(target: Target, made: Iterable[Mutant], patience: int) -> Iterator[Mutant]:
    """Those with which all tests pass, within this many seconds each."""
    left = _passing(target.module, target.alone, made, patience, "--noconftest")
    return _passing(target.module, target.together, left, patience) if target.together else left


def _passing(
    module: str, tests: Sequence[str], made: Iterable[Mutant], patience: int, *options: str
) -> Iterator[Mutant]:
    """Those with which these tests pass."""
    begun: dict[int, Mutant] = {}
    for mutant in list(made):
        if len(begun) == AT_ONCE:
            yield from _ended(begun)
        begun[_begin(module, tests, mutant.code, patience, options)] = mutant
    while begun:
        yield from _ended(begun)


def _begin(module: str, tests: Sequence[str], code: CodeType, patience: int, options: Sequence[str]) -> int:
    """The process that runs the tests."""
    process = os.fork()
    if not process:
        signal.alarm(patience)
        os.environ["PYTEST_XDIST_WORKER"] = f"mutant{os.getpid()}"
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        sys.meta_path.insert(0, Instead(module, code))
        quiet = ["-x", "-p", "no:cacheprovider", "-p", "no:xdist", "-W", "ignore:Module already imported"]
        status = pytest.main([*quiet, *options, *(f"features/{test}" for test in tests)], plugins=[OneOfMany()])
        os._exit(int(status))
    return process


def _ended(begun: dict[int, Mutant]) -> Iterator[Mutant]:
    """The next one to end, if nothing was noticed."""
    process, status = os.wait()
    mutant = begun.pop(process, None)
    if mutant and status == 0:
        yield mutant


if __name__ == "__main__":
    sys.exit(main())
