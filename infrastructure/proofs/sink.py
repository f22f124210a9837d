"""Where checkpoints go, outside the database: a file that only grows, with a line for each."""

from __future__ import annotations

import json
import os
from pathlib import Path

from infrastructure.new_files import sync_folder
from infrastructure.proofs.ledgers import EVENTS, Ledger
from infrastructure.servers.places import own_folder
from infrastructure.settings import Settings

LONGEST = 4_096
"""Bytes of a line, at most."""


class Sink:
    """A file of JSON strings. Whoever copies it elsewhere can tell later whether the log was rewritten."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._is_kept = False

    def add(self, note: str) -> None:
        """It is on disk when this returns."""
        tail = self._tail()
        with self.file.open("ab") as file:
            # A crash may have left half a line.
            file.write((b"\n" if tail and not tail.endswith(b"\n") else b"") + json.dumps(note).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        if not self._is_kept:
            sync_folder(self.file.parent)
            self._is_kept = True

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


def sink_of(settings: Settings, log: str, ledger: Ledger = EVENTS) -> Sink:
    """The one that the settings name, or one named after the log; of another ledger than the log, one beside it."""
    if (named := settings.checkpoints) is not None:
        return Sink(named.with_stem(named.stem + ledger.suffix))
    return Sink(own_folder(settings) / f"checkpoints-{log.rpartition('/')[2]}.jsonl")


def _notes(lines: bytes) -> list[str]:
    """Those of whole lines; what is no JSON string stands as it is, for whoever reads it to refuse."""
    whole = (line for line in lines.split(b"\n") if len(line) > 1 and line.startswith(b'"') and line.endswith(b'"'))
    return list(map(_note, whole))


def _note(line: bytes) -> str:
    try:
        return str(json.loads(line))
    except ValueError:
        return line.decode(errors="replace")
