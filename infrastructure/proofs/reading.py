"""The log and its tree as they are kept, for whoever checks them: nothing that stands there stops the reading."""

from __future__ import annotations

import json
import zipfile
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from struct import error as OutOfRange
from typing import Any

from psycopg import Connection, IsolationLevel
from psycopg.rows import TupleRow

from infrastructure.database import Role, connect_sync, unavailable
from infrastructure.new_files import new_file
from infrastructure.proofs.checkpoints import Verifier
from infrastructure.proofs.leaf import COLUMNS, Leaf
from infrastructure.proofs.sink import Sink
from infrastructure.proofs.tree import HASH, leaf_hash

PAGE = 10_000
"""Events that are read at a time."""
EVENTS = b"SELECT " + COLUMNS + b" FROM log.events ORDER BY position"
TILES = b"SELECT hashes FROM proofs.tiles WHERE level = 0 ORDER BY number"
NOTES = b"SELECT note FROM proofs.checkpoints ORDER BY size"
COUNT = b"SELECT count(*) FROM log.events"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
README = """\
A bundle of Quote to Cash: the history of its log, to be checked by whoever holds it.

events.jsonl       every event, in order
leaves.bin         the hash of each, 32 bytes, as it was kept when the event was sealed
checkpoints.jsonl  what was signed: how many events there were, and the root of the Merkle tree over them (RFC 9162)
key.txt            the public key as the service names it; get it from somebody else, too

Check it with verify_bundle.py of the project, which needs nothing but Python:

    python verify_bundle.py THIS-FILE --key KEY
"""

Advanced = Callable[[int, int], object]
"""Told how many events are done, of how many."""


class Kept:
    """What is in the database and in the sink, as of one instant."""

    def __init__(self, connection: Connection[TupleRow], published: Sequence[str]) -> None:
        self._connection = connection
        self.notes = list(dict.fromkeys([*published, *(row[0] for row in connection.execute(NOTES))]))
        """Every checkpoint, in the database or published."""
        row = connection.execute(COUNT).fetchone()
        self.events: int = row[0] if row else 0

    def leaves(self, advanced: Advanced) -> Iterator[Leaf]:
        """Every event."""
        with self._connection.cursor("leaves", binary=True) as cursor:
            cursor.itersize = PAGE
            for done, row in enumerate(cursor.execute(EVENTS)):
                if done % PAGE == 0:
                    advanced(done, self.events)
                yield Leaf(*row)

    def sealed(self) -> Iterator[bytes]:
        """The hash of each event that was sealed, as it was kept."""
        with self._connection.cursor("sealed", binary=True) as cursor:
            for (hashes,) in cursor.execute(TILES):
                yield from (hashes[at : at + HASH] for at in range(0, len(hashes), HASH))


@contextmanager
def kept(database_url: str, sink: Sink) -> Iterator[Kept]:
    """Raises DatabaseUnavailable."""
    # The published ones first: all that they speak of is in what is seen after.
    published = sink.notes()
    with (
        unavailable(),
        connect_sync(database_url, Role.SEALER, "q2c verify", settings={"statement_timeout": 0}) as connection,
    ):
        connection.isolation_level, connection.read_only = IsolationLevel.REPEATABLE_READ, True
        with connection.transaction():
            yield Kept(connection, published)


def hashed(leaves: Iterator[Leaf]) -> Iterator[tuple[int, bytes]]:
    """The position and hash of each."""
    for leaf in leaves:
        try:
            yield leaf.position, leaf_hash(leaf.content())
        except OutOfRange:
            yield leaf.position, b""  # which is no event's hash


def write_bundle(database_url: str, sink: Sink, verifier: Verifier, file: Path, advanced: Advanced) -> int:
    """Write a new file that can be checked without us; answers how many events are in it.

    :raises ServerError: the file exists. :raises DatabaseUnavailable:
    """
    with kept(database_url, sink) as found, new_file(file, "a bundle") as unfinished:
        with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as bundle:
            bundle.writestr("README.txt", README)
            bundle.writestr("key.txt", f"{verifier}\n")
            bundle.writestr("checkpoints.jsonl", "".join(f"{json.dumps(note)}\n" for note in _spread(found.notes)))
            with bundle.open("leaves.bin", "w", force_zip64=True) as leaves:
                for sealed in found.sealed():
                    leaves.write(sealed)
            with bundle.open("events.jsonl", "w", force_zip64=True) as events:
                for leaf in found.leaves(advanced):
                    events.write(json.dumps(_readable(leaf), ensure_ascii=False).encode() + b"\n")
        return found.events


MOST_NOTES = 500
"""Checkpoints in a bundle: each costs its reader some milliseconds, and the last one covers all of them."""


def _spread(notes: Sequence[str]) -> Sequence[str]:
    """All of them, or some from all of the time and the last."""
    step = -(-len(notes) // MOST_NOTES) or 1
    return notes[::-1][::step][::-1]


def _readable(leaf: Leaf) -> dict[str, Any]:
    return {
        "position": leaf.position,
        "recorded_at": _time(leaf.recorded_at),
        "originator_id": str(leaf.originator_id),
        "originator_version": leaf.originator_version,
        "topic": leaf.topic,
        **_text("state", leaf.state),
        **_text("metadata", leaf.metadata),
        "actor": leaf.actor,
        "key": leaf.key,
        "digest": None if leaf.digest is None else leaf.digest.hex(),
    }


def _time(microseconds: int) -> str | int:
    try:
        return (EPOCH + timedelta(microseconds=microseconds)).isoformat()
    except OverflowError:
        return microseconds


def _text(name: str, value: bytes) -> dict[str, str]:
    try:
        return {name: value.decode()}
    except UnicodeDecodeError:
        return {f"{name}_base64": b64encode(value).decode()}
