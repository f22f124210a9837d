"""What proofs show, by the algorithms of RFC 9162: a second opinion beside the offline verifier's."""

from __future__ import annotations

from collections.abc import Sequence

from infrastructure.proofs.tree import HASH, node_hash


class ProofRefused(Exception):
    """The proof does not show what it was said to show."""


def check_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """That a leaf is at its place in the tree of this root (RFC 9162, 2.1.3.2). Raises ProofRefused."""
    if not 0 <= index < size or len(leaf) != HASH:
        raise ProofRefused("there is no such leaf")
    place, last, found = index, size - 1, leaf
    for beside in proof:
        if last == 0:
            raise ProofRefused("the proof is too long")
        if place & 1 or place == last:
            found = node_hash(beside, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, beside)
        place, last = place >> 1, last >> 1
    if last or found != root:
        raise ProofRefused("it does not lead to the root")


def check_consistency(earlier: int, size: int, proof: Sequence[bytes], earlier_root: bytes, root: bytes) -> None:
    """That the tree of the earlier root is the beginning of the other (RFC 9162, 2.1.4.2). Raises ProofRefused."""
    if earlier == size:
        if proof or earlier_root != root:
            raise ProofRefused("two roots of one size")
        return
    if not 0 < earlier < size:
        raise ProofRefused("the earlier tree is empty, or the larger one")
    path = list(proof)
    if earlier & (earlier - 1) == 0:
        path.insert(0, earlier_root)
    if not path:
        raise ProofRefused("the proof is empty")
    place, last = earlier - 1, size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    before = after = path[0]
    for beside in path[1:]:
        if last == 0:
            raise ProofRefused("the proof is too long")
        if place & 1 or place == last:
            before, after = node_hash(beside, before), node_hash(beside, after)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            after = node_hash(after, beside)
        place, last = place >> 1, last >> 1
    if last or before != earlier_root or after != root:
        raise ProofRefused("it does not lead to both roots")
