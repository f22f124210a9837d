"""The key-encryption key: it wraps the keys of all subjects, and is never where they are."""

from __future__ import annotations

import base64
import json
import secrets
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from infrastructure.new_files import private_file
from infrastructure.servers import ServerError
from infrastructure.servers.places import own_folder
from infrastructure.servers.watchdog import locked
from infrastructure.settings import Settings

OTHERS = 0o077
NONCE = 12


class KeyMissing(ServerError):
    """A version of the key-encryption key is needed that is not there (any more)."""


class KeyEncryption(Protocol):
    """What wraps keys: a file of ours, or a service that keeps its keys to itself."""

    def wrap(self, version: int, key: bytes, purpose: bytes) -> bytes:
        """The key, readable only with that version and for that purpose. Raises KeyMissing."""

    def unwrap(self, version: int, wrapped: bytes, purpose: bytes) -> bytes:
        """The key again. Raises KeyMissing, also where what was wrapped is something else."""

    def ensure(self, version: int) -> None:
        """That version exists from now on, durably."""

    def destroy_before(self, version: int) -> None:
        """Older versions are gone for good: what only they wrap cannot be read again, wherever it is kept."""


def key_encryption(settings: Settings, log: str) -> KeyEncryption:
    """The file that the settings name, or one named after the log."""
    name = f"key-encryption-key-{log.rpartition('/')[2]}.json"
    return KeyFile(settings.key_encryption_key or own_folder(settings) / name)


class KeyFile:
    """Versions of a key of 256 bits in a file that only we may read; AES-256-GCM (NIST SP 800-38D)."""

    def __init__(self, file: Path) -> None:
        self._file, self._lock = file, file.with_name(f"{file.name}.lock")
        self._known: dict[int, bytes] = {}

    def wrap(self, version: int, key: bytes, purpose: bytes) -> bytes:
        """The key, readable only with that version and for that purpose. Raises KeyMissing."""
        nonce = secrets.token_bytes(NONCE)
        return nonce + AESGCM(self._key(version)).encrypt(nonce, key, purpose)

    def unwrap(self, version: int, wrapped: bytes, purpose: bytes) -> bytes:
        """The key again. Raises KeyMissing, also where what was wrapped is something else."""
        try:
            return AESGCM(self._key(version)).decrypt(wrapped[:NONCE], wrapped[NONCE:], purpose)
        except InvalidTag:
            raise KeyMissing(f"{self._file} holds another key-encryption key than this database needs.") from None

    def ensure(self, version: int) -> None:
        """That version exists from now on, durably."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with locked(self._lock):
            keys = self._read()
            if version not in keys:
                self._write({**keys, version: secrets.token_bytes(32)})

    def destroy_before(self, version: int) -> None:
        """Older versions are gone for good: what only they wrap cannot be read again, wherever it is kept."""
        with locked(self._lock):
            keys = self._read()
            kept = {each: key for each, key in keys.items() if each >= version}
            if kept != keys:
                self._write(kept)
        self._known = kept

    def _key(self, version: int) -> bytes:
        if version not in self._known:
            self._known = self._read()
        if version not in self._known:
            raise KeyMissing(
                f"{self._file} lacks version {version} of the key-encryption key: put back the file that belongs to "
                "this database. Without it, no personal data can be read."
            )
        return self._known[version]

    def _read(self) -> dict[int, bytes]:
        if not self._file.exists():
            return {}
        if self._file.stat().st_mode & OTHERS:
            raise ServerError(f"Others may read the key-encryption key {self._file}: chmod 600 it.")
        try:
            return {int(version): base64.b64decode(key) for version, key in json.loads(self._file.read_bytes()).items()}
        except (ValueError, AttributeError, TypeError):
            raise ServerError(f"{self._file} holds no key-encryption key.") from None

    def _write(self, keys: dict[int, bytes]) -> None:
        content = json.dumps({str(version): base64.b64encode(key).decode() for version, key in keys.items()})
        private_file(self._file, content.encode(), replaces=True)
