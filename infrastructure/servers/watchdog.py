"""Stops a Postgres when its last user is gone, even if that user was killed with `kill -9`.

Every user of a cluster has a watchdog of its own, which reads a pipe that ends with the user, whatever ends it. The two
hold one shared lock together: it is there until both are gone, and whoever can make it exclusive is the last. Run as a
script with the standard library only, so that it starts at once.
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


def stop_if_last(users: int, state: Path, pg_ctl: Path, data: Path) -> None:
    """Stop the cluster unless others hold the lock of its users too; transactions under way are rolled back."""
    with locked(state / "postgres.start"):
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if (data / "postmaster.pid").exists():
                stop(pg_ctl, data)
        except BlockingIOError:
            pass
        finally:
            # Before the next one may look: it must not take us for a user.
            fcntl.flock(users, fcntl.LOCK_UN)


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
    stop_if_last(int(sys.argv[1]), *(Path(argument) for argument in sys.argv[2:5]))
