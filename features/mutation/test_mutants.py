"""Each small mistake is put in alone, and taken out again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from features.mutation.mutants import mutants

SOURCE = '''
"""What people read."""
LEAST: int = 3
def enough(count: int, names: list[str]) -> bool:
    if not names:
        raise ValueError("no 1")
    return count - 1 >= LEAST and "x" in {"x", "y"}
'''
MISTAKES = {
    (3, "3 → 4"),
    (5, "not names → names"),
    (7, "return count - 1 >= LEAST and 'x' in {'x', 'y'} → return None"),
    (7, "And → Or"),
    (7, "GtE → Gt"),
    (7, "GtE → Lt"),
    (7, "Sub → Add"),
    (7, "1 → 2"),
    (7, "In → NotIn"),
    (7, "'x' → 'x?'"),
    (7, "'y' → 'y?'"),
    (7, "without 'x'"),
    (7, "without 'y'"),
}


def test_every_mistake_is_made_and_nothing_else() -> None:
    made = list(mutants(SOURCE, "source.py"))
    assert {(mutant.line, mutant.mistake) for mutant in made} == MISTAKES
    assert len({mutant.code for mutant in made}) == len(made) == len(MISTAKES) + 1  # there are two of 'x'


@pytest.mark.parametrize(
    ("mistake", "wrong"), [("Sub → Add", (2, True)), ("GtE → Gt", (4, False)), ("1 → 2", (4, False))]
)
def test_a_mistake_is_one(mistake: str, wrong: tuple[int, bool]) -> None:
    (mutant,) = (each for each in mutants(SOURCE, "source.py", ["enough"]) if each.mistake == mistake)
    as_it_is, mistaken = (_run(code) for code in (compile(SOURCE, "source.py", "exec"), mutant.code))
    count, answer = wrong
    assert (as_it_is(count, ["x"]), mistaken(count, ["x"])) == (not answer, answer)


def _run(code: Any) -> Callable[..., bool]:
    names: dict[str, Any] = {}
    exec(code, names)  # noqa: S102
    found: Callable[..., bool] = names["enough"]
    return found
