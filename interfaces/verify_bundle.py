#!/usr/bin/env python3
"""Check a bundle of Quote to Cash offline: that every event in it is the one that was sealed, and that none is missing.

This one file needs nothing but Python 3.11. Copy it to where you check, read it, and keep your copy: whoever could
change the history could also change the program that is handed out with it.

    python verify_bundle.py BUNDLE.zip --key KEY [--checkpoint FILE]… [--json]

KEY is what `q2c verify --show-key` printed when the log was young, or the name of a file with it; get it from somebody
other than whoever gave you the bundle. A checkpoint that you kept from earlier shows that nothing was rewritten since.

Exit status: 0 all is as it was sealed; 1 it is not, and the first wrong event is named; 2 it cannot be judged.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import hashlib
import json
import struct
import sys
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

GOOD, WRONG, UNCLEAR = 0, 1, 2


class Refused(Exception):
    """Something is not what it should be."""


class Judgement(NamedTuple):
    """What came out."""

    events: int
    """How many there are."""
    sealed: int
    """How many of them the last checkpoint covers; the others are too young to be judged."""
    checkpoints: int
    wrong: str | None
    """What is wrong first; None: nothing."""
    first_wrong_position: int | None
    """The first event that is, or may be, not the one that was sealed."""


# --- events ----------------------------------------------------------------------------------------------------------

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def leaf_hash(content: bytes) -> bytes:
    return hashlib.sha256(b"\0" + content).digest()


def event_content(event: dict[str, Any]) -> bytes:
    """The bytes that are sealed of an event. Raises Refused."""
    try:
        recorded = event["recorded_at"]
        if isinstance(recorded, str):
            recorded = (datetime.fromisoformat(recorded) - EPOCH) // timedelta(microseconds=1)
        fixed = struct.pack(
            ">q16siq",
            event["position"],
            UUID(event["originator_id"]).bytes,
            event["originator_version"],
            recorded,
        )
        parts = [b"q2c event 1\n", fixed]
        parts += [
            _measured(part) for part in (event["topic"].encode(), _text(event, "state"), _text(event, "metadata"))
        ]
        for name in ("actor", "key"):
            parts.append(b"\0" if event[name] is None else b"\1" + _measured(event[name].encode()))
        digest = event["digest"]
        parts.append(b"\0" if digest is None else b"\1" + _measured(bytes.fromhex(digest)))
    except (KeyError, TypeError, ValueError, AttributeError, struct.error) as error:
        raise Refused(f"it is no event: {error!r}") from None
    return b"".join(parts)


def _text(event: dict[str, Any], name: str) -> bytes:
    """What is not text stands there in base 64, under a name that says so."""
    if name in event:
        return str(event[name]).encode()
    return base64.b64decode(event[f"{name}_base64"], validate=True)


def _measured(value: bytes) -> bytes:
    return struct.pack(">I", len(value)) + value


# --- the tree (RFC 9162, section 2.1) --------------------------------------------------------------------------------


class Growing:
    """The root of a tree as leaf after leaf comes."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []

    def add(self, leaf: bytes) -> None:
        number = self.size
        while number & 1:
            leaf = hashlib.sha256(b"\1" + self._peaks.pop() + leaf).digest()
            number >>= 1
        self._peaks.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        if not self._peaks:
            return hashlib.sha256(b"").digest()
        root = self._peaks[-1]
        for peak in self._peaks[-2::-1]:
            root = hashlib.sha256(b"\1" + peak + root).digest()
        return root


def judge(
    hashes: Iterable[tuple[int, bytes]], sealed: Iterable[bytes], checkpoints: Sequence[tuple[int, bytes]]
) -> Judgement:
    """The positions and hashes of the events there are, the hashes that were kept when they were sealed (which only
    help to find what is wrong), and the sizes and roots that were signed."""
    roots = dict(checkpoints)
    if forked := [size for size, root in checkpoints if roots[size] != root]:
        return Judgement(0, 0, len(checkpoints), f"two histories of {forked[0]} events were signed", None)
    last, tree = max(roots, default=0), Growing()
    wrong, position = _first_wrong(tree, hashes, iter(sealed), roots)
    if wrong is None and tree.size < last:
        wrong, position = f"the events from {tree.size + 1} to {last} are missing", tree.size + 1
    return Judgement(tree.size, min(tree.size, last), len(checkpoints), wrong, position)


