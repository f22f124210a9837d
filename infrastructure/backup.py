"""Backup and restore of a whole database with Postgres' own tools, in one file."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import TupleRow

from infrastructure.database import Role
from infrastructure.migrate import ensure_roles, migrate
from infrastructure.new_files import new_file
from infrastructure.servers import ServerError, places

VARIABLES = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
}
LOCK = 1903_1
"""The advisory lock that keeps one backup from taking away what another holds."""
BESIDE = ("*__as_of_*", "*__next", "*__verify", "*__old")
"""Schemas of read models that are made beside the live ones, for a while."""
RELATIONS = """
    SELECT count(*) FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE relkind IN ('r', 'p', 'v', 'm', 'S') AND nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'
"""

LOG = """
    WITH streams AS (
        SELECT count(*) AS events, min(originator_version) AS first, max(originator_version) AS last
        FROM log.events GROUP BY originator_id),
    times AS (SELECT recorded_at < lag(recorded_at) OVER (ORDER BY position) AS goes_back FROM log.events)
    SELECT (SELECT coalesce(max(position), 0) FROM log.events), (SELECT count(*) FROM log.events),
           (SELECT coalesce(min(position), 0) FROM log.events), (SELECT count(*) FROM streams),
           (SELECT count(*) FROM streams WHERE first > 1 OR last - first + 1 <> events),
           (SELECT count(*) FROM times WHERE goes_back)
"""


@dataclass(frozen=True, slots=True)
class Restored:
    """A log that lacks nothing."""

    head: int
    """Its last position."""
    aggregates: int


def backup(database_url: str, file: Path) -> None:
    """Write everything in the database but what is made for a while, as of one instant, to a new file; writers are not
    held up.

    :raises ServerError: the file exists, or the tool fails.
    """
    without = ("--no-unlogged-table-data", *(f"--exclude-schema={pattern}" for pattern in BESIDE))
    with (
        new_file(file, "a backup") as unfinished,
        psycopg.connect(database_url, autocommit=True) as connection,
        _acting_for_the_roles(connection),
    ):
        _run(database_url, "pg_dump", "--format=custom", *without, f"--file={unfinished}")


def restore(database_url: str, file: Path) -> Restored:
    """Fill an empty database from a backup, wholly or not at all; answers what the log then is.

    :raises ServerError: the database is not empty, the file is not a backup, or its log lacks something.
    """
    if not file.is_file():
        raise ServerError(f"There is no file {file}.")
    with psycopg.connect(database_url, autocommit=True) as connection:
        if connection.execute(RELATIONS).fetchone() != (0,):
            raise ServerError(
                "The database is not empty: restore into a new one (Q2C_STATE_DIR or DATABASE_URL choose it)."
            )
        ensure_roles(connection)  # roles belong to the cluster: a backup names them but does not hold them
        with _acting_for_the_roles(connection):
            _run(database_url, "pg_restore", "--single-transaction", "--exit-on-error", "--dbname=", str(file))
    migrate(database_url)
    return check_log(database_url)


def check_log(database_url: str) -> Restored:
    """See that the log lacks nothing: positions run from 1 to the last, every stream's versions do, and time never
    goes back.

    :raises ServerError: it does.
    """
    with psycopg.connect(database_url) as connection:
        row = connection.execute(LOG).fetchone()
    head, events, first, aggregates, broken, back = row or (0, 0, 0, 0, 0, 0)
    if (events, first) != (head, min(head, 1)):
        raise ServerError(f"The log has gaps: {events:,} events up to position {head:,}.")
    if broken or back:
        raise ServerError(f"The log is not in order: {broken:,} aggregates lack events, {back:,} times go back.")
    return Restored(head, aggregates)


@contextlib.contextmanager
def _acting_for_the_roles(connection: psycopg.Connection[TupleRow]) -> Iterator[None]:
    """Hold what the roles hold: read models are the projector's, and default privileges are set by their role only."""
    connection.execute("SELECT pg_advisory_lock(%s)", [LOCK])
    if connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone() == (True,):
        yield  # a superuser holds everything already
        return
    grant = sql.SQL("GRANT {} TO CURRENT_USER WITH INHERIT {}")
    for role in Role:
        connection.execute(grant.format(sql.Identifier(role), sql.SQL("TRUE")))
    try:
        yield
    finally:
        for role in Role:
            connection.execute(grant.format(sql.Identifier(role), sql.SQL("FALSE")))


def _run(database_url: str, program: str, *arguments: str) -> None:
    parts = conninfo_to_dict(database_url)
    environment = {variable: str(parts[name]) for name, variable in VARIABLES.items() if name in parts}
    command: list[str | Path] = [places.installed_binaries() / program, *arguments]
    # The password goes by the environment: a command line is everybody's to read.
    done = subprocess.run(command, check=False, capture_output=True, text=True, env={**os.environ, **environment})
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines()
        raise ServerError(f"{program} failed: {lines[0] if lines else f'status {done.returncode}'}")
