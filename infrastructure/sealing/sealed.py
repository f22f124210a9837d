"""One sealed text: whose it is, of what class, where it belongs, and what only the subject's key opens.

AES-256-GCM. Everything in front of the last colon is authenticated with it, so that nothing can be given to another
subject, class, aggregate or field. The nonce is a keyed digest of the text and of where it stands (as in RFC 8452's
idea of a synthetic one): the same text in the same place is sealed alike, so that the domain can tell the same person
from another, and a command that comes again records the same.
"""

from __future__ import annotations

import base64
import hmac
import re
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from domain.shared.personal import SEALED, KeyClass

NONCE = 12
PATTERN = re.compile(
    rb"sealed:1:(profile|legal):([0-9a-f]{32}):([0-9]{1,9}):([0-9a-f]{32}):([A-Za-z_.]{1,100}):([A-Za-z0-9_-]{38,})"
)
"""A sealed text within others: none of its characters needs an escape in JSON, HTML or CSV."""


@dataclass(frozen=True, slots=True)
class KeyName:
    """Which key."""

    subject: UUID
    key_class: str
    version: int

    @property
    def purpose(self) -> bytes:
        """What it is wrapped for."""
        return f"{self.subject.hex} {self.key_class} {self.version}".encode()


@dataclass(frozen=True)
class SubjectKey:
    """A key of 256 bits that seals what tells of one subject."""

    name: KeyName
    key: bytes

    @cached_property
    def _cipher(self) -> AESGCM:
        return AESGCM(self.key)

    @cached_property
    def _for_nonces(self) -> bytes:
        return hmac.digest(self.key, b"nonce", "sha256")

    def seal(self, text: str, aggregate: UUID, field: str) -> str:
        """The text, so that it can stand in that field of that aggregate for everybody to see."""
        name = self.name
        header = f"{SEALED}{name.key_class}:{name.subject.hex}:{name.version}:{aggregate.hex}:{field}"
        plain = text.encode()
        nonce = hmac.digest(self._for_nonces, header.encode() + b"\0" + plain, "sha256")[:NONCE]
        sealed = base64.urlsafe_b64encode(nonce + self._cipher.encrypt(nonce, plain, header.encode()))
        return f"{header}:{sealed.decode().rstrip('=')}"

    def open(self, sealed: bytes) -> str | None:
        """The text; None where it is not what this key sealed."""
        header, _, content = sealed.rpartition(b":")
        try:
            raw = base64.urlsafe_b64decode(content + b"=" * (-len(content) % 4))
            return self._cipher.decrypt(raw[:NONCE], raw[NONCE:], header).decode()
        except (InvalidTag, ValueError):
            return None


def key_name(found: re.Match[bytes]) -> KeyName:
    """The key that a text was sealed with."""
    return KeyName(UUID(found[2].decode()), KeyClass(found[1].decode()), int(found[3]))
