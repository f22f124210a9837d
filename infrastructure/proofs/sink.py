"""Where checkpoints go, outside the database: a file that only grows, with a line for each."""

from __future__ import annotations

import json
import os
from pathlib import Path

from infrastructure.servers.places import own_folder
from infrastructure.settings import Settings

LONGEST = 4_096
"""Bytes of a line, at most."""


class Sink:
    """A file of JSON strings. Whoever copies it elsewhere can tell later whether the log was rewritten."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def add(self, note: str) -> None:
        """It is on disk when this returns."""
        is_new = not self.file.exists()
        with self.file.open("ab") as file:
            # A crash may have left half a line.
            file.write((b"" if is_new or self._tail().endswith(b"\n") else b"\n") + json.dumps(note).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        if is_new:
            folder = os.open(self.file.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)

    def notes(self) -> list[str]:
        """All of them, the first one first."""
        return _notes(self.file.read_bytes()) if self.file.exists() else []

    def last(self) -> str | None:
        """The one that was added last."""
        return next(iter(reversed(_notes(self._tail()))), None)

    def _tail(self) -> bytes:
        if not self.file.exists():
            return b""
        with self.file.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - 2 * LONGEST))
            return file.read()


def sink_of(settings: Settings) -> Sink:
    """The one that the settings name."""
    return Sink(settings.checkpoints or own_folder(settings) / "checkpoints.jsonl")


def _notes(lines: bytes) -> list[str]:
    """Those of whole lines."""
    whole = (line for line in lines.split(b"\n") if len(line) > 1 and line.startswith(b'"') and line.endswith(b'"'))
    return [str(json.loads(line)) for line in whole]
