#!/usr/bin/env python3
"""Check a bundle of Quote to Cash offline: that every event in it is the one that was sealed, and that none is missing.

This one file needs nothing but Python 3.11. Copy it to where you check, read it, and keep your copy: whoever could
change the history could also change the program that is handed out with it.

    python verify_bundle.py BUNDLE.zip --key KEY… [--checkpoint FILE]… [--json]

KEY is what `q2c verify --show-key` printed when the log was young, or the name of a file with it; get it from somebody
other than whoever gave you the bundle. A checkpoint that you kept from earlier shows that nothing was rewritten since.
A bundle is of the whole log, or the evidence of one thing: what it is of, the answer says.

Exit status: 0 all is as it was sealed; 1 it is not, and the first wrong event is named; 2 it cannot be judged.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import hashlib
import io
import json
import re
import struct
import sys
import zipfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import IO, Any, NamedTuple

GOOD, WRONG, UNCLEAR = 0, 1, 2


class Refused(Exception):
    """Something is not what it should be."""


class Unclear(Exception):
    """It cannot be told."""


class Judgement(NamedTuple):
    """What came out."""

    events: int = 0
    """How many there are."""
    sealed: int = 0
    """How many of them the last checkpoint covers; the others are too young to be judged."""
    checkpoints: int = 0
    wrong: str | None = None
    """What is wrong first; None: nothing."""
    first_wrong_position: int | None = None
    """The first event that is, or may be, not the one that was sealed."""
    thing: str | None = None
    """What it is evidence of; None: it is of the whole log."""


# --- events ----------------------------------------------------------------------------------------------------------

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
TEXTS = ("topic", "state", "metadata", "actor", "key")
WRITTEN = json.JSONEncoder(ensure_ascii=False).encode
IDENTITY = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
NAMES = ["position", "recorded_at", "originator_id", "originator_version", *TEXTS, "digest"]


def leaf_hash(content: bytes) -> bytes:
    return hashlib.sha256(b"\0" + content).digest()


def event_of(line: bytes) -> dict[str, Any]:
    """An event as it is written; there is one way to write it. Raises Refused."""
    try:
        text = line.decode().removesuffix("\n")
        event = json.loads(text)
        is_alike = WRITTEN(event) == text
    except (ValueError, RecursionError):
        raise Refused("it is no event") from None
    if not is_alike or type(event) is not dict or [name.removesuffix("_base64") for name in event] != NAMES:
        raise Refused("it is not written as an event is")
    return event


def event_content(event: dict[str, Any]) -> bytes:
    """The bytes that are sealed of an event. Raises Refused."""
    try:
        position, version, id = event["position"], event["originator_version"], event["originator_id"]
        if type(position) is not int or type(version) is not int:
            raise Refused("a position or version is no whole number")
        if not IDENTITY.fullmatch(id):
            raise Refused("an identity is not written as one is")
        id, time = bytes.fromhex(id.replace("-", "")), _microseconds(event["recorded_at"])
        topic, state, metadata, actor, key = [_text(event, name) for name in TEXTS]
        digest = None if event["digest"] is None else bytes.fromhex(event["digest"])
        if topic is None or state is None or metadata is None:
            raise Refused("something is missing in it")
        parts = [b"q2c event 1\n", struct.pack(">q16siq", position, id, version, time)]
        for required in (topic, state, metadata):
            parts += struct.pack(">I", len(required)), required
        for given in (actor, key, digest):
            parts += (b"\0",) if given is None else (b"\1", struct.pack(">I", len(given)), given)
        return b"".join(parts)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, struct.error):
        raise Refused("it is no event") from None


def _microseconds(recorded: str) -> int:
    time = datetime.fromisoformat(recorded)
    if time.isoformat() != recorded:
        raise Refused("a time is not written as one is")
    return (time - EPOCH) // MICROSECOND


def _text(event: dict[str, Any], name: str) -> bytes | None:
    """What is not text stands there in base 64, under a name that says so."""
    if name not in event:
        return _decoded(event[f"{name}_base64"])
    value = event[name]
    return None if value is None else value.encode()


# --- the tree (RFC 9162, section 2.1) --------------------------------------------------------------------------------


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()


class Growing:
    """The root of a tree as leaf after leaf comes."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []

    def add(self, leaf: bytes) -> None:
        number = self.size
        while number & 1:
            leaf = node_hash(self._peaks.pop(), leaf)
            number >>= 1
        self._peaks.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        if not self._peaks:
            return hashlib.sha256(b"").digest()
        root = self._peaks[-1]
        for peak in self._peaks[-2::-1]:
            root = node_hash(peak, root)
        return root


