"""Long logs of real business: a world is imported once, and copied under other identities until there are enough."""

from __future__ import annotations

import asyncio
import os
import re
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import count, islice
from typing import Any
from uuid import UUID

from domain.billing import CreditNote, Invoice
from domain.contracting import Contract
from domain.crm import HandOver
from domain.ordering import Order
from domain.shared.identities import derived
from infrastructure.event_log import EventLog
from infrastructure.event_log.statement import Encoded, encoded
from infrastructure.idempotency import time_ordered

COPY = "copy "
"""What the keys of copied saves begin with."""
AT_ONCE = 200
"""Saves that are sent at a time."""
DERIVED: Sequence[Callable[[UUID], UUID]] = (
    partial(Contract.id_for, revision=1),
    partial(Order.id_for, part=0),
    partial(Order.id_for, part=1),
    HandOver.id_for,
    partial(Invoice.id_for, part=1),
    CreditNote.id_for,
)
"""How the sample's identities follow from one another: policies and read models rely on it."""
_IDENTITY = re.compile(rb"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")
_CAUSE = re.compile(rb'(?<="causation_position":)\d+')
_READ = b"""
    SELECT position, originator_id, originator_version, topic, state, metadata, actor, key, digest FROM log.events
    WHERE position < coalesce((
        SELECT position FROM log.events WHERE starts_with(key, %s) ORDER BY position LIMIT 1), 100000)
    ORDER BY position"""

Say = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class _Save:
    """One save of the world; texts are cut into pieces, of which every other one is an identity."""

    actor: str
    key: str
    digest: bytes
    metadata: bytes
    ids: Sequence[UUID]
    versions: Sequence[int]
    topics: Sequence[str]
    states: Sequence[Sequence[bytes]]


@dataclass(frozen=True, slots=True)
class World:
    """Every save of one business, from its founding on."""

    saves: Sequence[_Save]
    identities: Sequence[UUID]
    follows: dict[UUID, tuple[UUID, Callable[[UUID], UUID]]]
    """Of those that follow from another one: from which, and how."""

    def copy(self, after: int) -> Iterator[Encoded]:
        """The same under other identities and keys, to come after this position."""
        others, name = self._others(time_ordered()), f"{COPY}{secrets.token_hex(6)}"
        texts = {str(id).encode(): str(other).encode() for id, other in others.items()}
        for save in self.saves:
            yield encoded(
                actor=save.actor,
                key=f"{name} {save.key}",
                digest=save.digest,
                metadata=_CAUSE.sub(lambda found: b"%d" % (int(found[0]) + after), save.metadata),
                ids=[others[id] for id in save.ids],
                versions=save.versions,
                topics=save.topics,
                states=[b"".join([texts.get(piece, piece) for piece in state]) for state in save.states],
            )

    def _others(self, origin_of_all: UUID) -> dict[UUID, UUID]:
        others: dict[UUID, UUID] = {}

        def other(id: UUID) -> UUID:
            if id not in others:
                origin, derive = self.follows.get(id, (None, None))
                others[id] = derive(other(origin)) if origin and derive else derived(origin_of_all, str(id))
            return others[id]

        for id in self.identities:
            other(id)
        return others


async def fill(url: str, events: int, say: Say) -> None:
    """Let the log have at least so many events; what is there stays. The world is imported into an empty one."""
    async with EventLog(url, name="q2c bench", readers=1) as log:
        if await log.head() == 0:
            await asyncio.to_thread(_import, url)
        head, world = await log.head(), None
        while head < events:
            say(f"{head:,} of {events:,} events …")
            world = world or await _world(log)
            head = await _append(log, world.copy(head), events)


async def copies(log: EventLog) -> Iterator[Encoded]:
    """The saves of one copy after another, without end. They follow from one another."""
    world, head = await _world(log), await log.head()
    return (save for _ in count() for save in world.copy(head))


async def _append(log: EventLog, saves: Iterator[Encoded], enough: int) -> int:
    """All of them, unless the log is long enough before; how long it is."""
    head = 0
    while head < enough and (some := list(islice(saves, AT_ONCE))):
        head = (await asyncio.gather(*map(log.append_encoded, some)))[-1].position
    return head


def _import(url: str) -> None:
    command = [sys.executable, "-m", "interfaces.cli", "import", "sample", "--json"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env={**os.environ, "DATABASE_URL": url})


async def _world(log: EventLog) -> World:
    saves, rows = list[_Save](), []
    for row in await log.rows(_READ, [COPY]):
        rows.append(row)
        if row[7] is not None:
            saves.append(_save(rows))
            rows = []
    texts = {text for save in saves for state in save.states for text in state if _IDENTITY.fullmatch(text)}
    known = {UUID(text.decode()) for text in texts}.union(*(save.ids for save in saves))
    follows = {derive(id): (id, derive) for id in known for derive in DERIVED if derive(id) in known}
    return World(saves, list(known), follows)


def _save(rows: Sequence[Sequence[Any]]) -> _Save:
    _, ids, versions, topics, states, metadata, actors, keys, digests = zip(*rows, strict=True)
    pieces = [_IDENTITY.split(state) for state in states]
    return _Save(actors[-1], keys[-1], digests[-1], metadata[-1], ids, versions, topics, pieces)
