"""Files that are there as a whole or not at all, and never in the place of another."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from infrastructure.servers import ServerError


@contextmanager
def new_file(file: Path, what: str) -> Iterator[Path]:
    """Where to write it; it gets its name when all is written, and nothing is left where that fails.

    :raises ServerError: there is a file of that name, now or by then, or none can be made there.
    """
    taken = ServerError(f"{file} exists already: {what} never overwrites another.")
    if file.exists():
        raise taken
    try:
        descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=f"{file.name}.", suffix=".unfinished")
    except OSError as error:
        raise ServerError(f"{file} cannot be written: {error.strerror}.") from None
    os.close(descriptor)
    unfinished = Path(name)
    try:
        yield unfinished
        _sync(unfinished)
        os.link(unfinished, file)
    except FileExistsError:
        raise taken from None
    finally:
        unfinished.unlink(missing_ok=True)
    sync_folder(file.parent)


def private_file(file: Path, content: bytes, *, replaces: bool = False) -> None:
    """A file that only we may read from its first byte, whole and on disk. One that is there stays, unless it
    `replaces` that: of two processes that make it at once, one does."""
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor, unfinished = tempfile.mkstemp(dir=file.parent, prefix=f"{file.name}.")
    try:
        with os.fdopen(descriptor, "wb") as new:
            new.write(content)
            new.flush()
            os.fsync(new.fileno())
        with suppress(FileExistsError):
            (os.replace if replaces else os.link)(unfinished, file)
    finally:
        Path(unfinished).unlink(missing_ok=True)
    sync_folder(file.parent)


def sync_folder(folder: Path) -> None:
    """What has got a name in it keeps it through a power cut."""
    _sync(folder)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
