"""The one statement that writes: many saves in; all of them written, or what stands against each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any
from uuid import UUID

from infrastructure.event_log.arrays import Array, blobs, integers, texts, uuids
from infrastructure.event_log.codec import encode
from infrastructure.event_log.saves import Appended, ClaimTaken, KeyReused, LogError, NotStorable, Save, Stale

APPEND = b"""
    SELECT * FROM log.append(
        %b::uuid[], %b::int[], %b::text[], %b::bytea[], %b::bytea[], %b::text[], %b::text[], %b::bytea[],
        %b::int[], %b::uuid[], %b::int[],
        %b::int[], %b::text[], %b::text[], %b::uuid[])"""
LARGEST = 2**31 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoded:
    """A save as the statement takes it: columns of its events, what it expects and what it claims."""

    actor: bytes
    key: bytes
    digest: bytes
    metadata: bytes
    ids: Sequence[UUID]
    versions: Sequence[int]
    topics: Sequence[bytes]
    states: Sequence[bytes]
    written: Mapping[UUID, int]
    """Each aggregate that it writes, and the version at which it leaves it."""
    expected: Sequence[tuple[UUID, int]]
    """Each aggregate that it writes or only read, and the version at which it found it."""
    claims: Sequence[tuple[bytes, bytes, UUID | None]]
    """No owner: given up."""
    size: int
    """Bytes, roughly."""

    @property
    def rows(self) -> int:
        return len(self.ids)


def encode_save(save: Save) -> Encoded:
    """Raises NotStorable, Stale where its own events do not follow one another, ValueError where it has none."""
    events = save.events
    return encoded(
        actor=save.actor,
        key=save.key,
        digest=save.digest,
        metadata=encode(save.metadata),
        ids=[event.originator_id for event in events],
        versions=[event.originator_version for event in events],
        topics=[event.TOPIC for event in events],
        states=[encode(event) for event in events],
        reads=save.reads,
        claims=[*((scope, value, None) for scope, value in save.releases), *save.claims],
    )


def encoded(
    *,
    actor: str,
    key: str,
    digest: bytes,
    metadata: bytes,
    ids: Sequence[UUID],
    versions: Sequence[int],
    topics: Sequence[str],
    states: Sequence[bytes],
    reads: Sequence[tuple[UUID, int]] = (),
    claims: Sequence[tuple[str, str, UUID | None]] = (),
) -> Encoded:
    """The same for events that are bytes already."""
    if not ids:
        raise ValueError("a save without events would leave no trace of its key")
    expected, written = _streams(ids, versions)
    try:
        return Encoded(
            actor=actor.encode(),
            key=key.encode(),
            digest=digest,
            metadata=metadata,
            ids=ids,
            versions=versions,
            topics=[topic.encode() for topic in topics],
            states=states,
            written=written,
            expected=[*expected.items(), *(read for read in reads if read[0] not in written)],
            claims=[(scope.encode(), value.encode(), owner) for scope, value, owner in claims],
            size=sum(map(len, states)) + (100 + len(metadata)) * len(ids),
        )
    except UnicodeEncodeError as error:
        raise NotStorable(error.reason) from None


def _streams(ids: Sequence[UUID], versions: Sequence[int]) -> tuple[dict[UUID, int], dict[UUID, int]]:
    """The version of each aggregate before these events and after them."""
    before: dict[UUID, int] = {}
    after: dict[UUID, int] = {}
    for id, version in zip(ids, versions, strict=True):
        if not 0 <= version <= LARGEST:
            raise NotStorable(f"version {version}")
        if after.get(id, version - 1) != version - 1:
            raise Stale([id], only_read=False)
        before.setdefault(id, version - 1)
        after[id] = version
    return before, after


def parameters(saves: Sequence[Encoded]) -> list[Array]:
    """What the statement is given, in its order."""
    expected = _expected(saves)
    claims = [(number, *claim) for number, save in enumerate(saves, 1) for claim in save.claims]
    return [
        uuids([id for save in saves for id in save.ids]),
        integers(version for save in saves for version in save.versions),
        texts([topic for save in saves for topic in save.topics]),
        blobs([state for save in saves for state in save.states]),
        blobs([save.metadata for save in saves for _ in save.ids]),
        texts([last for save in saves for last in _on_the_last(save, save.actor)]),
        texts([last for save in saves for last in _on_the_last(save, save.key)]),
        blobs([last for save in saves for last in _on_the_last(save, save.digest)]),
        integers(number for number, _, _ in expected),
        uuids([id for _, id, _ in expected]),
        integers(version for _, _, version in expected),
        integers(number for number, _, _, _ in claims),
        texts([scope for _, scope, _, _ in claims]),
        texts([value for _, _, value, _ in claims]),
        uuids([owner for _, _, _, owner in claims]),
    ]


def _on_the_last(save: Encoded, value: bytes) -> list[bytes | None]:
    return [*[None] * (save.rows - 1), value]


def _expected(saves: Sequence[Encoded]) -> list[tuple[int, UUID, int]]:
    """What the log must be like for them, but for what the earlier of them see to."""
    written: dict[UUID, int] = {}
    expected = []
    for number, save in enumerate(saves, 1):
        expected += [(number, id, version) for id, version in save.expected if written.get(id) != version]
        written.update(save.written)
    return expected


def judged(saves: Sequence[Encoded], verdicts: Sequence[Sequence[Any]]) -> list[Appended | LogError | None]:
    """What the statement's answer says of each save; None: nothing, it has to be sent again without those refused."""
    if verdicts[0][0] == "new":
        _, _, before, recorded_at, _, _ = verdicts[0]
        ends = accumulate(save.rows for save in saves)
        return [Appended(before + end, recorded_at, replayed=False) for end in ends]
    against = {verdict[1]: verdict for verdict in verdicts}
    return [_objection(save, against[number]) if number in against else None for number, save in enumerate(saves, 1)]


def _objection(save: Encoded, verdict: Sequence[Any]) -> Appended | LogError:
    """It is there already, or may not come in."""
    outcome, _, position, recorded_at, aggregates, scope = verdict
    match outcome:
        case "replay":
            return Appended(position, recorded_at, replayed=True)
        case "key_reused":
            return KeyReused()
        case "stale":
            written = [id for id in aggregates if id in save.written]
            return Stale(written or aggregates, only_read=not written)
        case "claim_taken":
            return ClaimTaken(scope)
    raise AssertionError(outcome)
