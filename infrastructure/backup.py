"""Backup and restore of a whole database with Postgres' own tools, in one file."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from subprocess import DEVNULL, PIPE
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import TupleRow

from infrastructure.database import Role
from infrastructure.migrate import ensure_roles, migrate, migrations
from infrastructure.new_files import new_file
from infrastructure.servers import ServerError, places

SECRETS = {"password": "PGPASSWORD"}
"""What no command line may tell, and the variables that tell it instead."""
_SCHEMA = re.compile(rf"^\d+; \d+ \d+ SCHEMA - (\S+) {Role.PROJECTOR.value}$", re.MULTILINE)
"""In the table of contents of a backup: a read model's."""
EVERYWHERE = "postgres"
"""A database that every cluster has, unless somebody has taken it away."""
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


LAST = """
    DO $$
    DECLARE
        read_model name;
        its record;
    BEGIN
        IF to_regclass('public.applied_migrations') IS NULL OR to_regclass('log.events') IS NULL THEN
            RAISE EXCEPTION 'the file is no backup that q2c has made';
        END IF;
        IF EXISTS (SELECT FROM public.applied_migrations WHERE number > {known}) THEN
            RAISE EXCEPTION 'the backup is of a newer version: restore it with that one';
        END IF;
        FOREACH read_model IN ARRAY {schemas}::name[] LOOP
            EXECUTE format('ALTER SCHEMA %I OWNER TO {owner}', read_model);
            FOR its IN SELECT oid::regclass AS name FROM pg_class
                WHERE relnamespace = to_regnamespace(quote_ident(read_model)) AND relkind IN ('r', 'p', 'v', 'm')
            LOOP
                EXECUTE format('ALTER TABLE %s OWNER TO {owner}', its.name);
            END LOOP;
        END LOOP;
    END $$;
    COMMIT;
"""
"""What a restore ends with: read models are the projector's again, while all else belongs to whoever restores it."""


def backup(database_url: str, file: Path) -> None:
    """Write everything in the database but what is made for a while, as of one instant, to a new file; writers are not
    held up.

    :raises ServerError: the file exists, or the tool fails.
    """
    without = ("--no-unlogged-table-data", *(f"--exclude-schema={pattern}" for pattern in BESIDE))
    with (
        new_file(file, "a backup") as unfinished,
        psycopg.connect(database_url, autocommit=True) as connection,
        _acting_for_the_roles(connection, database_url),
    ):
        connection.execute("SELECT FROM log.events LIMIT 1")  # or there is nothing of ours to be kept
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
        with _acting_for_the_roles(connection, database_url):
            _fill(database_url, file)
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
def _acting_for_the_roles(connection: psycopg.Connection[TupleRow], database_url: str) -> Iterator[None]:
    """Hold what the roles hold: read models are the projector's, and default privileges are set by their role only."""
    if connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone() == (True,):
        yield  # a superuser holds everything already
        return
    grant = sql.SQL("GRANT {} TO CURRENT_USER WITH INHERIT {}")
    with _one_at_a_time(database_url):
        for role in Role:
            connection.execute(grant.format(sql.Identifier(role), sql.SQL("TRUE")))
        try:
            yield
        finally:
            for role in Role:
                connection.execute(grant.format(sql.Identifier(role), sql.SQL("FALSE")))


@contextlib.contextmanager
def _one_at_a_time(database_url: str) -> Iterator[None]:
    """Roles are of the cluster and locks of a database: one that all clusters have is the place to wait in, if we may
    go there."""
    try:
        place = psycopg.connect(make_conninfo(database_url, dbname=EVERYWHERE), autocommit=True)
    except psycopg.OperationalError:
        place = psycopg.connect(database_url, autocommit=True)
    with place:
        place.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        yield


def _run(database_url: str, program: str, *arguments: str) -> None:
    command, secrets = _command(program, database_url, *arguments), _secrets(database_url)
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=secrets)
    if done.returncode != 0:
        raise _failed(program, done.stderr, done.returncode)


def _fill(database_url: str, file: Path) -> None:
    """In one transaction; by a script, since whoever restores owns what has an owner of another name in the file."""
    last = _last(file)
    command = _command("psql", database_url, "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1")
    script: list[str | Path] = [places.installed_binaries() / "pg_restore", "--no-owner", "--file=-", file]
    with tempfile.TemporaryFile("w+") as complained:
        given: dict[str, Any] = {"stdin": PIPE, "stdout": DEVNULL, "stderr": complained, "env": _secrets(database_url)}
        with subprocess.Popen(command, **given) as filled:
            assert filled.stdin is not None
            with contextlib.suppress(BrokenPipeError):  # then it has said why
                filled.stdin.write(b"BEGIN;\n")
                filled.stdin.flush()
                read = subprocess.run(script, check=False, stdout=filled.stdin, stderr=PIPE, text=True)
                # Nothing is committed of a file that cannot be read to its end.
                filled.stdin.write(last if read.returncode == 0 else b"")
                filled.stdin.close()
        complained.seek(0)
        if filled.returncode != 0:
            raise _failed("psql", complained.read(), filled.returncode)
    if read.returncode != 0:
        raise _failed("pg_restore", read.stderr, read.returncode)


def _last(file: Path) -> bytes:
    tool = places.installed_binaries() / "pg_restore"
    listed = subprocess.run([tool, "--list", file], check=False, capture_output=True, text=True)
    if listed.returncode != 0:
        raise _failed("pg_restore", listed.stderr, listed.returncode)
    known, schemas = sql.Literal(migrations()[-1].number), sql.Literal(_SCHEMA.findall(listed.stdout))
    return sql.SQL(LAST).format(known=known, schemas=schemas, owner=sql.Identifier(Role.PROJECTOR)).as_bytes()


def _command(program: str, database_url: str, *arguments: str) -> list[str | Path]:
    """The tool connects as we do, to whatever the URL names."""
    known = {name: str(value) for name, value in conninfo_to_dict(database_url).items() if name not in SECRETS}
    named = f"--dbname={make_conninfo('', **known)}"
    return [places.installed_binaries() / program, "--no-password", named, *arguments]


def _secrets(database_url: str) -> dict[str, str]:
    """They go by the environment: a command line is everybody's to read."""
    given = conninfo_to_dict(database_url)
    return {**os.environ, **{variable: str(given[name]) for name, variable in SECRETS.items() if name in given}}


def _failed(program: str, said: str, code: int) -> ServerError:
    lines = said.strip().splitlines()
    return ServerError(f"{program} failed: {lines[0] if lines else f'status {code}'}")
