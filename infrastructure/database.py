"""How a process reaches Postgres: as which role, for how long a statement may take, and what it hears when it cannot.

An owner's URL is enough: a connection asks for its role with the very first message, before any statement runs.
No connection is waited for without end: a network may swallow what is sent, and never tell.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from typing import Any, LiteralString

from psycopg import AsyncConnection, Connection, InterfaceError, OperationalError, errors
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import TupleRow
from psycopg_pool import AsyncConnectionPool, PoolClosed, PoolTimeout

from infrastructure.watched import WatchedConnection, WatchedPool

CONNECT_TIMEOUT = 5
"""Seconds until a server that does not answer is given up."""
STATEMENT_TIMEOUT = 30_000
"""Milliseconds that a statement may take, where its caller does not say."""
POOLED_STATEMENT_TIMEOUT = 8_000
"""The same for a pool, whose statements somebody waits for who is not to wait longer."""
GRACE = 1.0
"""Seconds after its time limit that a statement's answer, or the word that it was stopped, may still be on its way."""


class Role(StrEnum):
    """What a connection may do; `infrastructure.migrate` creates them."""

    WRITER = "q2c_writer"
    """Append to the log through its one function, and read the log."""
    PROJECTOR = "q2c_projector"
    """Make and change the read models, and read the log."""
    READER = "q2c_reader"
    """Read the read models and the log."""
    SEALER = "q2c_sealer"
    """Grow the tree over the log, and keep its checkpoints."""
    CREDENTIALS = "q2c_credentials"
    """Keep what proves who somebody is, and nothing else."""
    VAULT = "q2c_vault"
    """Keep the keys of personal data, wrapped, and nothing else."""
    ACCESS = "q2c_access"
    """Write down who was shown what, by one function, and read nothing."""
    AUDITOR = "q2c_auditor"
    """Read what was recorded and the proofs of it, and nothing else. No process of ours takes it."""


class DatabaseUnavailable(Exception):
    """The database did not answer. What was asked of it may or may not have happened."""


class NotDurable(Exception):
    """The server acknowledges what a power failure could undo."""


def connection_options(
    database_url: str, role: Role | None, name: str, *, settings: Mapping[str, str | int] | None = None
) -> dict[str, Any]:
    """What to connect with, on top of the URL: the role (None is the URL's own), a name to be seen in
    `pg_stat_activity`, and session settings (`statement_timeout` in milliseconds, …)."""
    session: dict[str, str | int] = {"statement_timeout": STATEMENT_TIMEOUT, "jit": "off", "timezone": "UTC"}
    session |= settings or {}
    if role is not None:
        session["role"] = role.value
    given = str(conninfo_to_dict(database_url).get("options") or "")
    options = " ".join([given, *(f"-c {setting}={value}" for setting, value in session.items())])
    return {
        "application_name": name,
        "connect_timeout": CONNECT_TIMEOUT,
        "keepalives_idle": 10,
        "keepalives_interval": 2,
        "keepalives_count": 3,
        "tcp_user_timeout": 10_000,
        "options": options.strip(),
    }


def _patience(settings: Mapping[str, str | int] | None) -> float | None:
    """Seconds to wait for the answer to a statement under these settings; None where it may take as long as it will."""
    milliseconds = int((settings or {}).get("statement_timeout", STATEMENT_TIMEOUT))
    return milliseconds / 1000 + GRACE if milliseconds else None


async def connect(
    database_url: str, role: Role | None, name: str, *, settings: Mapping[str, str | int] | None = None
) -> WatchedConnection:
    """A connection of one's own, autocommitting. Raises DatabaseUnavailable."""
    options = connection_options(database_url, role, name, settings=settings)
    with unavailable():
        try:
            connection = await WatchedConnection.connect(database_url, autocommit=True, **options)
        except asyncio.CancelledError as cancelled:
            # The driver leaves a half-made connection to the garbage collector, and the server waits for it a minute.
            raise cancelled.with_traceback(None) from None
    connection.patience = _patience(settings)
    return connection


def connect_sync(
    database_url: str, role: Role | None, name: str, *, settings: Mapping[str, str | int] | None = None
) -> Connection[TupleRow]:
    """The same for code that is not asynchronous."""
    options = connection_options(database_url, role, name, settings=settings)
    with unavailable():
        return Connection.connect(database_url, autocommit=True, **options)


def connection_pool(
    database_url: str,
    role: Role | None,
    name: str,
    *,
    settings: Mapping[str, str | int] | None = None,
    min_size: int = 1,
    max_size: int = 4,
) -> AsyncConnectionPool[AsyncConnection[TupleRow]]:
    """A pool of autocommitting connections, not open yet; waits 5 s for a free one. Use it within `unavailable()`."""
    settings = {"statement_timeout": POOLED_STATEMENT_TIMEOUT, **(settings or {})}
    return WatchedPool(
        database_url,
        patience=_patience(settings),
        kwargs={"autocommit": True} | connection_options(database_url, role, name, settings=settings),
        min_size=min_size,
        max_size=max_size,
        timeout=CONNECT_TIMEOUT,
        name=name,
    )


@contextmanager
def unavailable() -> Iterator[None]:
    """Whatever says that the database cannot be reached becomes DatabaseUnavailable, without its URL or password."""
    try:
        yield
    except (OperationalError, InterfaceError, PoolTimeout, PoolClosed) as error:
        raise DatabaseUnavailable(reason(error)) from None


def reason(error: Exception) -> str:
    """What went wrong, in words that hold no credentials (a driver's own message may quote its connection string)."""
    if isinstance(error, errors.Error) and error.sqlstate:
        return f"the database answered {error.sqlstate}: {error.diag.message_primary}"
    if isinstance(error, PoolTimeout | errors.ConnectionTimeout):
        return "no connection to the database in time"
    return f"no connection to the database ({type(error).__name__})"


async def assert_durable(connection: AsyncConnection[TupleRow]) -> None:
    """Raises NotDurable unless what the server acknowledges is on disk."""
    names: tuple[LiteralString, ...] = ("fsync", "synchronous_commit")
    for name in names:
        row = await (await connection.execute(b"SELECT current_setting(%s)", [name])).fetchone()
        if row is None or row[0] == "off":
            raise NotDurable(f"the server runs with {name} off: an acknowledged change could be lost; set {name} = on")