def _first_wrong(
    tree: Growing, hashes: Iterable[tuple[int, bytes]], kept: Iterator[bytes], roots: Mapping[int, bytes]
) -> tuple[str | None, int | None]:
    """What is wrong first as the tree grows, and where."""
    last, good, differs = max(roots, default=0), 0, None
    for position, leaf in hashes:
        if position != tree.size + 1:
            return f"there is no event at position {tree.size + 1}: the next one says {position}", tree.size + 1
        tree.add(leaf)
        if position <= last and next(kept, None) != leaf and differs is None:
            differs = position
        if position not in roots:
            continue
        if tree.root() == roots[position]:
            if differs is not None:
                return f"the kept tree is not the one that was sealed, at position {differs}", differs
            good = position
        elif differs is not None:
            return f"the event at position {differs} is not the one that was sealed", differs
        else:
            return f"an event from {good + 1} to {position} is not the one that was sealed", good + 1
    return None, None


def judge_one(
    events: Sequence[dict[str, Any]], paths: Sequence[Sequence[str] | None], checkpoint: tuple[int, bytes]
) -> Judgement:
    """The events of one thing, and the hashes that lead from each to the root; those without are not sealed yet."""
    size, root = checkpoint
    sealed, wrong, position = 0, None, None
    for version, (event, path) in enumerate(zip(events, paths, strict=True), events[0]["originator_version"]):
        position = event["position"]
        if (event["originator_id"], event["originator_version"]) != (events[0]["originator_id"], version):
            wrong = f"its event of version {version} is missing"
        elif path is not None and not _leads(leaf_hash(event_content(event)), position - 1, size, path, root):
            wrong = f"the event at position {position} is not the one that was sealed"
        elif path is None and position <= size:
            wrong = f"the event at position {position} is not proved, though it was sealed"
        if wrong:
            break
        sealed += path is not None
    return Judgement(len(events), sealed, 1, wrong, position if wrong else None)


def _leads(leaf: bytes, index: int, size: int, path: Sequence[str], root: bytes) -> bool:
    """Section 2.1.3.2 of RFC 9162."""
    last, found = size - 1, leaf
    for encoded in path:
        beside = _decoded(encoded)
        if index & 1 or index == last:
            found = hashlib.sha256(b"\1" + beside + found).digest()
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            found = hashlib.sha256(b"\1" + found + beside).digest()
        index, last = index >> 1, last >> 1
    return last == 0 and found == root


# --- signatures (C2SP signed-note; RFC 8032) -------------------------------------------------------------------------


class Key(NamedTuple):
    """Whose signatures count."""

    origin: str
    id: bytes
    key: bytes


def parsed_key(text: str) -> Key:
    """Raises Refused."""
    origin, _, rest = text.strip().partition("+")
    id, _, encoded = rest.partition("+")
    key = _decoded(encoded)
    found = Key(origin, hashlib.sha256(origin.encode() + b"\n" + key).digest()[:4], key[1:])
    if len(key) != 33 or key[0] != 1 or found.id.hex() != id:
        raise Refused("this is no verifier key: name+identity+key in base 64")
    return found


def opened(note: str, key: Key) -> tuple[int, bytes]:
    """The size and root that the note signs. Raises Refused."""
    text, _, signatures = note.rpartition("\n\n")
    lines = text.split("\n")
    if len(lines) != 3 or not lines[1].isdecimal() or len(_decoded(lines[2])) != 32:
        raise Refused("a checkpoint is none")
    size = int(lines[1])
    if lines[0] != key.origin:
        raise Refused(f"the checkpoint of {size} events is of another log or another key")
    for line in signatures.splitlines():
        name, _, encoded = line.removeprefix("\u2014 ").rpartition(" ")
        signature = _decoded(encoded)
        if name == key.origin and signature[:4] == key.id:
            if not ed25519_verifies(key.key, f"{text}\n".encode(), signature[4:]):
                raise Refused(f"the signature of the checkpoint of {size} events is wrong")
            return size, _decoded(lines[2])
    raise Refused(f"the checkpoint of {size} events is not signed with this key")


def _decoded(value: str) -> bytes:
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raise Refused("something is not in base 64") from None


P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
Point = tuple[int, int, int, int]


