"""A Merkle tree over a list that only grows (RFC 9162, section 2.1), kept in tiles of 256 hashes.

Leaf `i` is the `i`-th thing of the list, counted from 0. A tile of level 0 holds the hashes of 256 leaves in a row, one
of level `n` the roots of 256 full tiles of level `n - 1`; each level's last tile may hold fewer (C2SP tlog-tiles). So
whatever is full never changes, and every proof is made from a few tiles.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256

HASH = 32
"""Bytes of a hash."""
HEIGHT = 8
WIDTH = 1 << HEIGHT
"""Hashes of a full tile."""
EMPTY = sha256(b"").digest()
"""The root of a tree without leaves."""

Tile = Callable[[int, int], bytes]
"""The hashes of a tile, one after another, by its level and its number in that level."""


def leaf_hash(content: bytes) -> bytes:
    """Of what is in the list."""
    return sha256(b"\0" + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Of two subtrees."""
    return sha256(b"\1" + left + right).digest()


def root_of(hashes: Sequence[bytes]) -> bytes:
    """Of a tree of these leaves, or of these perfect subtrees of one size: a power of two of them."""
    row = hashes
    while len(row) > 1:
        row = [node_hash(row[place], row[place + 1]) for place in range(0, len(row), 2)]
    return row[0]


class Tree:
    """A tree of so many leaves, whose tiles are kept somewhere."""

    def __init__(self, size: int, tile: Tile) -> None:
        self.size = size
        self.tile = tile
        self._nodes: dict[tuple[int, int], bytes] = {}

    def root(self) -> bytes:
        """What stands for the whole list."""
        return self._subtree(0, self.size)

    def leaf(self, index: int) -> bytes:
        """The hash of a leaf, as it is kept."""
        return self._node(0, index)

    def inclusion(self, index: int) -> list[bytes]:
        """The hashes that lead from a leaf to the root. Raises IndexError where there is no such leaf."""
        if not 0 <= index < self.size:
            raise IndexError(index)
        proof, begin, end = list[bytes](), 0, self.size
        while end - begin > 1:
            middle = begin + _largest_power_below(end - begin)
            if index < middle:
                proof.append(self._subtree(middle, end))
                end = middle
            else:
                proof.append(self._subtree(begin, middle))
                begin = middle
        return proof[::-1]

    def consistency(self, earlier: int) -> list[bytes]:
        """The hashes that show that a tree of the `earlier` size is the beginning of this one. Raises IndexError."""
        if not 0 < earlier <= self.size:
            raise IndexError(earlier)
        if earlier == self.size:
            return []
        proof, begin, end, is_known = list[bytes](), 0, self.size, True
        while earlier != end:
            middle = begin + _largest_power_below(end - begin)
            if earlier <= middle:
                proof.append(self._subtree(middle, end))
                end = middle
            else:
                proof.append(self._subtree(begin, middle))
                begin, is_known = middle, False
        if not is_known:
            proof.append(self._subtree(begin, end))
        return proof[::-1]

    def _subtree(self, begin: int, end: int) -> bytes:
        """The root over some leaves; `begin` is a multiple of the largest power of two that is below their number."""
        if begin == end:
            return EMPTY
        parts = []
        while begin < end:
            level = min((end - begin).bit_length() - 1, _trailing_zeros(begin))
            parts.append(self._node(level, begin >> level))
            begin += 1 << level
        found = parts.pop()
        while parts:
            found = node_hash(parts.pop(), found)
        return found

    def _node(self, level: int, number: int) -> bytes:
        """The root of the `number`-th perfect subtree of 2 to the `level` leaves."""
        known = self._nodes.get((level, number))
        if known is not None:
            return known
        above, inside = divmod(level, HEIGHT)
        first = number << inside
        tile = self.tile(above, first // WIDTH)
        begin = first % WIDTH
        hashes = [tile[HASH * place : HASH * (place + 1)] for place in range(begin, begin + (1 << inside))]
        found = self._nodes[level, number] = root_of(hashes)
        return found


def grown(size: int, hashes: Sequence[bytes], tile: Tile) -> dict[tuple[int, int], bytes]:
    """The tiles that a tree of this size gets, or gets anew, when these leaves are added, by level and number."""
    changed: dict[tuple[int, int], bytes] = {}
    level, first, added = 0, size, list(hashes)
    while added:
        filled = []
        while added:
            number, inside = divmod(first, WIDTH)
            before = tile(level, number)[: HASH * inside] if inside else b""
            some, added = added[: WIDTH - inside], added[WIDTH - inside :]
            content = changed[level, number] = before + b"".join(some)
            first += len(some)
            if len(content) == HASH * WIDTH:
                filled.append(root_of([content[at : at + HASH] for at in range(0, len(content), HASH)]))
        level, first, added = level + 1, (first // WIDTH) - len(filled), filled
    return changed


def _largest_power_below(number: int) -> int:
    return 1 << ((number - 1).bit_length() - 1)


def _trailing_zeros(number: int) -> int:
    return (number & -number).bit_length() - 1 if number else 64
