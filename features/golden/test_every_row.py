"""@Q2C-3: no golden row is left out in silence: each is run, or listed in the README with its reason."""

from __future__ import annotations

import importlib
import re

import pytest

from features.golden.rows import HERE, LINES, README, TAKEN, rows_of, skipped

FILES = sorted(path.name for path in (HERE / "data").iterdir())
NAMES = sorted([*FILES, LINES])


@pytest.fixture(scope="module")
def taken() -> dict[str, set[int]]:
    """The rows that the tests of this folder run."""
    for path in HERE.glob("test_*.py"):
        importlib.import_module(f"features.golden.{path.stem}")
    return TAKEN


@pytest.mark.parametrize("name", NAMES)
def test_every_row_is_run_or_listed(name: str, taken: dict[str, set[int]]) -> None:
    every = set(range(1, len(rows_of(name)) + 1))
    listed = set(skipped(name))
    assert taken.get(name, set()) | listed == every
    assert not taken.get(name, set()) & listed


def test_the_readme_counts_them(taken: dict[str, set[int]]) -> None:
    table = re.findall(r"^\| `(.+?)` \| (\d+) \| (\d+) \| (\d+) \|$", README, re.MULTILINE)
    counted = {name: (int(rows), int(run), int(left)) for name, rows, run, left in table}
    assert counted == {name: (len(rows_of(name)), len(taken[name]), len(skipped(name))) for name in NAMES}


def test_every_file_has_its_source_and_licence() -> None:
    sources = re.findall(r"^\| `([^`]+?)` \| [^|\d]+ \| [^|]+ \| [^|]+ \|$", README, re.MULTILINE)
    assert sorted(sources) == FILES
