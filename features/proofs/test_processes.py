"""A large bundle is checked by several processes, and judged as by one."""

from __future__ import annotations

import io
import resource
from collections.abc import Callable
from pathlib import Path

import pytest

from features.proofs.sealed import Sealed, contents, zipped
from interfaces import verify_bundle
from interfaces.verify_bundle import BLOCK, MUCH

EVENTS = 9
WRONG = 5
LARGE = "Größe" * (MUCH // EVENTS // 6)
FILES = 6
"""So few may be open that no process can be begun: its pipes are files."""


def few_files() -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (FILES, FILES))


@pytest.fixture
def large(sealed: Sealed) -> Path:
    """A bundle that is worth several processes."""
    sealed.append(EVENTS, reason=LARGE)
    sealed.seal()
    return sealed.bundle()


@pytest.mark.parametrize("limit", [None, few_files], ids=["several processes", "no process to be had"])
@pytest.mark.parametrize("forged", [None, (b"Counter", b"counter"), (b'"position"', b'"Position"')])
def test_the_verdict_is_the_same(
    sealed: Sealed, large: Path, limit: Callable[[], None] | None, forged: tuple[bytes, bytes] | None
) -> None:
    files = contents(large)
    lines = files["events.jsonl"].splitlines(keepends=True)
    assert len(files["events.jsonl"]) > MUCH
    if forged:
        assert forged[0] in lines[WRONG - 1]
        lines[WRONG - 1] = lines[WRONG - 1].replace(*forged)
    found = sealed.judged(zipped(large, files | {"events.jsonl": b"".join(lines)}), limit=limit)
    assert (found["good"], found["first_wrong_position"]) == ((False, WRONG) if forged else (True, None))


def test_several_processes_find_the_same_in_the_same_order(large: Path) -> None:
    events = contents(large)["events.jsonl"] + b"no event\n" + b"{}"
    alone, together = (
        list(verify_bundle.numbered(by(verify_bundle.blocks(io.BytesIO(events)))))
        for by in (verify_bundle.by_this_process, verify_bundle.by_processes)
    )
    assert alone == together
    assert [position for position, _ in alone] == list(range(1, EVENTS + 3))
    assert [bool(leaf) for _, leaf in alone] == [True] * EVENTS + [False] * 2


def test_blocks_are_whole_lines(large: Path) -> None:
    events = contents(large)["events.jsonl"]
    blocks = list(verify_bundle.blocks(io.BytesIO(events)))
    assert b"".join(blocks) == events
    assert len(blocks) > 1
    assert all(block.endswith(b"\n") and len(block) >= BLOCK for block in blocks[:-1])
