"""Stops a Postgres when its last user is gone, even if that user was killed with `kill -9`.

Every user of a cluster holds a shared lock on one file and the write end of a pipe that its own watchdog reads: the
kernel releases both with the process, whatever ends it. Run as a script with the standard library only, so that it
starts at once.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold an exclusive lock on a file, made if missing; waits for whoever has it."""
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def stop_if_last(state: Path, pg_ctl: Path, data: Path) -> None:
    """Stop the cluster unless somebody else still uses it; transactions under way are rolled back, none is lost."""
    with locked(state / "postgres.start"), (state / "postgres.users").open("a") as users:
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        if (data / "postmaster.pid").exists():
            stop(pg_ctl, data)


def stop(pg_ctl: Path, data: Path) -> None:
    """Ask the server to end its sessions and stop; failing that within half a minute, to stop as after a crash."""
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


if __name__ == "__main__":
    sys.stdin.buffer.read()  # returns when the last writer is gone
    stop_if_last(*(Path(argument) for argument in sys.argv[1:4]))
