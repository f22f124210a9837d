"""Proofs for whoever asks: that an event is in the log, and that the log only grew."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from domain.shared.refusal import NotFound
from infrastructure.event_log import EventLog
from infrastructure.proofs.ledgers import EVENTS, Ledger
from infrastructure.proofs.tree import HASH, WIDTH, Tree

LAST = b"SELECT size, note FROM {tree}.checkpoints JOIN {tree}.published USING (number) ORDER BY number DESC LIMIT 1"
OF_SIZE = (
    b"SELECT note FROM proofs.checkpoints JOIN proofs.published USING (number) WHERE size = %s ORDER BY number LIMIT 1"
)
TILES = b"""
    SELECT level, number, hashes FROM {tree}.tiles
    JOIN unnest(%s::smallint[], %s::bigint[]) AS asked (level, number) USING (level, number)"""

Proof = TypeVar("Proof")


@dataclass(frozen=True, slots=True)
class Inclusion:
    """That an event is in the log that the checkpoint signs (RFC 9162, 2.1.3); hashes are in base 64."""

    leaf_index: int
    """Its position less one."""
    leaf_hash: str
    inclusion_path: Sequence[str]
    checkpoint: str
    """A signed note, which names the size of the tree and its root."""


@dataclass(frozen=True, slots=True)
class Consistency:
    """That the log of an earlier size is the beginning of a later one (RFC 9162, 2.1.4); hashes are in base 64."""

    earlier: int
    later: int
    consistency_path: Sequence[str]


async def last_checkpoint(log: EventLog, ledger: Ledger = EVENTS) -> str:
    """The signed note of what is sealed. Raises NotFound while nothing is."""
    return (await _last(log, ledger))[1]


async def checkpoint_of(log: EventLog, size: int) -> str:
    """The signed note of so many events. Raises NotFound where none was published."""
    rows = await log.rows(OF_SIZE, [size])
    if not rows:
        raise NotFound(f"No checkpoint of {size} events is known.")
    return str(rows[0][0])


async def inclusion(log: EventLog, position: int, ledger: Ledger = EVENTS) -> Inclusion:
    """Raises NotFound where the event is not there, or not sealed yet."""
    size, note = await _last(log, ledger)
    index = position - 1
    if position > size:
        raise NotFound(f"No event at position {position} is sealed: the last checkpoint covers {size}.")
    leaf, *path = await _with_tiles(log, ledger, size, lambda tree: [tree.leaf(index), *tree.inclusion(index)])
    return Inclusion(index, _encoded(leaf), list(map(_encoded, path)), note)


async def inclusions(log: EventLog, positions: Sequence[int]) -> tuple[str, list[list[str]]]:
    """The last checkpoint, and the path to it of each of these events that is sealed. Raises NotFound while nothing
    is."""
    size, note = await _last(log, EVENTS)
    sealed = [position - 1 for position in positions if position <= size]
    paths = await _with_tiles(log, EVENTS, size, lambda tree: list(map(tree.inclusion, sealed)))
    return note, [list(map(_encoded, path)) for path in paths]


async def consistency(log: EventLog, earlier: int, later: int, ledger: Ledger = EVENTS) -> Consistency:
    """Between trees of these sizes, whose checkpoints the asker has. Raises NotFound where so much is not sealed."""
    size, _ = await _last(log, ledger)
    if later > size:
        raise NotFound(f"The last checkpoint covers {size} events.")
    path = await _with_tiles(log, ledger, later, lambda tree: tree.consistency(earlier))
    return Consistency(earlier, later, list(map(_encoded, path)))


async def _last(log: EventLog, ledger: Ledger) -> tuple[int, str]:
    rows = await log.rows(ledger.sql(LAST), [])
    if not rows:
        raise NotFound("Nothing is sealed yet: the worker seals the log within seconds.")
    return rows[0][0], rows[0][1]


async def _with_tiles(log: EventLog, ledger: Ledger, size: int, prove: Callable[[Tree], Proof]) -> Proof:
    """Make a proof twice: once to learn which tiles it takes, and once from them."""
    asked: dict[tuple[int, int], bytes] = {}

    def ask(level: int, number: int) -> bytes:
        return asked.setdefault((level, number), bytes(HASH * WIDTH))

    await asyncio.to_thread(prove, Tree(size, ask))
    levels, numbers = zip(*asked, strict=True) if asked else ((), ())
    tiles = {
        (row[0], row[1]): bytes(row[2]) for row in await log.rows(ledger.sql(TILES), [list(levels), list(numbers)])
    }
    return await asyncio.to_thread(prove, Tree(size, lambda level, number: tiles[level, number]))


def _encoded(value: bytes) -> str:
    return b64encode(value).decode()
