"""The tree is RFC 9162's: against its definition, against the roots that implementations of Certificate Transparency
agree on, and against every way to bend a proof."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.proofs.checking import ProofRefused, check_consistency, check_inclusion
from infrastructure.proofs.tree import (
    EMPTY,
    Tree,
    grown,
    leaf_hash,
    node_hash,
)
from interfaces.verify_bundle import Growing

ENTRIES = [bytes.fromhex(entry) for entry in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip
# The tree of these entries of 1, 2, … leaves, as in the test data of github.com/google/certificate-transparency
# (Apache 2.0).
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
SIZES = st.one_of(st.integers(0, 40), st.integers(250, 520), st.sampled_from([65_535, 65_536, 65_537, 66_000]))
MANY = [leaf_hash(b"%d" % number) for number in range(66_000)]


def defined_root(leaves: Sequence[bytes]) -> bytes:
    """Section 2.1.1, word for word."""
    if not leaves:
        return EMPTY
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return node_hash(defined_root(leaves[:split]), defined_root(leaves[split:]))


def grown_tree(leaves: Sequence[bytes], steps: Sequence[int] = ()) -> Tree:
    """A tree that has grown in such steps, and then to its size."""
    tiles: dict[tuple[int, int], bytes] = {}
    tile: Callable[[int, int], bytes] = lambda level, number: tiles[level, number]  # noqa: E731
    size = 0
    for end in [*sorted(min(step, len(leaves)) for step in steps), len(leaves)]:
        tiles |= grown(size, leaves[size:end], tile)
        size = end
    return Tree(size, tile)


ALL = grown_tree(MANY)
BY_SIZE = {size: Tree(size, ALL.tile) for size in range(len(MANY) + 1)}


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_those_that_others_compute(size: int) -> None:
    leaves = list(map(leaf_hash, ENTRIES[:size]))
    assert grown_tree(leaves).root().hex() == ROOTS[size - 1] == defined_root(leaves).hex()


@settings(deadline=None, max_examples=20)  # the largest is grown leaf by leaf
@given(SIZES, st.lists(st.integers(0, 600), max_size=5))
def test_a_tree_is_the_same_however_it_grew(size: int, steps: list[int]) -> None:
    leaves, growing = MANY[:size], Growing()
    for leaf in leaves:
        growing.add(leaf)
    assert grown_tree(leaves, steps).root() == growing.root() == BY_SIZE[size].root()
    assert size > 600 or growing.root() == defined_root(leaves)


def bent(proof: list[bytes]) -> list[list[bytes]]:
    """Every way to bend a proof: too short, too long, in another order, with a bit that is wrong."""
    some = [proof[:-1], proof[1:]] if proof else []
    some += [[*proof, EMPTY], [EMPTY, *proof], [*proof, *proof[-1:]] if proof else [EMPTY, EMPTY]]
    some += [proof[::-1]] if proof[::-1] != proof else []
    for place in range(len(proof)):
        some.append([*proof[:place], bytes([proof[place][0] ^ 8]) + proof[place][1:], *proof[place + 1 :]])
    return some


@given(SIZES.filter(bool), st.data())
def test_a_leaf_is_proved_to_be_in_the_tree_and_nothing_else_is(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    tree, leaf = BY_SIZE[size], MANY[index]
    proof, root = tree.inclusion(index), tree.root()
    assert tree.leaf(index) == leaf
    check_inclusion(leaf, index, size, proof, root)
    refused = [
        (MANY[index - 1], index, size, proof, root),
        (leaf, index + 1, size, proof, root),
        (leaf, -1, size, proof, root),
        (leaf, size, size, proof, root),
        (leaf, index, 0, proof, root),
        (leaf, index, size, proof, EMPTY),
        *((leaf, index, size, other, root) for other in bent(proof)),
    ]
    for case in refused if size > 1 else refused[1:]:
        with pytest.raises(ProofRefused):
            check_inclusion(*case)


@given(SIZES.filter(bool), st.data())
def test_a_tree_is_proved_to_go_on_from_an_earlier_one(size: int, data: st.DataObject) -> None:
    earlier = data.draw(st.integers(1, size))
    tree, before = BY_SIZE[size], BY_SIZE[earlier].root()
    proof, root = tree.consistency(earlier), tree.root()
    check_consistency(earlier, size, proof, before, root)
    refused = [
        (earlier, size, proof, EMPTY, root),
        (earlier, size, proof, before, EMPTY),
        (size + 1, size, proof, before, root),
        (-1, size, proof, before, root),
        *((earlier, size, other, before, root) for other in bent(proof)),
    ]
    if earlier < size:
        refused += [(earlier, size, proof, root, before), (earlier, size, [], before, root)]
    for case in refused:
        with pytest.raises(ProofRefused):
            check_consistency(*case)


@pytest.mark.parametrize("index", [-1, 7, 8])
def test_what_is_not_there_is_not_proved(index: int) -> None:
    with pytest.raises(IndexError):
        BY_SIZE[7].inclusion(index)


@pytest.mark.parametrize("earlier", [-1, 0, 8])
def test_a_tree_does_not_go_on_from_a_larger_one_and_an_empty_one_proves_nothing(earlier: int) -> None:
    with pytest.raises(IndexError):
        BY_SIZE[7].consistency(earlier)


def test_only_what_is_not_full_yet_changes() -> None:
    tiles = grown(0, MANY[:66_000], lambda *_: b"")
    changed = grown(66_000, MANY[:1], lambda *place: tiles[place])
    assert set(changed) == {(0, 257)}  # what is kept of a log is in tiles of 256
