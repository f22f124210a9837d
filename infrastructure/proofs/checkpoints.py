"""Checkpoints: how large the tree is and what its root is, signed (C2SP signed-note and tlog-checkpoint).

the log's name
how many events it covers
its root in base 64

— the log's name, then in base 64 four bytes that name the key, and the Ed25519 signature of the three lines
"""

from __future__ import annotations

import binascii
from base64 import b64decode, b64encode
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from infrastructure.proofs.tree import HASH

ED25519 = b"\1"
LONGEST = 20
"""Digits of a size."""
DASH = "— "


class CheckpointRefused(Exception):
    """It is no checkpoint, or not one of this key."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The log's first `size` events are those with this root."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """What is signed."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"


@dataclass(frozen=True, slots=True)
class Verifier:
    """The public half of a signing key, with the name of what it signs for."""

    origin: str
    key: bytes

    @classmethod
    def parsed(cls, text: str) -> Verifier:
        """Of what `str` makes of one. Raises CheckpointRefused."""
        origin, _, rest = text.strip().partition("+")
        found = cls(origin, _decoded(rest.partition("+")[2])[1:])
        if str(found) != text.strip() or len(found.key) != HASH:
            raise CheckpointRefused("it is no verifier key: name+identity+key in base 64")
        return found

    @property
    def id(self) -> bytes:
        """Four bytes that tell which key of that name it is."""
        return sha256(self.origin.encode() + b"\n" + ED25519 + self.key).digest()[:4]

    def __str__(self) -> str:
        """As it is handed to whoever checks (C2SP: a verifier key)."""
        return f"{self.origin}+{self.id.hex()}+{b64encode(ED25519 + self.key).decode()}"

    def opened(self, note: str) -> Checkpoint:
        """The checkpoint of a note that this key has signed. Raises CheckpointRefused."""
        found = said(note)
        if found.origin != self.origin:
            raise CheckpointRefused("it is of another log")
        self.check(note)
        return found

    def check(self, note: str) -> None:
        """See that this key has signed the note, whatever it says. Raises CheckpointRefused."""
        text, _, signatures = note.rpartition("\n\n")
        for line in signatures.splitlines():
            name, _, encoded = line.removeprefix(DASH).rpartition(" ")
            signature = _decoded(encoded)
            if name == self.origin and signature[:4] == self.id:
                try:
                    Ed25519PublicKey.from_public_bytes(self.key).verify(signature[4:], (text + "\n").encode())
                except InvalidSignature:
                    raise CheckpointRefused("its signature is wrong") from None
                return
        raise CheckpointRefused("this key has not signed it")


class Signer:
    """Signs for one log."""

    def __init__(self, origin: str, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.verifier = Verifier(origin, key.public_key().public_bytes_raw())

    def note(self, size: int, root: bytes) -> str:
        """The signed checkpoint."""
        return self.signed(Checkpoint(self.verifier.origin, size, root).text())

    def signed(self, text: str) -> str:
        """Whole lines as a signed note (C2SP)."""
        signature = b64encode(self.verifier.id + self._key.sign(text.encode())).decode()
        return f"{text}\n{DASH}{self.verifier.origin} {signature}\n"


def said(note: str) -> Checkpoint:
    """What the note says, whoever may have signed it. Raises CheckpointRefused."""
    lines = note.rpartition("\n\n")[0].split("\n")
    if len(lines) != 3 or not lines[0]:
        raise CheckpointRefused("it is no checkpoint: three lines are signed")
    origin, size, root = lines
    is_number = size.isascii() and size.isdecimal() and len(size) < LONGEST and str(int(size)) == size
    if not is_number or len(_decoded(root)) != HASH:
        raise CheckpointRefused("it is no checkpoint: a size and a root of 32 bytes are signed")
    return Checkpoint(origin, int(size), _decoded(root))


def _decoded(value: str) -> bytes:
    try:
        return b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raise CheckpointRefused("it is not in base 64") from None
