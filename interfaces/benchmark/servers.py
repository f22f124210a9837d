"""Where it is measured: the server that is given or one of our own on this disk, and one whose commit costs 1 ms."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import psycopg
from psycopg import sql
from psycopg.errors import InsufficientPrivilege

from infrastructure.database import connect_sync
from infrastructure.migrate import migrate
from infrastructure.servers import ServerError, postgres
from infrastructure.servers.postgres import OWNER, SUPERUSER

MEMORY = Path("/dev/shm")  # noqa: S108  the folder made in it has a random name
NEEDED = 4 * 2**30
"""Bytes that the files of the measurements may come to."""


@dataclass(frozen=True, slots=True)
class Server:
    """A Postgres to measure on."""

    disk: str
    """In a word, for the names of figures."""
    url: str
    """Of a user who may create databases."""
    owner: str
    """Who shall own them."""

    @contextmanager
    def database(self, like: str | None = None) -> Iterator[str]:
        """The URL of a migrated one that is gone afterwards; of a copy, where another one's is given, which nobody uses
        meanwhile."""
        name = f"q2c_bench_{uuid4().hex[:8]}"
        template = str(psycopg.conninfo.conninfo_to_dict(like)["dbname"]) if like else "template1"
        with connect_sync(self.url, None, "q2c bench", settings={"statement_timeout": 0}) as administration:
            _execute(administration, "CREATE DATABASE {} OWNER {} TEMPLATE {}", name, self.owner, template)
        url = psycopg.conninfo.make_conninfo(self.url, dbname=name, user=self.owner)
        try:
            migrate(url)
            yield url
        finally:
            with connect_sync(self.url, None, "q2c bench") as administration:
                _drop(administration, name)


def _drop(administration: psycopg.Connection, name: str) -> None:
    try:
        _execute(administration, "DROP DATABASE {} WITH (FORCE)", name)
    except InsufficientPrivilege:
        # The server itself is at work there, vacuuming: for us it may not be ended, unasked it makes way.
        _execute(administration, "DROP DATABASE {}", name)


def _execute(connection: psycopg.Connection, statement: str, *names: str) -> None:
    connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


@contextmanager
def own_disk(given: str | None) -> Iterator[Server]:
    """The server behind that URL, or one of our own, as durable as any other.

    Raises ServerError where the user may not create databases.
    """
    if given is None:
        with _running(Path("/var/tmp"), preload=None) as server:  # noqa: S108  as above
            yield server
        return
    with connect_sync(given, None, "q2c bench") as connection:
        row = connection.execute(
            "SELECT current_user::text, rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
    if row is None or not row[1]:
        raise ServerError("The user of DATABASE_URL may not create databases (CREATEDB): bench makes some of its own.")
    yield Server("given", given, row[0])


@contextmanager
def slow_disk() -> Iterator[Server | None]:
    """One of our own whose commit costs 1 ms; None where there is no C compiler, or too little memory."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None or not MEMORY.is_dir() or shutil.disk_usage(MEMORY).free < NEEDED:
        yield None
        return
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="q2c-shim-", dir=MEMORY)))
        folder.chmod(0o755)  # the user that Postgres runs as reads it
        shim = folder / "fdatasync.so"
        source = Path(__file__).with_name("fdatasync.c")
        subprocess.run([compiler, "-shared", "-fPIC", "-O2", "-o", shim, source], check=True, capture_output=True)
        shim.chmod(0o755)
        yield stack.enter_context(_running(MEMORY, preload=shim))


@contextmanager
def _running(place: Path, preload: Path | None) -> Iterator[Server]:
    with tempfile.TemporaryDirectory(prefix="q2c-bench-", dir=place) as folder:
        Path(folder).chmod(0o711)  # the user that Postgres runs as goes through it
        with postgres.running(Path(folder), preload=preload) as cluster:
            url = cluster.url("postgres", SUPERUSER)
            with connect_sync(url, None, "q2c bench") as connection:
                _execute(connection, "ALTER ROLE {} CREATEDB", OWNER)
                _execute(connection, "GRANT pg_checkpoint TO {}", OWNER)
            yield Server("1 ms" if preload else "own disk", cluster.url("postgres"), OWNER)