def _sum(a: Point, b: Point) -> Point:
    e, f = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    c, d = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    return (f - e) * (d - c) % P, (d + c) * (f + e) % P, (d - c) * (d + c) % P, (f - e) * (f + e) % P


def _times(number: int, point: Point) -> Point:
    found: Point = (0, 1, 1, 0)
    while number:
        if number & 1:
            found = _sum(found, point)
        point, number = _sum(point, point), number >> 1
    return found


def _point(encoded: bytes) -> Point | None:
    number = int.from_bytes(encoded, "little")
    y, sign = number & (1 << 255) - 1, number >> 255
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - square) % P or (not x and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


BASE = _point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def ed25519_verifies(key: bytes, message: bytes, signature: bytes) -> bool:
    """Section 5.1.7 of RFC 8032."""
    if len(key) != 32 or len(signature) != 64:
        return False
    public, commitment, scalar = _point(key), _point(signature[:32]), int.from_bytes(signature[32:], "little")
    if public is None or commitment is None or scalar >= Q or BASE is None:
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % Q
    left, right = _times(scalar, BASE), _sum(commitment, _times(challenge, public))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (left[1] * right[2] - right[1] * left[2]) % P == 0


# --- bundles ---------------------------------------------------------------------------------------------------------


def notes_in(text: str) -> list[str]:
    """The notes of a file of JSON strings, one a line, or of a file that is one note."""
    if text.strip() and not text.startswith('"'):
        return [text]
    return [str(json.loads(line)) for line in text.splitlines() if line]


def judged(bundle: Path, key: Key, held: Sequence[str]) -> Judgement:
    """Raises Refused where a checkpoint is not one of this key; OSError, ValueError, KeyError, BadZipFile."""
    with zipfile.ZipFile(bundle) as files:
        notes = [*notes_in(files.read("checkpoints.jsonl").decode()), *held]
        checkpoints = [opened(note, key) for note in notes]
        if "paths.jsonl" in files.namelist():
            events = list(map(json.loads, files.read("events.jsonl").splitlines()))
            return judge_one(events, list(map(json.loads, files.read("paths.jsonl").splitlines())), *checkpoints[:1])
        with files.open("events.jsonl") as lines, files.open("leaves.bin") as leaves:
            return judge(_hashes(lines), iter(lambda: leaves.read(32), b""), checkpoints)


def _hashes(lines: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    for number, line in enumerate(lines, 1):
        try:
            event = json.loads(line)
            yield int(event["position"]), leaf_hash(event_content(event))
        except (Refused, KeyError, TypeError, ValueError, RecursionError):
            yield number, b""  # which is no event's hash


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description="Check a bundle of Quote to Cash offline.")
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--key", required=True, help="the verifier key, or a file with it, from somebody you trust")
    parser.add_argument("--checkpoint", action="append", default=[], type=Path, help="one that you kept from earlier")
    parser.add_argument("--json", action="store_true", help="one object instead of text")
    asked = parser.parse_args()
    try:
        key = parsed_key(Path(asked.key).read_text() if Path(asked.key).is_file() else asked.key)
        held = [note for file in asked.checkpoint for note in notes_in(file.read_text(encoding="utf-8"))]
    except (OSError, ValueError, Refused) as error:
        print(f"It cannot be judged: {error}", file=sys.stderr)
        return UNCLEAR
    try:
        found = judged(asked.bundle, key, held)
    except Refused as refused:
        found = Judgement(0, 0, 0, str(refused), None)
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        print(f"It cannot be judged: {error}", file=sys.stderr)
        return UNCLEAR
    if found.wrong is None and not found.sealed:
        print("It cannot be judged: nothing in it is sealed", file=sys.stderr)
        return UNCLEAR
    print(json.dumps({**found._asdict(), "good": found.wrong is None}) if asked.json else told(found))
    return GOOD if found.wrong is None else WRONG


def told(found: Judgement) -> str:
    """For a person."""
    if found.wrong is not None:
        return f"WRONG: {found.wrong}."
    young = found.events - found.sealed
    rest = f" {young:,} younger ones are not sealed yet." if young else ""
    return f"Good: all {found.sealed:,} sealed events are as {found.checkpoints:,} signed checkpoints say.{rest}"


if __name__ == "__main__":
    sys.exit(main())
