"""Sealing: the tree grows by what the log has grown, and a signed checkpoint of it leaves the database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from psycopg import AsyncConnection
from psycopg.rows import TupleRow

from infrastructure.database import Role, assert_durable, connect, unavailable
from infrastructure.event_log import EventLog
from infrastructure.proofs.checkpoints import Checkpoint, CheckpointRefused, Signer, said
from infrastructure.proofs.leaf import COLUMNS, Leaf
from infrastructure.proofs.ledgers import EVENTS, Ledger
from infrastructure.proofs.sink import Sink
from infrastructure.proofs.tree import EMPTY, HASH, HEIGHT, WIDTH, Tree, grown

INTERVAL = 2.0
"""Seconds between two checkpoints, at least; what is appended meanwhile waits for the next."""
LOOK_AGAIN = 3.0
"""Seconds more, where nothing tells that there is something to seal."""
BATCH = 5_000
"""Events that a checkpoint adds at most."""
LOCK = b"SELECT pg_advisory_xact_lock(1903, %s)"
LAST = b"SELECT note FROM {tree}.checkpoints ORDER BY number DESC LIMIT 1"
UNPUBLISHED = b"""
    SELECT number, note FROM {tree}.checkpoints
    WHERE number > coalesce((SELECT max(number) FROM {tree}.published), 0) ORDER BY number"""
PUBLISHED = b"INSERT INTO {tree}.published VALUES (%s)"
ROWS = b"SELECT " + COLUMNS + b" FROM {rows} WHERE position > %s ORDER BY position LIMIT %s"
EDGE = b"SELECT DISTINCT ON (level) level, number, hashes FROM {tree}.tiles ORDER BY level, number DESC"
GROW = b"""
    INSERT INTO {tree}.tiles (level, number, hashes) VALUES (%s, %s, %s)
    ON CONFLICT (level, number) DO UPDATE SET hashes = excluded.hashes"""
REFUSED = b"""
    INSERT INTO proofs.refusal (tree, reason) VALUES (%s, %s)
    ON CONFLICT (tree) DO UPDATE SET reason = excluded.reason WHERE refusal.reason <> excluded.reason"""
NOT_REFUSED = b"DELETE FROM proofs.refusal WHERE tree = %s"
KEEP = b"INSERT INTO {tree}.checkpoints (size, note, made_at) VALUES (%s, %s, clock_timestamp())"


class SealingRefused(Exception):
    """What is there does not go on from what was sealed. Nothing is signed until somebody has looked into it."""


class Sealer:
    """Seals one log with one key. Several may run; they take turns."""

    def __init__(self, database_url: str, signer: Signer, sink: Sink, ledger: Ledger = EVENTS) -> None:
        self._database_url = database_url
        self._signer = signer
        self._sink = sink
        self._ledger, self._sql = ledger, ledger.sql

    async def run(self, log: EventLog | None = None) -> None:
        """Seal what there is and what comes, for ever: as the log tells that it has grown, or by looking again.

        Raises SealingRefused, DatabaseUnavailable.
        """
        sealed = await self.seal()
        async for _ in _again_and_again() if log is None else log.changes(sealed):
            sealed = await self.seal()
            await asyncio.sleep(INTERVAL)

    async def seal(self) -> int:
        """Seal all that there is; how many events are sealed now. Raises as `run` does."""
        async with self._connected() as connection, self._told(connection):
            sealed, more = await self._seal_some(connection)
            while more:
                sealed, more = await self._seal_some(connection)
            await self._publish(connection)
        return sealed

    async def take_over(self) -> None:
        """Sign, with this key, the tree that another key has sealed: that one is lost. Raises as `run` does."""
        async with self._connected() as connection:
            async with connection.transaction():
                await connection.execute(LOCK, [self._ledger.lock])
                tree = await self._tree(connection, signed=False)
                await connection.execute(self._sql(KEEP), [tree.size, self._signer.note(tree.size, tree.root())])
            await self._publish(connection)

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[AsyncConnection[TupleRow]]:
        # What is signed must outlive every crash, whatever the database says of other commits.
        settings: dict[str, str | int] = {"synchronous_commit": "on"}
        with unavailable():
            async with await connect(self._database_url, Role.SEALER, "q2c seal", settings=settings) as connection:
                await assert_durable(connection)
                yield connection

    @asynccontextmanager
    async def _told(self, connection: AsyncConnection[TupleRow]) -> AsyncIterator[None]:
        """Whoever asks is told why it was refused, until it is not."""
        try:
            yield
        except SealingRefused as refused:
            await connection.execute(REFUSED, [self._ledger.tree.decode(), str(refused)])
            raise
        await connection.execute(NOT_REFUSED, [self._ledger.tree.decode()])

    async def _seal_some(self, connection: AsyncConnection[TupleRow]) -> tuple[int, bool]:
        """How many events are sealed, and whether there may be more to seal."""
        async with connection.transaction():
            await connection.execute(LOCK, [self._ledger.lock])
            tree = await self._tree(connection)
            cursor = await connection.cursor(binary=True).execute(self._sql(ROWS), [tree.size, BATCH])
            leaves = [Leaf(*row) for row in await cursor.fetchall()]
            if not leaves:
                return tree.size, False
            hashes = [leaf.hash() for leaf in leaves]
            for place, (leaf, found) in enumerate(zip(leaves, hashes, strict=True), tree.size + 1):
                if leaf.position != place or not found:
                    raise SealingRefused(f"the log has no event at position {place}")
            changed, size = grown(tree.size, hashes, tree.tile), tree.size + len(leaves)
            root = Tree(size, lambda level, number: changed.get((level, number)) or tree.tile(level, number)).root()
            await connection.cursor().executemany(self._sql(GROW), [(*place, tile) for place, tile in changed.items()])
            await connection.execute(self._sql(KEEP), [size, self._signer.note(size, root)])
        return size, len(leaves) == BATCH

    async def _tree(self, connection: AsyncConnection[TupleRow], *, signed: bool = True) -> Tree:
        """The tree as it was sealed last, by us; what is signed goes on from nothing else."""
        row = await (await connection.execute(self._sql(LAST))).fetchone()
        origin = self._signer.verifier.origin
        last = self._read(row[0], signed) if row else Checkpoint(origin, 0, EMPTY)
        cursor = await connection.execute(self._sql(EDGE))
        edge = {(level, number): bytes(hashes) for level, number, hashes in await cursor.fetchall()}
        tree = Tree(last.size, lambda level, number: edge[level, number])
        try:
            root = tree.root()
        except KeyError:
            raise SealingRefused(f"the tree lacks what was sealed at {last.size}") from None
        if root != last.root or any(len(edge[place]) != _length(last.size, *place) for place in edge):
            raise SealingRefused(f"the tree is not the one that was sealed at {last.size}")
        published = self._sink.last()
        if published and self._read(published, signed).size > last.size:
            raise SealingRefused(f"the log was sealed further than {last.size} before: it has gone back")
        return tree

    def _read(self, note: str, signed: bool) -> Checkpoint:
        try:
            return self._signer.verifier.opened(note) if signed else said(note)
        except CheckpointRefused as refused:
            raise SealingRefused(f"the last checkpoint is not of this key: {refused}") from None

    async def _publish(self, connection: AsyncConnection[TupleRow]) -> None:
        """What is committed leaves the database, and may be shown from then on. Only after `_tree` has seen that the
        log has not gone back: what was published last must be what was signed last."""
        async with connection.transaction():
            await connection.execute(LOCK, [self._ledger.lock])
            for number, note in await (await connection.execute(self._sql(UNPUBLISHED))).fetchall():
                try:
                    await asyncio.to_thread(self._sink.add, note)
                except OSError as error:
                    raise SealingRefused(f"{self._sink.file} cannot be written: {error.strerror}") from None
                await connection.execute(self._sql(PUBLISHED), [number])


async def _again_and_again() -> AsyncIterator[None]:
    while True:
        await asyncio.sleep(LOOK_AGAIN)
        yield


def _length(size: int, level: int, number: int) -> int:
    """Bytes of the last tile of its level in a tree of this size."""
    return HASH * min((size >> HEIGHT * level) - number * WIDTH, WIDTH)