def judge(
    hashes: Iterable[tuple[int, bytes]], sealed: Iterable[bytes], checkpoints: Sequence[tuple[int, bytes]]
) -> Judgement:
    """The positions and hashes of the events there are (an empty hash: there is no event), the hashes that were kept
    when they were sealed (which only help to find what is wrong), and the sizes and roots that were signed."""
    roots = dict(checkpoints)
    if forked := [size for size, root in checkpoints if roots[size] != root]:
        return Judgement(0, 0, len(checkpoints), f"two histories of {forked[0]} events were signed")
    last, tree = max(roots, default=0), Growing()
    wrong, position = _first_wrong(tree, hashes, iter(sealed), roots)
    if wrong is None and tree.size < last:
        wrong, position = f"the events from {tree.size + 1} to {last} are missing", tree.size + 1
    return Judgement(tree.size, min(tree.size, last), len(checkpoints), wrong, position)


def _first_wrong(
    tree: Growing, hashes: Iterable[tuple[int, bytes]], sealed: Iterator[bytes], roots: Mapping[int, bytes]
) -> tuple[str | None, int | None]:
    """What is wrong first as the tree grows, and where."""
    last, good, differs, kept = max(roots, default=0), 0, None, Growing()
    for position, leaf in hashes:
        if position != tree.size + 1:
            return f"there is no event at position {tree.size + 1}: the next one says {position}", tree.size + 1
        if not leaf and position > last:
            return f"the event at position {position} cannot be read", position
        tree.add(leaf)
        if position <= last:
            known = next(sealed, b"")
            kept.add(known)
            if known != leaf and differs is None:
                differs = position
        if position not in roots and leaf:
            continue
        if (found := _difference(tree, kept, roots.get(position), good, differs)) is not None:
            return found
        good = position
    return None, None


def _difference(
    tree: Growing, kept: Growing, root: bytes | None, good: int, differs: int | None
) -> tuple[str, int] | None:
    """What is wrong after `good`, where the tree is not the one that was signed. The kept hashes tell the very place,
    where they themselves are what was signed."""
    if tree.root() == root:
        if differs is None:
            return None
        return f"the kept tree is not the one that was sealed, at position {differs}", differs
    if differs is not None and (root is None or kept.root() == root):
        return f"the event at position {differs} is not the one that was sealed", differs
    return f"an event from {good + 1} to {tree.size} is not the one that was sealed", good + 1


def judge_one(lines: Sequence[bytes], paths: Sequence[Any], checkpoints: Sequence[tuple[int, bytes]]) -> Judgement:
    """The events of one thing from its first on, and the hashes that lead from each to the root that was signed last.
    Raises Refused."""
    events = list(map(event_of, lines))
    if not events:
        raise Refused("it is evidence of nothing")
    (size, root), signed = checkpoints[-1], len(checkpoints)
    thing, version, before = events[0]["originator_id"], events[0]["originator_version"], 0
    wrong = None if version in (0, 1) else "its first event is missing"
    for number, (event, path) in enumerate(zip(events, paths, strict=True)):
        leaf, position = leaf_hash(event_content(event)), event["position"]
        if (event["originator_id"], event["originator_version"]) != (thing, version + number) or position <= before:
            wrong = f"its event before position {position} is missing"
        elif not leads(leaf, position - 1, size, path, root):
            wrong = f"the event at position {position} is not the one that was sealed"
        if wrong:
            return Judgement(len(events), number, signed, wrong, position, thing)
        before = position
    return Judgement(len(events), len(events), signed, None, None, thing)


def leads(leaf: bytes, index: int, size: int, path: Any, root: bytes) -> bool:
    """Whether a leaf is proved to be at its place in the tree of that root (section 2.1.3.2 of RFC 9162)."""
    hashes = _hashes(path)
    if hashes is None or len(leaf) != 32 or not 0 <= index < size:
        return False
    last, found = size - 1, leaf
    for beside in hashes:
        if last == 0:
            return False
        if index & 1 or index == last:
            found = node_hash(beside, found)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            found = node_hash(found, beside)
        index, last = index >> 1, last >> 1
    return last == 0 and found == root


