"""The log and its tree as they are kept, for whoever checks them: nothing that stands there stops the reading."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from uuid import UUID

from psycopg import Connection, IsolationLevel
from psycopg.errors import DataCorrupted
from psycopg.rows import TupleRow

from infrastructure.database import Role, connect_sync, unavailable
from infrastructure.proofs.leaf import COLUMNS, Leaf
from infrastructure.proofs.ledgers import EVENTS, Ledger
from infrastructure.proofs.sink import Sink
from infrastructure.proofs.tree import HASH

PAGE = 10_000
"""Events that are read at a time."""
BEFORE_ALL = -(2**63)
ROWS = b"SELECT " + COLUMNS + b" FROM {rows} WHERE position > %s ORDER BY position LIMIT %s"
TILES = b"SELECT hashes FROM {tree}.tiles WHERE level = 0 ORDER BY number"
NOTES = b"SELECT note FROM {tree}.checkpoints ORDER BY number"
COUNT = b"SELECT count(*) FROM {rows}"
NAME = b"SELECT name FROM {tree}.log"

UNKNOWN = 2**63
"""Microseconds that no time has."""

Advanced = Callable[[int, int], object]
"""Told how many events are done, of how many."""


class Kept:
    """What is in the database and in the sink, as of one instant."""

    def __init__(self, connection: Connection[TupleRow], published: Sequence[str], ledger: Ledger) -> None:
        self._connection, self._sql = connection, ledger.sql
        self.notes = list(dict.fromkeys([*published, *(row[0] for row in connection.execute(self._sql(NOTES)))]))
        """Every checkpoint, in the database or published."""
        self.events = self._count()
        """How many there are; -1 where they cannot all be read."""

    def leaves(self, advanced: Advanced) -> Iterator[Leaf]:
        """Every event, or something that is none in the place of the first that cannot be read."""
        after, done, page = BEFORE_ALL, 0, PAGE
        while True:
            advanced(done, self.events)
            try:
                with self._connection.transaction():
                    leaves = [Leaf(*row) for row in self._read(after, page)]
            except DataCorrupted:
                if page == 1:
                    yield _nothing(done + 1)
                    return
                page = max(1, page // 10)
                continue
            yield from leaves
            if not leaves:
                break
            after, done = leaves[-1].position, done + len(leaves)
        if done != self.events:
            yield _nothing(done + 1)

    def _count(self) -> int:
        try:
            with self._connection.transaction():
                row = self._connection.execute(self._sql(COUNT)).fetchone()
        except DataCorrupted:
            return -1
        return int(row[0]) if row else 0

    def _read(self, after: int, page: int) -> list[TupleRow]:
        return self._connection.cursor(binary=True).execute(self._sql(ROWS), [after, page]).fetchall()

    def sealed(self) -> Iterator[bytes]:
        """The hash of each event that was sealed, as it was kept."""
        with self._connection.cursor("sealed", binary=True) as cursor:
            for (hashes,) in cursor.execute(self._sql(TILES)):
                yield from (hashes[at : at + HASH] for at in range(0, len(hashes), HASH))


def _nothing(position: int) -> Leaf:
    """No event: it has no hash."""
    return Leaf(position, UUID(int=0), -1, UNKNOWN, b"", b"", b"", None, None, None)


@contextmanager
def kept(database_url: str, sink: Sink, ledger: Ledger = EVENTS) -> Iterator[Kept]:
    """Raises DatabaseUnavailable."""
    # The published ones first: all that they speak of is in what is seen after.
    published = sink.notes()
    with (
        unavailable(),
        connect_sync(database_url, Role.READER, "q2c verify", settings={"statement_timeout": 0}) as connection,
    ):
        connection.isolation_level, connection.read_only = IsolationLevel.REPEATABLE_READ, True
        with connection.transaction():
            yield Kept(connection, published, ledger)


def hashed(leaves: Iterator[Leaf]) -> Iterator[tuple[int, bytes]]:
    """The position and hash of each."""
    return ((leaf.position, leaf.hash()) for leaf in leaves)


def log_name(database_url: str, ledger: Ledger = EVENTS) -> str:
    """What the log is called in its checkpoints. Raises DatabaseUnavailable."""
    with unavailable(), connect_sync(database_url, Role.READER, "q2c verify") as connection:
        row = connection.execute(ledger.sql(NAME)).fetchone()
    assert row, "the migration gives every log a name"
    return str(row[0])
