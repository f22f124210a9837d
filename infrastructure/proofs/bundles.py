"""Bundles: what an auditor or a customer takes away, to check it without us."""

from __future__ import annotations

import asyncio
import io
import json
import zipfile
from base64 import b64encode
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from domain.shared.refusal import NotFound
from infrastructure.event_log import EventLog
from infrastructure.new_files import new_file
from infrastructure.proofs.checkpoints import CheckpointRefused, Verifier, said
from infrastructure.proofs.leaf import COLUMNS, Leaf
from infrastructure.proofs.ledgers import EVENTS, Ledger
from infrastructure.proofs.reading import Advanced, kept
from infrastructure.proofs.serving import checkpoint_of, consistency, inclusions
from infrastructure.proofs.sink import Sink

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MOST_NOTES = 500
"""Checkpoints in a bundle: each costs its reader some milliseconds, and the last one covers all of them."""
EVENTS_OF = b"SELECT " + COLUMNS + b" FROM log.events WHERE originator_id = %s ORDER BY originator_version"
CHECK = """
Check it with verify_bundle.py of the project, which needs nothing but Python. Get the program and the key from somebody
else than whoever gave you this file:

    python verify_bundle.py THIS-FILE --key KEY
"""
ALL = """\
A bundle of Quote to Cash: the history of its log, to be checked by whoever holds it.

events.jsonl       every event, in order
leaves.bin         the hash of each, 32 bytes, as it was kept when the event was sealed
checkpoints.jsonl  what was signed: how many events there were, and the root of the Merkle tree over them (RFC 9162)
key.txt            the public key, as the service names it
"""
ONE = """\
Evidence of Quote to Cash: the history of one thing, to be checked by whoever holds it.

events.jsonl       its events from the first on, as far as they were sealed
paths.jsonl        the hashes that lead from each to the root of the Merkle tree over the whole log (RFC 9162)
checkpoints.jsonl  what was signed: how many events the log had, and that root; before it, the earlier one asked for
consistency.jsonl  for the earlier one, the hashes that show that its log is the beginning of the later one
"""


def write_bundle(
    database_url: str, sink: Sink, verifier: Verifier, file: Path, advanced: Advanced, ledger: Ledger = EVENTS
) -> int:
    """Write a new file that can be checked without us; answers how many events are in it.

    :raises ServerError: the file exists. :raises DatabaseUnavailable:
    """
    with kept(database_url, sink, ledger) as found, new_file(file, "a bundle") as unfinished:
        with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as bundle:
            bundle.writestr("README.txt", ALL + CHECK)
            bundle.writestr("key.txt", f"{verifier}\n")
            bundle.writestr("checkpoints.jsonl", _lines(_spread(found.notes)))
            with bundle.open("leaves.bin", "w", force_zip64=True) as leaves:
                for sealed in found.sealed():
                    leaves.write(sealed)
            with bundle.open("events.jsonl", "w", force_zip64=True) as events:
                written = 0
                for leaf in found.leaves(advanced):
                    events.write(_lines([_readable(leaf)]))
                    written += 1
        return written


async def evidence(log: EventLog, aggregate_id: UUID, earlier: int | None = None) -> bytes:
    """A file with the history of one thing, as far as it is sealed, and the proof of each of its events; and the proof
    that the log goes on from the earlier checkpoint of that size, if one is named.

    Raises NotFound where there is no such thing or no such checkpoint, or nothing of the thing is sealed yet.
    """
    leaves = [Leaf(*row) for row in await log.rows(EVENTS_OF, [aggregate_id])]
    if not leaves:
        raise NotFound("There is no such thing.")
    note, paths = await inclusions(log, [leaf.position for leaf in leaves])
    if not paths:
        raise NotFound("Nothing of it is sealed yet: the worker seals the log within seconds.")
    notes, ways = [note], list[Sequence[str]]()
    if earlier is not None:
        notes.insert(0, await checkpoint_of(log, earlier))
        ways.append((await consistency(log, earlier, said(note).size)).consistency_path)
    return await asyncio.to_thread(_packed, notes, ways, leaves[: len(paths)], paths)


def _packed(
    notes: Sequence[str], ways: Sequence[Sequence[str]], leaves: Sequence[Leaf], paths: Sequence[Sequence[str]]
) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr("README.txt", ONE + CHECK)
        bundle.writestr("checkpoints.jsonl", _lines(notes))
        bundle.writestr("consistency.jsonl", _lines(ways))
        bundle.writestr("events.jsonl", _lines(list(map(_readable, leaves))))
        bundle.writestr("paths.jsonl", _lines(paths))
    return file.getvalue()


def _lines(values: Sequence[Any]) -> bytes:
    return b"".join(json.dumps(value, ensure_ascii=False).encode() + b"\n" for value in values)


def _spread(notes: Sequence[str]) -> Sequence[str]:
    """All of them, or some from all of the time, and each after which the log did not grow: the last, or one that was
    rolled back."""
    step = -(-len(notes) // MOST_NOTES) or 1
    sizes = [*map(_size, notes), 0]
    return [note for place, note in enumerate(notes) if place % step == 0 or sizes[place + 1] <= sizes[place]]


def _size(note: str) -> int:
    try:
        return said(note).size
    except CheckpointRefused:
        # Larger than any, so that it is kept, and refused by whoever checks.
        return 2**63


def _readable(leaf: Leaf) -> dict[str, Any]:
    return {
        "position": leaf.position,
        "recorded_at": _time(leaf.recorded_at),
        "originator_id": str(leaf.originator_id),
        "originator_version": leaf.originator_version,
        **_text("topic", leaf.topic),
        **_text("state", leaf.state),
        **_text("metadata", leaf.metadata),
        **_text("actor", leaf.actor),
        **_text("key", leaf.key),
        "digest": None if leaf.digest is None else leaf.digest.hex(),
    }


def _time(microseconds: int | None) -> str | int | None:
    """What no calendar has stays a number."""
    if microseconds is None:
        return None
    try:
        return (EPOCH + timedelta(microseconds=microseconds)).isoformat()
    except OverflowError:
        return microseconds


def _text(name: str, value: bytes | None) -> dict[str, str | None]:
    if value is None:
        return {name: None}
    try:
        return {name: value.decode()}
    except UnicodeDecodeError:
        return {f"{name}_base64": b64encode(value).decode()}
