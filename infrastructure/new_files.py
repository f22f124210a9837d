"""Files that are there as a whole or not at all, and never in the place of another."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from infrastructure.servers import ServerError


@contextmanager
def new_file(file: Path, what: str) -> Iterator[Path]:
    """Where to write it; it gets its name when all is written, and nothing is left where that fails.

    :raises ServerError: there is a file of that name.
    """
    if file.exists():
        raise ServerError(f"{file} exists already: {what} never overwrites another.")
    unfinished = file.with_name(f"{file.name}.unfinished")
    try:
        unfinished.touch(mode=0o600)
        yield unfinished
        unfinished.rename(file)
    finally:
        unfinished.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """What has got a name in it keeps it through a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