def goes_on(earlier: int, earlier_root: bytes, size: int, path: Any, root: bytes) -> bool:
    """Whether the tree of the earlier root is proved to be the beginning of the other (section 2.1.4.2)."""
    hashes = _hashes(path)
    if hashes is None:
        return False
    if earlier == size:
        return not hashes and earlier_root == root
    if 0 < earlier < size and earlier & (earlier - 1) == 0:
        hashes.insert(0, earlier_root)
    if not 0 < earlier < size or not hashes:
        return False
    index, last = earlier - 1, size - 1
    while index & 1:
        index, last = index >> 1, last >> 1
    before = after = hashes[0]
    for beside in hashes[1:]:
        if last == 0:
            return False
        if index & 1 or index == last:
            before, after = node_hash(beside, before), node_hash(beside, after)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            after = node_hash(after, beside)
        index, last = index >> 1, last >> 1
    return last == 0 and (before, after) == (earlier_root, root)


def _hashes(path: Any) -> list[bytes] | None:
    """Those of a proof, which stand there in base 64; None where it is none."""
    if type(path) is not list or not all(type(each) is str for each in path):
        return None
    return list(map(_decoded, path))


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


def opened_by_any(note: str, keys: Sequence[Key]) -> tuple[int, bytes]:
    """By whichever of the keys has signed it. Raises Refused."""
    for key in keys[:-1]:
        try:
            return opened(note, key)
        except Refused:
            continue
    return opened(note, keys[-1])


def opened(note: str, key: Key) -> tuple[int, bytes]:
    """The size and root that the note signs. Raises Refused."""
    text, _, signatures = note.rpartition("\n\n")
    lines = text.split("\n")
    if len(lines) != 3 or not (lines[1].isascii() and lines[1].isdecimal()) or len(lines[1]) > 19:
        raise Refused("a checkpoint is none")
    if str(int(lines[1])) != lines[1] or len(_decoded(lines[2])) != 32:
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
    """The notes of a file of JSON strings, one a line, or of a file that is one note. Raises ValueError."""
    if text.strip() and not text.startswith('"'):
        return [text]
    # A crash of the service may have left half a line.
    whole = [line for line in text.split("\n") if len(line) > 1 and line.startswith('"') and line.endswith('"')]
    return [str(json.loads(line)) for line in whole]


MUCH = 16 << 20
"""Bytes of events from which on further processes are worth their start."""
BLOCK = 1 << 20
"""Bytes of events that a process is given at a time."""
AHEAD = 32
"""Blocks that are in memory at a time."""
Hashed = Iterator[list[tuple[int | None, bytes]]]


def judged(bundle: Path, keys: Sequence[Key], held: Sequence[tuple[int, bytes]]) -> Judgement:
    """Raises Refused where a checkpoint is not one of these keys; other errors where it is no bundle."""
    with zipfile.ZipFile(bundle) as files:
        if len(set(files.namelist())) != len(files.namelist()):
            raise Refused("a file is in it twice")
        own = [opened_by_any(note, keys) for note in notes_in(files.read("checkpoints.jsonl").decode())]
        if "paths.jsonl" in files.namelist():
            return _judged_evidence(files, own, held)
        if files.getinfo("events.jsonl").file_size >= MUCH:
            with suppress(ImportError, NotImplementedError, OSError, BrokenExecutor):
                return _judged_log(files, [*own, *held], by_processes)
        # There is little to do, or no process to be had for it.
        return _judged_log(files, [*own, *held], by_this_process)


def _judged_log(
    files: zipfile.ZipFile, checkpoints: Sequence[tuple[int, bytes]], hashed: Callable[[Iterable[bytes]], Hashed]
) -> Judgement:
    with files.open("events.jsonl") as events, files.open("leaves.bin") as leaves:
        return judge(numbered(hashed(blocks(events))), iter(lambda: leaves.read(32), b""), checkpoints)


def _judged_evidence(
    files: zipfile.ZipFile, own: Sequence[tuple[int, bytes]], held: Sequence[tuple[int, bytes]]
) -> Judgement:
    if not own:
        raise Refused("evidence goes with a checkpoint")
    ways = _json_lines(files, "consistency.jsonl") if "consistency.jsonl" in files.namelist() else []
    _check_earlier(own, ways)
    for size, root in held:
        if size not in dict(own):
            raise Unclear(f"it tells nothing of the checkpoint of {size} events: ask for evidence that goes on from it")
        if (size, root) not in own:
            raise Refused(f"two histories of {size} events were signed")
    return judge_one(files.read("events.jsonl").splitlines(), _json_lines(files, "paths.jsonl"), own)


