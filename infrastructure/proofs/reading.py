"""The log and its tree as they are kept, for whoever checks them: nothing that stands there stops the reading."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from struct import error as OutOfRange

from psycopg import Connection, IsolationLevel
from psycopg.rows import TupleRow

from infrastructure.database import Role, connect_sync, unavailable
from infrastructure.proofs.leaf import COLUMNS, Leaf
from infrastructure.proofs.sink import Sink
from infrastructure.proofs.tree import HASH, leaf_hash

PAGE = 10_000
"""Events that are read at a time."""
EVENTS = b"SELECT " + COLUMNS + b" FROM log.events ORDER BY position"
TILES = b"SELECT hashes FROM proofs.tiles WHERE level = 0 ORDER BY number"
NOTES = b"SELECT note FROM proofs.checkpoints ORDER BY size"
COUNT = b"SELECT count(*) FROM log.events"
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
