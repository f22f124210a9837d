"""A real Postgres of our own, for whoever has none: made, started, watched and stopped without a person's doing.

It listens on a unix socket only and keeps everything that it acknowledges: fsync and synchronous_commit stay on.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shlex
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from infrastructure.servers import ServerError, places, watchdog

MAJOR_VERSION = "18"
OWNER = "q2c"
SUPERUSER = "postgres"
# Backends that a killed server left busy keep its shared memory until they notice that it has gone.
PATIENCE_SECONDS = 20.0
# Above every pid of Linux.
NO_PROCESS = 2**22 + 1
FULL = ("No space left on device", "wrote only")
SPACE_BYTES = 1_000_000
LEAST_SHARED, MOST_SHARED = 128 * 2**20, 2**33
# What a container may use, where it is one: of cgroups version 2 and 1.
LIMITS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))
ORPHANS = ("pre-existing shared memory block", "lock file")


class Cluster:
    """One Postgres and its files under one state folder; its operations may be called by many processes at once."""

    def __init__(self, state: Path, preload: Path | None = None) -> None:
        self.state = state
        self._preload = preload
        self.home = state / "postgres"
        self.data = self.home / "data"
        self.log = self.home / "server.log"
        self.account = places.account_for(self.home)
        self.bin = places.binaries(state, self.account)
        self.socket = places.socket_directory(self.home, self.account)

    @property
    def password(self) -> str:
        """The password of both roles, made with the cluster and readable to its owner only."""
        return (self.home / "password").read_text().strip()

    def url(self, database: str = OWNER, role: str = OWNER) -> str:
        """How to connect: to the service's own database as its owner unless told otherwise."""
        return f"postgresql://{role}:{quote(self.password)}@/{database}?host={quote(str(self.socket), safe='')}"

    def answers(self) -> bool:
        """Whether this very cluster is up; another one that took over its socket does not count."""
        try:
            with psycopg.connect(self.url("postgres", SUPERUSER), connect_timeout=5) as connection:
                row = connection.execute("SHOW data_directory").fetchone()
        except (psycopg.Error, FileNotFoundError):
            return False
        return row is not None and Path(str(row[0])) == self.data

    def start(self) -> None:
        """Make the cluster if there is none, and start it unless it runs.

        :raises ServerError: it belongs to another major version, its disk is full, or it does not come up.
        """
        with watchdog.locked(self.state / "postgres.start"):
            if self.answers():
                return
            self._prepare()
            self._launch()
            self._make_database()

    def _prepare(self) -> None:
        for folder in (
            self.home,
            places.ours(self.socket, self.account) if self.socket.parent != self.home else self.socket,
        ):
            folder.mkdir(exist_ok=True)
            folder.chmod(0o700)
            self.account.own(folder)
        version = self.data / "PG_VERSION"
        if not self.data.exists():
            self._initialise()
        elif (found := version.read_text().strip()) != MAJOR_VERSION:
            raise ServerError(
                f"The state folder {self.state} belongs to Postgres {found}; this q2c runs Postgres {MAJOR_VERSION}. "
                "Make a backup with the q2c that made it and restore it here into another Q2C_STATE_DIR."
            )

    def _initialise(self) -> None:
        """Make the cluster under another name first: a half-made one is never taken for a whole one."""
        password, unfinished = self.home / "password", self.home / "data.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        password.unlink(missing_ok=True)
        password.touch(mode=0o600)
        password.write_text(secrets.token_urlsafe(24) + "\n")
        self.account.own(password)
        made = self.account.run(
            [
                self.bin / "initdb", "--pgdata", unfinished, "--username", SUPERUSER, "--pwfile", password,
                "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale-provider", "builtin",
                "--builtin-locale", "C.UTF-8", "--locale", "C", "--set", "timezone=UTC", "--set", "log_timezone=UTC",
                # The password is 192 random bits: rounds of hashing would guard nothing, and cost 10 ms a connection.
                "--set", "scram_iterations=1",
            ]
        )  # fmt: skip
        if made.returncode != 0:
            raise self._failure("made", made.stderr)
        unfinished.rename(self.data)

    def _launch(self) -> None:
        options = {"listen_addresses": "", "unix_socket_directories": self.socket, "unix_socket_permissions": "0700",
                   "max_connections": 200, "shared_buffers": f"{_shared_memory() // 2**20}MB",
                   # Random keys touch most index pages after each checkpoint, and each is then written whole: be rare.
                   "max_wal_size": "2GB", "checkpoint_timeout": "15min"}  # fmt: skip
        arguments = " ".join(f"-c {name}={shlex.quote(str(value))}" for name, value in options.items())
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            seen = self.log.stat().st_size if self.log.exists() else 0
            started = self.account.run(
                [self.bin / "pg_ctl", "start", "-w", "-t", "120", "-D", self.data, "-l", self.log, "-o", arguments],
                self._preload,
            )
            if started.returncode == 0 or self.answers():  # it may have been there, and busy recovering from a crash
                return
            said = self._log_from(seen) + started.stderr
            if time.monotonic() > deadline or not any(sign in said for sign in ORPHANS):
                raise self._failure("started", said)
            self._forget_a_stranger()
            time.sleep(0.2)  # the backend of a killed server needs a moment to see that, and tells nobody

    def _forget_a_stranger(self) -> None:
        """After a restart of the machine, the pid in a file left behind may be that of any process: put in one of none.

        The rest of the file stays, by which Postgres sees whether backends of the old server still hold its memory.
        """
        file = self.data / "postmaster.pid"
        with contextlib.suppress(OSError):  # the file is gone, or there is nothing that tells of processes
            pid, _, rest = file.read_text().partition("\n")
            if Path(f"/proc/{pid}/cwd").readlink() != self.data.resolve():
                file.write_text(f"{NO_PROCESS}\n{rest}")

    def _log_from(self, position: int) -> str:
        if not self.log.exists():
            return ""
        with self.log.open(errors="replace") as file:
            file.seek(position)
            return file.read()

    def _failure(self, deed: str, said: str) -> ServerError:
        # A full disk may leave no room for the log that would say so.
        if shutil.disk_usage(self.home).free < SPACE_BYTES or any(sign in said for sign in FULL):
            return ServerError(
                f"The disk of {self.home} is full, so Postgres could not be {deed}: free some space and start again."
            )
        reason = re.search(r"(FATAL|PANIC|error): .*", said)
        return ServerError(
            f"Postgres could not be {deed} in {self.home}: {reason[0] if reason else said.strip()[-300:]} "
            f"(its log: {self.log})"
        )

    def _make_database(self) -> None:
        """The service's role and database; it owns what it makes and can make roles, as in production."""
        role = sql.Identifier(OWNER)
        with psycopg.connect(self.url("postgres", SUPERUSER), autocommit=True) as connection:
            if connection.execute("SELECT FROM pg_roles WHERE rolname = %s", (OWNER,)).fetchone() is None:
                connection.execute(
                    sql.SQL("CREATE ROLE {} LOGIN CREATEROLE PASSWORD {}").format(role, sql.Literal(self.password))
                )
            if connection.execute("SELECT FROM pg_database WHERE datname = %s", (OWNER,)).fetchone() is None:
                connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(role, role))


def _shared_memory() -> int:
    """Bytes of pages to keep at hand, of which those are taken that are touched: a quarter of the memory, as the manual
    of Postgres advises."""
    memory = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")]
    for limit in LIMITS:
        with contextlib.suppress(OSError, ValueError):  # there is none, or it says "max"
            memory.append(int(limit.read_text()))
    return min(max(min(memory) // 4, LEAST_SHARED), MOST_SHARED)


@contextlib.contextmanager
def running(state: Path, preload: Path | None = None) -> Iterator[Cluster]:
    """A cluster that runs while anybody uses it; the last to leave stops it, or its watchdog if it was killed.

    `preload`: a shared library that the server is to load first.
    """
    with watchdog.locked(state / "postgres.start"):
        cluster = Cluster(state, preload)
    with watchdog.used(state, "postgres", cluster.bin / "pg_ctl", cluster.data):
        cluster.start()
        yield cluster
