"""Running q2c as a person does, most often in processes of its own."""

from __future__ import annotations

import asyncio
import contextlib
import io
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest.mock import patch

from features.api import key_of
from infrastructure.wiring import open_system
from interfaces.cli import main

PATIENCE_SECONDS = 60.0


def eventually(condition: Callable[[], object], what: str) -> None:
    """Wait until something is so; the deadline only bounds a test that fails."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"never came about: {what}"
        time.sleep(0.05)  # other processes tell nobody when they are ready: they are asked again, until they are


def environment(state: Path, **more: str) -> dict[str, str]:
    """An environment with a state folder, the keys of this run, and no settings of the person who runs the tests."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("Q2C_", "DATABASE_URL", "PG"))}
    keys = {name: os.environ[name] for name in os.environ if name == "Q2C_KEY_ENCRYPTION_KEY"}
    return {**kept, **keys, "Q2C_STATE_DIR": str(state), "COLUMNS": "200", **more}


def command(*arguments: str) -> list[str]:
    """The command line of `q2c`."""
    return [sys.executable, "-m", "interfaces.cli", *arguments]


def q2c(*arguments: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run `q2c` to its end."""
    return subprocess.run(command(*arguments), check=False, capture_output=True, text=True, env=env, timeout=120)


def q2c_here(*arguments: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """The same in this process, which has loaded all of it already: for what is run often and leaves nothing behind."""
    said, complained, at_sigterm = io.StringIO(), io.StringIO(), signal.getsignal(signal.SIGTERM)
    with (
        patch.dict(os.environ, env, clear=True),
        patch.object(sys, "argv", ["q2c", *arguments]),
        contextlib.redirect_stdout(said),
        contextlib.redirect_stderr(complained),
    ):
        try:
            main()
            code = 0
        except SystemExit as end:
            if isinstance(end.code, str):
                print(end.code, file=sys.stderr)
            code = int(bool(end.code)) if isinstance(end.code, str | None) else end.code
        finally:
            signal.signal(signal.SIGTERM, at_sigterm)
    return subprocess.CompletedProcess(arguments, code, said.getvalue(), complained.getvalue())


@contextlib.contextmanager
def started(*arguments: str, env: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """Run `q2c` for as long as the context lasts."""
    with subprocess.Popen(command(*arguments), env=env, stdin=subprocess.DEVNULL) as process:
        try:
            yield process
        finally:
            process.terminate()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_ready(supervisor: subprocess.Popen[bytes], port: int) -> bool:
    """Whether the API says that all is ready; what is no longer running will never be."""
    assert supervisor.poll() is None, "the supervisor has ended"
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def signed(database_url: str, login: str) -> dict[str, str]:
    """The header that proves to be that user, over connections of whatever kind."""

    async def signed_in() -> str:
        async with open_system(database_url, "test") as system:
            return await key_of(system, login)

    return {"Authorization": asyncio.run(signed_in())}


def processes_of(state: Path) -> dict[int, str]:
    """Every process that has to do with a state folder, by its command line, environment or working folder."""
    found = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        with contextlib.suppress(OSError):
            words = (entry / "cmdline").read_bytes()
            traces = (words, (entry / "environ").read_bytes(), os.fsencode((entry / "cwd").readlink()))
            is_zombie = b") Z " in (entry / "stat").read_bytes()
            if not is_zombie and any(os.fsencode(state) in trace for trace in traces):
                found[int(entry.name)] = words.replace(b"\0", b" ").decode(errors="replace")
    return found


def pid_of(state: Path, part: str) -> int:
    """The one process of a state folder whose command line has this part."""
    (pid,) = (pid for pid, words in processes_of(state).items() if part in words)
    return pid
