"""Where a run of the tests keeps its Postgres and its keys: one folder for all of its processes."""

from __future__ import annotations

import os
import uuid
from pathlib import Path

MEMORY, ROOM = Path("/dev/shm"), 2 * 2**30


def _roomy() -> bool:
    """Whether memory takes the run's Postgres, and its programs may be run from there.

    Each test's database is hundreds of files, and a disk takes its time over making, syncing and removing them. What is
    to outlive crashes is tested on the disk, by servers of the tests' own.
    """
    if not os.access(MEMORY, os.W_OK | os.X_OK):
        return False
    place = os.statvfs(MEMORY)
    return place.f_bavail * place.f_frsize > ROOM and not place.f_flag & os.ST_NOEXEC


# Set by the first process of a run, and inherited by its workers.
RUN_FOLDER = Path(
    os.environ.setdefault("Q2C_TEST_RUN", f"{MEMORY if _roomy() else '/tmp'}/q2c-{uuid.uuid4().hex[:12]}")
)
# Files are copied at once in memory; on a disk each would be waited for twice.
COPYING = "FILE_COPY" if RUN_FOLDER.is_relative_to(MEMORY) else "WAL_LOG"
