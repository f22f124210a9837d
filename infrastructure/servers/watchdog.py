"""Stops a server of our own when its last user is gone, even if that user was killed with `kill -9`.

Every user of a server has a watchdog of its own, which reads a pipe that ends with the user, whatever ends it. The two
hold one shared lock together: it is there until both are gone, and whoever can make it exclusive is the last. Run as a
script with the standard library only, so that it starts at once.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

SECONDS_TO_STOP = 5.0


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold an exclusive lock on a file, made if missing; waits for whoever has it."""
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def used(state: Path, server: str, *paths: Path) -> Iterator[None]:
    """Be a user of that server for as long as the context lasts: the last one stops it, or its watchdog.

    `paths`: what the server's way to stop takes, as `STOPS` says.
    """
    with contextlib.ExitStack() as stack:
        with locked(state / f"{server}.start"):
            users = stack.enter_context((state / f"{server}.users").open("a"))
            fcntl.flock(users, fcntl.LOCK_SH)
        guard = _watch(state, server, users.fileno(), paths)
        try:
            yield
        finally:
            guard.communicate()
            if guard.returncode != 0:
                stop_if_last(users.fileno(), state, server, *paths)


def _watch(state: Path, server: str, users: int, paths: tuple[Path, ...]) -> subprocess.Popen[bytes]:
    """Start a watchdog in a session of its own, where a terminal's Ctrl-C does not reach it."""
    command = [sys.executable, "-I", "-S", __file__, str(users), str(state), server, *map(str, paths)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, pass_fds=(users,), cwd="/", start_new_session=True)


def stop_if_last(users: int, state: Path, server: str, *paths: Path) -> None:
    """Stop the server unless others hold the lock of its users too."""
    with locked(state / f"{server}.start"):
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            STOPS[server](*paths)
        except BlockingIOError:
            pass
        finally:
            # Before the next one may look: it must not take us for a user.
            fcntl.flock(users, fcntl.LOCK_UN)


def stop_postgres(pg_ctl: Path, data: Path) -> None:
    """Ask it to end its sessions, whose transactions are rolled back, and stop; failing that within half a minute, to
    stop as after a crash."""
    if not (data / "postmaster.pid").exists():
        return
    owner = data.stat()
    root = os.geteuid() == 0
    for mode, seconds in (("fast", "30"), ("immediate", "10")):
        done = subprocess.run(
            [pg_ctl, "stop", "-w", "-t", seconds, "-m", mode, "-D", data],
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            user=owner.st_uid if root else None,
            group=owner.st_gid if root else None,
            extra_groups=[] if root else None,
        )
        if done.returncode == 0:
            return


def stop_valkey(path: Path) -> None:
    """Let go whatever it holds: nothing of it is worth keeping."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(SECONDS_TO_STOP)
        connection.connect(str(path))
        connection.sendall(b"SHUTDOWN NOSAVE NOW FORCE\r\n")
        connection.recv(1)  # ends with the server


STOPS: dict[str, Callable[..., None]] = {"postgres": stop_postgres, "valkey": stop_valkey}

if __name__ == "__main__":
    sys.stdin.buffer.read()  # returns when the last writer is gone
    stop_if_last(int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], *map(Path, sys.argv[4:]))
