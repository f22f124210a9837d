"""The one statement that writes: many saves in; all of them written, or what stands against each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import accumulate
from typing import Self
from uuid import UUID

import msgspec
from psycopg import AsyncConnection
from psycopg.adapt import Transformer
from psycopg.errors import UniqueViolation, error_from_result
from psycopg.generators import execute
from psycopg.pq import ExecStatus, Format
from psycopg.rows import TupleRow

from infrastructure.event_log.arrays import NO_BLOB, NO_TEXT, array, blob, identified, number, row, text, uuid
from infrastructure.event_log.codec import encode
from infrastructure.event_log.saves import (
    Appended,
    ClaimTaken,
    KeyReused,
    LogError,
    NotStorable,
    Save,
    Stale,
    Succession,
)

PREPARE = b"""
    PREPARE append (log.new_event[], log.expectation[], log.claim[]) AS SELECT * FROM log.append($1, $2, $3);
    PREPARE objections (log.new_event[], log.expectation[], log.claim[]) AS SELECT * FROM log.objections($1, $2, $3)"""
NO_REQUEST = NO_TEXT + NO_TEXT + NO_BLOB
TYPES = b"SELECT 'log.new_event'::regtype::oid, 'log.expectation'::regtype::oid, 'log.claim'::regtype::oid"
LAST_VERSION = 2**31 - 1


class Encoded(msgspec.Struct, frozen=True, kw_only=True):
    """A save as the statement takes it. A struct: a frozen dataclass takes ten times as long to make."""

    events: Sequence[bytes]
    written: Mapping[UUID, int]
    """Each aggregate that it writes, and the version at which it leaves it."""
    expected: Sequence[tuple[UUID, int]]
    """Each aggregate that it writes or only read, and the version at which it found it."""
    claims: Sequence[tuple[bytes, bytes, UUID | None]]
    """No owner: given up."""
    marks: Sequence[tuple[bytes, bytes]]
    """Its key and its claims: what no other save of the same statement may bear."""
    successions: Sequence[Succession]
    size: int
    """Bytes."""


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
        successions=save.successions,
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
    successions: Sequence[Succession] = (),
) -> Encoded:
    """The same for events that are bytes already."""
    if not ids:
        raise ValueError("a save without events would leave no trace of its key")
    by, under = _utf8(actor), _utf8(key)
    request = text(by) + text(under) + blob(digest)
    rows, expected, written = _rows(ids, versions, topics, states, blob(metadata), request)
    wanted = [(_utf8(scope), _utf8(value), owner) for scope, value, owner in claims]
    return Encoded(
        events=rows,
        written=written,
        expected=[*expected, *(read for read in reads if read[0] not in written)] if reads else expected,
        claims=wanted,
        # A key's mark cannot be a claim's: no scope of a claim begins with this byte.
        marks=[(b"\0" + by, under), *(claim[:2] for claim in wanted)],
        successions=successions,
        size=sum(map(len, rows)),
    )


def _rows(
    ids: Sequence[UUID],
    versions: Sequence[int],
    topics: Sequence[str],
    states: Sequence[bytes],
    metadata: bytes,
    request: bytes,
) -> tuple[list[bytes], list[tuple[UUID, int]], dict[UUID, int]]:
    """The events, and the version of each aggregate before them and after them."""
    rows: list[bytes] = []
    before: list[tuple[UUID, int]] = []
    after: dict[UUID, int] = {}
    for id, version, topic, state in zip(ids, versions, topics, states, strict=True):
        if not 0 <= version <= LAST_VERSION:
            raise NotStorable(f"version {version}")
        latest = after.get(id)
        if latest is None:
            before.append((id, version - 1))
        elif latest != version - 1:
            raise Stale([id], only_read=False)
        after[id] = version
        asked = request if len(rows) == len(ids) - 1 else NO_REQUEST
        rows.append(row(8, identified(id, version), _topic(topic), blob(state), metadata, asked))
    return rows, before, after


def _utf8(value: str) -> bytes:
    try:
        return value.encode()
    except UnicodeEncodeError as error:
        raise NotStorable(error.reason) from None


@cache
def _topic(topic: str) -> bytes:
    return text(topic.encode())


class Appending:
    """The statement on one connection, which nothing else uses: prepared once, and sent without the driver's general
    way, which costs as much as half of an append."""

    def __init__(self, connection: AsyncConnection[TupleRow], types: Sequence[int]) -> None:
        self._connection = connection
        self._event, self._expectation, self._claim = types
        self._adapt = Transformer()

    @classmethod
    async def on(cls, connection: AsyncConnection[TupleRow]) -> Self:
        """Prepare a connection."""
        await connection.execute(PREPARE)
        return cls(connection, await (await connection.execute(TYPES)).fetchone() or ())

    @property
    def closed(self) -> bool:
        """Whether the connection is lost."""
        return self._connection.closed

    async def close(self) -> None:
        """Give the connection up."""
        await self._connection.close()

    async def execute(self, saves: Sequence[Encoded]) -> list[Appended | LogError | None]:
        """What comes of each save; None: nothing, it has to be sent again without those that were refused."""
        events = array(self._event, [row for save in saves for row in save.events])
        claims = array(self._claim, _claims(saves))
        try:
            expected = array(self._expectation, _expected(saves, but_for_new=True))
            written = await self._send(b"append", [events, expected, claims])
        except UniqueViolation:
            written = []
        if not written:
            expected = array(self._expectation, _expected(saves))
            return _refused(saves, await self._send(b"objections", [events, expected, claims]))
        ((before, recorded_at),) = written
        ends = accumulate(len(save.events) for save in saves)
        return [Appended(before + end, recorded_at, replayed=False) for end in ends]

    async def _send(self, statement: bytes, arrays: Sequence[bytes]) -> list[TupleRow]:
        connection = self._connection.pgconn
        connection.send_query_prepared(statement, arrays, [Format.BINARY] * len(arrays), Format.BINARY)
        (result,) = await self._connection.wait(execute(connection))
        if result.status != ExecStatus.TUPLES_OK:
            raise error_from_result(result)
        self._adapt.set_pgresult(result)
        return self._adapt.load_rows(0, result.ntuples, tuple)


def _expected(saves: Sequence[Encoded], *, but_for_new: bool = False) -> list[bytes]:
    """What the log must be like for them, but for what the earlier of them see to. That what they begin is new need not
    be said to the append: the index of versions sees to it."""
    written: dict[UUID, int] = {}
    rows = []
    for save_number, save in enumerate(saves, 1):
        rows += [
            row(3, number(save_number), identified(id, version))
            for id, version in save.expected
            if not (but_for_new and version == 0 and id in save.written) and written.get(id) != version
        ]
        written.update(save.written)
    return rows


def _claims(saves: Sequence[Encoded]) -> list[bytes]:
    return [
        row(4, number(save_number), text(scope), text(value), uuid(owner))
        for save_number, save in enumerate(saves, 1)
        for scope, value, owner in save.claims
    ]


def _refused(saves: Sequence[Encoded], objections: Sequence[TupleRow]) -> list[Appended | LogError | None]:
    against = {objection[1]: objection for objection in objections}
    return [_objection(save, against[number]) if number in against else None for number, save in enumerate(saves, 1)]


def _objection(save: Encoded, objection: TupleRow) -> Appended | LogError:
    """It is there already, or may not come in."""
    outcome, _, position, recorded_at, aggregates, scope = objection
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