def _check_earlier(checkpoints: Sequence[tuple[int, bytes]], ways: Sequence[Any]) -> None:
    """Each is proved to be the beginning of what was signed last. Raises Refused."""
    *earlier, (size, root) = checkpoints
    if len(ways) != len(earlier):
        raise Refused("not every checkpoint goes with a proof")
    for (before, before_root), way in zip(earlier, ways, strict=True):
        if not goes_on(before, before_root, size, way, root):
            raise Refused(f"the log of {before} events that was signed is not the beginning of the one of {size}")


def _json_lines(files: zipfile.ZipFile, name: str) -> list[Any]:
    return [json.loads(line) for line in files.read(name).splitlines()]


def blocks(events: IO[bytes]) -> Iterator[bytes]:
    """Some whole lines each."""
    while block := events.read(BLOCK):
        yield block + events.readline()


def _hashed(block: bytes) -> list[tuple[int | None, bytes]]:
    """The position and hash of each of its events; nothing of what cannot be read."""
    found: list[tuple[int | None, bytes]] = []
    for line in io.BytesIO(block):
        try:
            event = event_of(line)
            found.append((event["position"], leaf_hash(event_content(event))))
        except Refused:
            found.append((None, b""))
    return found


def by_this_process(blocks: Iterable[bytes]) -> Hashed:
    return map(_hashed, blocks)


def by_processes(blocks: Iterable[bytes]) -> Hashed:
    """The same, in the same order, by as many processes as the machine has processors."""
    with ProcessPoolExecutor() as processes:
        waiting = deque[Future[list[tuple[int | None, bytes]]]]()
        for block in blocks:
            waiting.append(processes.submit(_hashed, block))
            if len(waiting) > AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def numbered(blocks: Hashed) -> Iterator[tuple[int, bytes]]:
    """What cannot be read counts as what should stand there."""
    for number, (position, leaf) in enumerate(chain.from_iterable(blocks), 1):
        yield number if position is None else position, leaf


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description="Check a bundle of Quote to Cash offline.")
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--key", required=True, action="append", help="a verifier key, or a file with it")
    parser.add_argument("--checkpoint", action="append", default=[], type=Path, help="one that you kept from earlier")
    parser.add_argument("--json", action="store_true", help="one object instead of text")
    asked = parser.parse_args()
    try:
        found = asked_for(asked)
    except Exception as error:  # whatever is not understood is not judged
        reason = str(error) if isinstance(error, Refused | Unclear | OSError) else f"it is no bundle ({error!r})"
        print(json.dumps({"good": None, "unclear": reason}) if asked.json else f"It cannot be judged: {reason}")
        return UNCLEAR
    print(as_json(found) if asked.json else told(found))
    return GOOD if found.wrong is None else WRONG


def asked_for(asked: argparse.Namespace) -> Judgement:
    """Raises Unclear or Refused, or whatever comes of what is no bundle."""
    keys = [parsed_key(Path(key).read_text() if Path(key).is_file() else key) for key in asked.key]
    notes = [note for file in asked.checkpoint for note in notes_in(file.read_text(encoding="utf-8"))]
    held = [opened_by_any(note, keys) for note in notes]
    try:
        found = judged(asked.bundle, keys, held)
    except Refused as refused:
        return Judgement(wrong=str(refused))
    if found.wrong is None and not found.sealed:
        raise Unclear("nothing in it is sealed")
    return found


def as_json(found: Judgement) -> str:
    """For a program."""
    return json.dumps({**found._asdict(), "good": found.wrong is None})


def told(found: Judgement) -> str:
    """For a person."""
    if found.wrong is not None:
        return f"WRONG: {found.wrong}."
    if found.thing is not None:
        return (
            f"Good: the first {found.events:,} events of {found.thing} are in the log that was signed. "
            "Later ones of it, and other things, are not in this file."
        )
    if not found.sealed:
        return f"Nothing of {found.events:,} events is sealed."
    young = found.events - found.sealed
    rest = f" {young:,} younger ones are not sealed yet." if young else ""
    return f"Good: all {found.sealed:,} sealed events are as {found.checkpoints:,} signed checkpoints say.{rest}"


if __name__ == "__main__":
    sys.exit(main())
