"""The schema of a read model: made, swapped for another, dropped, counted and compared."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from psycopg import AsyncConnection
from psycopg.sql import SQL, Identifier

from infrastructure.database import Role, connect
from infrastructure.projecting import parking
from infrastructure.projecting.models import BOOKKEEPING, BOOKKEPT, fingerprint
from infrastructure.watched import WatchedConnection
from projections.shared import ReadModel

FROZEN = 5_000
"""Milliseconds after which a process that stands still amid a transaction loses its connection, and so its lease."""
LEFT_ALONE = 60_000
"""The same for one that stands still between two statements: it may keep others from rebuilding.
So whoever keeps a connection says something over it now and then, even if there is nothing to be said."""
_LONGEST_BATCH = 30_000
"""Milliseconds that a transaction may last: a process that stands still while it sends looks busy, not idle."""
_LOCK = "q2c read model {}"


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a read model has come: the last event whose effects are in its tables, and what stopped it, if any."""

    position: int
    fingerprint: str
    failure: str | None
    made_at: datetime
    """When it was begun to be made; 1970 where a version made it that did not note this."""


@dataclass(frozen=True, slots=True)
class TableHash:
    """How many rows a table has, and one hash over all of them in a fixed order."""

    rows: int
    hash: str


async def projector(database_url: str) -> WatchedConnection:
    """A connection that may change read models. Raises `DatabaseUnavailable`."""
    # Effects and position are lost together, and are made again from the log: no commit need wait for the disk.
    settings: dict[str, str | int] = {
        "synchronous_commit": "off",
        "statement_timeout": 0,
        "idle_in_transaction_session_timeout": FROZEN,
        "idle_session_timeout": LEFT_ALONE,
        "tcp_keepalives_idle": 2,
        "tcp_keepalives_interval": 1,
        "tcp_keepalives_count": 3,
    }
    return await connect(database_url, Role.PROJECTOR, "q2c projections", settings=settings)


async def bound(connection: WatchedConnection) -> None:
    """Cut off whoever stands still amid a transaction. Postgres 16 knows no such limit; there, only one that stands
    still between two statements is cut off."""
    await connection.execute(
        "select set_config('transaction_timeout', %s, false)"
        " where current_setting('server_version_num')::integer >= 170000",
        [str(_LONGEST_BATCH)],
    )
    # A network may swallow the word of that, too.
    connection.patience = 1 + _LONGEST_BATCH / 1000


@contextlib.asynccontextmanager
async def alone(connection: AsyncConnection, name: str) -> AsyncIterator[None]:
    """One at a time makes or remakes a read model; the lock goes with the connection."""
    await connection.execute("select pg_advisory_lock(hashtextextended(%s, 0))", [_LOCK.format(name)])
    try:
        yield
    finally:
        await _unlock(connection, name)


@contextlib.asynccontextmanager
async def alone_at_once(connection: AsyncConnection, name: str) -> AsyncIterator[bool]:
    """The same without waiting; tells whether nobody else makes it."""
    cursor = await connection.execute("select pg_try_advisory_lock(hashtextextended(%s, 0))", [_LOCK.format(name)])
    is_alone = bool((await cursor.fetchone() or [False])[0])
    try:
        yield is_alone
    finally:
        if is_alone:
            await _unlock(connection, name)


async def _unlock(connection: AsyncConnection, name: str) -> None:
    if not connection.closed:
        await connection.execute("select pg_advisory_unlock(hashtextextended(%s, 0))", [_LOCK.format(name)])


async def standing(connection: AsyncConnection, schema: str) -> Standing | None:
    """Where the read model in this schema stands; None where there is none."""
    exists = await connection.execute("select to_regclass(%s) is not null", [f'"{schema}".position'])
    if not (await exists.fetchone() or [False])[0]:
        return None
    cursor = await connection.execute(
        SQL(
            "select position, fingerprint, failure,"
            " coalesce(cast(to_jsonb(it) ->> 'made_at' as timestamptz), 'epoch') from {}.position it"
        ).format(Identifier(schema))
    )
    row = await cursor.fetchone()
    return Standing(*row) if row else None


