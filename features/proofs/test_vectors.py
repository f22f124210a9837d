"""Every public proof vector is judged right, by our hashes and by the offline verifier, which share no code."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from features.proofs.checking import ProofRefused, check_consistency, check_inclusion
from interfaces import verify_bundle as offline

Vector = dict[str, Any]


def vectors(name: str) -> list[Vector]:
    """Those of one file; the table beside it says how many there are."""
    file = Path(__file__).parent / "rfc9162" / f"{name}.jsonl"
    found: list[Vector] = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    right = sum(not each["wantErr"] for each in found)
    assert f"`{file.name}` | " in (readme := (file.parent / "README.md").read_text(encoding="utf-8"))
    assert f" | {len(found)} | {right} |" in readme
    return found


def is_shown(check: Callable[..., None], *arguments: Any) -> bool:
    try:
        check(*arguments)
    except ProofRefused:
        return False
    return True


@pytest.mark.parametrize("vector", vectors("inclusion"), ids=lambda vector: vector["file"])
def test_a_proof_of_inclusion_is_judged_right(vector: Vector) -> None:
    leaf, index, size = b64decode(vector["leafHash"]), vector["leafIdx"], vector["treeSize"]
    proof, root = vector["proof"], b64decode(vector["root"])
    assert is_shown(check_inclusion, leaf, index, size, list(map(b64decode, proof)), root) is not vector["wantErr"]
    assert offline.leads(leaf, index, size, proof, root) is not vector["wantErr"]


@pytest.mark.parametrize("vector", vectors("consistency"), ids=lambda vector: vector["file"])
def test_a_proof_of_consistency_is_judged_right(vector: Vector) -> None:
    earlier, size, proof = vector["size1"], vector["size2"], vector["proof"]
    roots = b64decode(vector["root1"]), b64decode(vector["root2"])
    assert is_shown(check_consistency, earlier, size, list(map(b64decode, proof)), *roots) is not vector["wantErr"]
    assert offline.goes_on(earlier, roots[0], size, proof, roots[1]) is not vector["wantErr"]
