"""The service in processes of its own, any of which may be killed and started again at any moment."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psycopg

from features.faults.client import Client
from features.faults.proxy import Proxy
from features.house.processes import command, environment, eventually, free_port, is_ready, signed
from infrastructure.migrate import migrate
from infrastructure.servers.postgres import Cluster, running

POSTGRES, API, WORKER = PARTS = ("postgres", "api", "worker")
FULL = bool(os.environ.get("Q2C_FULL"))
"""Whether to run at the size that is promised; `make test` runs the same things smaller."""


class Service:
    """Postgres, an API and a worker over one state folder; a part may have a network between itself and Postgres."""

    def __init__(self, state: Path, cluster: Cluster, url: str, networks: Mapping[str, Proxy]) -> None:
        self.cluster, self.url = cluster, url
        self.port = free_port()
        self._environments = {
            part: environment(
                state,
                Q2C_PORT=str(self.port),
                DATABASE_URL=networks[part].url(url) if part in networks else url,
                Q2C_LOG_LEVEL="error",
            )
            for part in (API, WORKER)
        }
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._said = (state / "said.log").open("ab")

    def start(self, part: str, wrong: str | None = None) -> None:
        """Start it, and wait until it serves; the API, if need be, `wrong` in one of the ways of `wrong_api`."""
        if part == POSTGRES:
            self.cluster.start()
            self.assert_durable()
            return
        line = [sys.executable, "-m", "features.faults.wrong_api", wrong] if wrong else command(part)
        process = subprocess.Popen(line, env=self._environments[part], stdin=subprocess.DEVNULL, stderr=self._said)
        self._processes[part] = process
        if part == API:
            eventually(lambda: is_ready(process, self.port), "the API is ready")

    def kill(self, part: str) -> None:
        """Kill it as a power cut would: it is told nothing."""
        if part == POSTGRES:
            pid = int((self.cluster.data / "postmaster.pid").read_text().splitlines()[0])
            os.kill(pid, signal.SIGKILL)
            eventually(lambda: not self.cluster.answers(), "Postgres is gone")
            return
        self._processes[part].kill()
        self._processes[part].wait()

    def end(self, part: str) -> None:
        """Tell it to end, and wait until it has."""
        self._processes[part].terminate()
        self._processes[part].wait(60)

    def tend(self) -> None:
        """Start again what ended by itself, as the supervisor does: a worker that came up while Postgres was gone."""
        for part, process in list(self._processes.items()):
            if process.poll() is not None:
                self.start(part)

    def stop(self) -> None:
        """Stop what runs, but for Postgres."""
        for process in self._processes.values():
            process.terminate()
        for process in self._processes.values():
            process.wait(60)
        self._said.close()

    def client(self, login: str, **settings: float) -> Client:
        """A user of that login, over a connection of their own."""
        return Client(self.port, login, signed(self.url, login), **settings)

    def assert_durable(self) -> None:
        """What the server acknowledges is on disk."""
        with psycopg.connect(self.url) as connection:
            for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                assert connection.execute("SELECT current_setting(%s)", [setting]).fetchone() == ("on",)


@contextmanager
def service(state: Path) -> Iterator[Service]:
    """All of it, running."""
    with running(state) as cluster:
        migrate(cluster.url())
        with processes(state, cluster, cluster.url()) as started:
            started.assert_durable()
            yield started


@contextmanager
def processes(state: Path, cluster: Cluster, url: str, **networks: Proxy) -> Iterator[Service]:
    """API and worker over a database that is there, reached through these networks by those whom they are named for."""
    started = Service(state, cluster, url, networks)
    try:
        for part in (WORKER, API):  # the API is ready once the worker has made the read models
            started.start(part)
        yield started
    finally:
        started.stop()
