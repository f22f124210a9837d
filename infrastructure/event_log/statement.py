"""The one statement that writes: many saves in, a verdict for each out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any
from uuid import UUID

from infrastructure.event_log.codec import encode
from infrastructure.event_log.saves import Appended, ClaimTaken, KeyReused, LogError, Save, Stale

APPEND = b"""
    SELECT * FROM log.append(
        %b::text[], %b::text[], %b::bytea[], %b::bytea[],
        %b::int[], %b::uuid[], %b::int[], %b::text[], %b::bytea[],
        %b::int[], %b::uuid[], %b::int[],
        %b::int[], %b::text[], %b::text[], %b::uuid[])"""
"""Binary parameters: bytes need no escaping."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoded:
    """A save as the statement takes it: columns of its events, reads and claims."""

    actor: str
    key: str
    digest: bytes
    metadata: bytes
    ids: Sequence[UUID]
    versions: Sequence[int]
    topics: Sequence[str]
    states: Sequence[bytes]
    reads: Sequence[tuple[UUID, int]] = ()
    claims: Sequence[tuple[str, str, UUID | None]] = ()
    """No owner: given up."""
    size: int = field(init=False)
    """Bytes, roughly."""

    def __post_init__(self) -> None:
        if not self.ids:
            raise ValueError("a save without events would leave no trace of its key")
        object.__setattr__(self, "size", sum(map(len, self.states)) + (100 + len(self.metadata)) * len(self.ids))

    @property
    def rows(self) -> int:
        return len(self.ids)


def encode_save(save: Save) -> Encoded:
    """Raises NotStorable, and ValueError for a save without events."""
    events = save.events
    written = {event.originator_id for event in events}
    return Encoded(
        actor=save.actor,
        key=save.key,
        digest=save.digest,
        metadata=encode(save.metadata),
        ids=[event.originator_id for event in events],
        versions=[event.originator_version for event in events],
        topics=[event.TOPIC for event in events],
        states=[encode(event) for event in events],
        reads=[read for read in save.reads if read[0] not in written],
        claims=[*((scope, value, None) for scope, value in save.releases), *save.claims],
    )


def parameters(saves: Sequence[Encoded]) -> list[list[Any]]:
    """What the statement is given, in its order."""
    reads = [read for save in saves for read in save.reads]
    claims = [claim for save in saves for claim in save.claims]
    return [
        [save.actor for save in saves],
        [save.key for save in saves],
        [save.digest for save in saves],
        [save.metadata for save in saves],
        list(accumulate(save.rows for save in saves)),
        [id for save in saves for id in save.ids],
        [version for save in saves for version in save.versions],
        [topic for save in saves for topic in save.topics],
        [state for save in saves for state in save.states],
        list(accumulate(len(save.reads) for save in saves)),
        [id for id, _ in reads],
        [version for _, version in reads],
        list(accumulate(len(save.claims) for save in saves)),
        [scope for scope, _, _ in claims],
        [value for _, value, _ in claims],
        [owner for _, _, owner in claims],
    ]


def judged(verdict: Sequence[Any]) -> Appended | LogError:
    """What a row of the answer says of its save."""
    outcome, position, recorded_at, aggregates, scope = verdict
    match outcome:
        case "new" | "replay":
            return Appended(position, recorded_at, outcome == "replay")
        case "key_reused":
            return KeyReused()
        case "stale" | "changed":
            return Stale(aggregates, only_read=outcome == "changed")
        case "claim_taken":
            return ClaimTaken(scope)
    raise AssertionError(outcome)
