"""Keeps the processes of one installation running: Postgres and Valkey where they are ours, the API and the worker.

A child that dies is started again, each time after a longer wait; all of them stop with the supervisor, in order, and
also when the supervisor is killed: each child holds a lifeline to it, and each server has its watchdog.
"""

from __future__ import annotations

import contextlib
import os
import signal
import ssl
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import FrameType

from infrastructure.servers import ServerError

STOPPING_SECONDS = 20.0
LONGEST_WAIT_SECONDS = 30.0
STEADY_SECONDS = 60.0
TICK_SECONDS = 0.1
LOOK_SECONDS = 1.0


class Child:
    """One process of ours that is to run until told otherwise."""

    def __init__(self, name: str, command: Sequence[str], environment: dict[str, str]) -> None:
        self.name = name
        self.deaths = 0
        self._command = command
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._due = 0.0

    @property
    def pid(self) -> int | None:
        """Its number while it runs."""
        return self._process.pid if self._process else None

    def tend(self) -> None:
        """Start the process if it is not running and its wait is over."""
        now = time.monotonic()
        if self._process is not None and (status := self._process.poll()) is not None:
            self._bury(now, status)
        if self._process is None and now >= self._due:
            # A session of its own: Ctrl-C in a terminal reaches the supervisor alone, which then stops all in order.
            self._process = subprocess.Popen(
                self._command, stdin=subprocess.PIPE, env=self._environment, start_new_session=True
            )
            self._started = now

    def _bury(self, now: float, status: int) -> None:
        self.deaths = 1 if now - self._started > STEADY_SECONDS else self.deaths + 1
        wait = min(0.25 * 2**self.deaths, LONGEST_WAIT_SECONDS)
        self._due = now + wait
        self._release()
        print(f"q2c: the {self.name} ended with status {status}; starting it again in {wait:.1f} s", file=sys.stderr)

    def stop(self) -> None:
        """Let the process finish what it is doing and end; kill it when that takes too long."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(STOPPING_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._release()

    def _release(self) -> None:
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
        self._process = None


class Stop:
    """Set by SIGINT, SIGTERM or SIGHUP."""

    def __init__(self) -> None:
        self._event = threading.Event()

    @contextlib.contextmanager
    def on_signals(self) -> Iterator[Stop]:
        """Listen to the signals for as long as the context lasts."""
        numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        before = {number: signal.signal(number, self._heed) for number in numbers}
        try:
            yield self
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _heed(self, number: int, frame: FrameType | None) -> None:
        self._event.set()

    def wait(self, seconds: float) -> bool:
        """Wait for a signal, at most so long; whether one has come."""
        return self._event.wait(seconds)


class Supervisor:
    """The API and the worker of one installation, kept running, and their servers with them by `keep_servers`."""

    def __init__(
        self,
        environment: dict[str, str],
        address: str,
        keep_servers: Sequence[Callable[[], None]],
        certificate: Path | None = None,
    ) -> None:
        self.environment = {**os.environ, **environment}
        self.address = address
        self._tls = None if certificate is None else _trusting(certificate)
        self._keep_servers = keep_servers
        self._looked = time.monotonic()
        self.children = [
            Child(name, [sys.executable, "-m", "interfaces.cli", name, "--with-parent"], self.environment)
            for name in ("api", "worker")
        ]

    def tend(self) -> None:
        """See to the servers and to every child once."""
        if time.monotonic() - self._looked > LOOK_SECONDS:
            for keep in self._keep_servers:
                keep()
            self._looked = time.monotonic()
        for child in self.children:
            child.tend()

    def wait_until_ready(self, stop: Stop, seconds: float = 60.0, attempts: int = 3) -> bool:
        """Start the children and wait until the API answers that all is ready; whether it did before a signal came.

        :raises ServerError: a child keeps dying, or it takes too long.
        """
        deadline = time.monotonic() + seconds
        while not self._ready():
            self.tend()
            for child in self.children:
                if child.deaths >= attempts:
                    raise ServerError(f"The {child.name} does not start; what it said is above.")
            if time.monotonic() > deadline:
                raise ServerError(f"The API is not ready after {seconds:.0f} s; {self.address}/health/ready tells why.")
            if stop.wait(TICK_SECONDS):
                return False
        return True

    def _ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}/health/ready", timeout=2, context=self._tls) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def stop(self) -> None:
        """Stop the children, the API first: nothing new comes in while the worker finishes."""
        for child in self.children:
            child.stop()


def _trusting(certificate: Path) -> ssl.SSLContext:
    """The API's own certificate proves that it is the API, whatever name it was given to."""
    context = ssl.create_default_context(cafile=str(certificate))
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.check_hostname = False
    return context