async def now(connection: AsyncConnection) -> datetime:
    """By the clock that `made_at` is read from."""
    row = await (await connection.execute("select clock_timestamp()")).fetchone()
    return cast(datetime, (row or [None])[0])


async def is_made(connection: AsyncConnection, model: type[ReadModel]) -> bool:
    """Whether the read model is there, made by the source that this process has."""
    live = await standing(connection, model.NAME)
    return live is not None and live.fingerprint == fingerprint(model)


async def create(connection: AsyncConnection, model: type[ReadModel], schema: str) -> None:
    """An empty read model at position 0. Whatever bore the name before is dropped."""
    name = Identifier(schema)
    async with connection.transaction():
        await connection.execute(SQL("drop schema if exists {} cascade").format(name))
        await connection.execute(SQL("create schema {}").format(name))
        await connection.execute(SQL("set local search_path to {}").format(name))
        await connection.execute(model.tables)
        await connection.execute(BOOKKEEPING)
        await connection.execute("insert into position (position, fingerprint) values (0, %s)", [fingerprint(model)])


async def drop(connection: AsyncConnection, schema: str) -> None:
    """No such schema any more."""
    await connection.execute(SQL("drop schema if exists {} cascade").format(Identifier(schema)))


async def rename(connection: AsyncConnection, schema: str, new_name: str) -> None:
    """The schema under another name."""
    statement = SQL("alter schema {} rename to {}").format(Identifier(schema), Identifier(new_name))
    await connection.execute(statement)


async def analyze(connection: AsyncConnection, schema: str) -> None:
    """Let Postgres know what the tables hold before anybody asks them: without, it plans for what they do not."""
    for table in await table_names(connection, schema):
        await connection.execute(SQL("analyze {}").format(Identifier(schema, table)))


async def enter(connection: AsyncConnection, schema: str) -> None:
    """Unqualified names mean this schema's tables, for the rest of the connection."""
    await connection.execute(SQL("set search_path to {}").format(Identifier(schema)))


async def set_failure(connection: AsyncConnection, schema: str, failure: str | None) -> None:
    """Say what stopped the read model, or that nothing does."""
    statement = SQL("update {}.position set failure = %s where failure is distinct from %s").format(Identifier(schema))
    await connection.execute(statement, [failure, failure])


async def table_names(connection: AsyncConnection, schema: str) -> list[str]:
    """The read model's own tables, in order of their names."""
    cursor = await connection.execute(
        "select tablename from pg_tables where schemaname = %s and tablename <> all(%s) order by 1",
        [schema, list(BOOKKEPT)],
    )
    return [cast(str, row[0]) for row in await cursor.fetchall()]


async def table_rows(connection: AsyncConnection, schema: str) -> dict[str, int]:
    """How many rows each table has."""
    counted = {}
    for table in await table_names(connection, schema):
        cursor = await connection.execute(SQL("select count(*) from {}").format(Identifier(schema, table)))
        counted[table] = cast(int, (await cursor.fetchone() or [0])[0])
    return counted


async def table_hashes(connection: AsyncConnection, schema: str) -> dict[str, TableHash]:
    """A hash over each table's rows, ordered by all of their columns. Rows that differ anywhere give another hash."""
    statement = SQL(
        "select count(*), md5(coalesce(string_agg(md5(it::text), '' order by it::text collate \"C\"), '')) from {} it"
    )
    hashes = {}
    for table in await table_names(connection, schema):
        cursor = await connection.execute(statement.format(Identifier(schema, table)))
        rows, digest = await cursor.fetchone() or (0, "")
        hashes[table] = TableHash(rows, digest)
    return hashes


async def parked_hash(connection: AsyncConnection, schema: str) -> dict[str, TableHash]:
    """What is left out of the read model, as if it were one more of its tables; nothing where nothing is."""
    found = await parking.listed(connection, schema)
    rows = [(each.originator_id, each.position, each.topic, each.later) for each in found]
    digest = hashlib.md5(repr(rows).encode(), usedforsecurity=False).hexdigest()
    return {"parked": TableHash(len(rows), digest)} if rows else {}
