"""What is kept in the database and must be read again is sealed with a key that the database never holds."""

from __future__ import annotations

import logging
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from infrastructure.new_files import private_file
from infrastructure.servers import ServerError
from infrastructure.servers.places import own_folder
from infrastructure.settings import Settings

logger = logging.getLogger("q2c.credentials")

NONCE = 12
OTHERS = 0o077


class CredentialsKeyMissing(ServerError):
    """The key of credentials is not there, or not the one that they are sealed with."""


class Seal:
    """AES-256-GCM with the key of a file, which is made when it is first needed."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._cipher: AESGCM | None = None

    def seal(self, secret: bytes, what: str) -> bytes:
        """The secret so that it can be kept, bound to what it is for."""
        nonce = secrets.token_bytes(NONCE)
        return nonce + self._key().encrypt(nonce, secret, what.encode())

    def unseal(self, sealed: bytes, what: str) -> bytes:
        """The secret. Raises CredentialsKeyMissing: it was sealed with another key, or for something else."""
        try:
            return self._key().decrypt(sealed[:NONCE], sealed[NONCE:], what.encode())
        except InvalidTag:
            logger.error("The key of credentials is not the one that authenticators are sealed with")
            raise CredentialsKeyMissing("It is not the one that this was sealed with.") from None

    def _key(self) -> AESGCM:
        if self._cipher is None:
            file = self._settings.credentials_key or own_folder(self._settings) / "credentials-key"
            self._cipher = AESGCM(_kept(file))
        return self._cipher


def _kept(file: Path) -> bytes:
    """:raises CredentialsKeyMissing: others may read the file, or it holds no such key."""
    if not file.exists():
        private_file(file, AESGCM.generate_key(256))
    if file.stat().st_mode & OTHERS:
        raise CredentialsKeyMissing(f"Others may read the key {file}: chmod 600 it.")
    key = file.read_bytes()
    if len(key) != 32:
        raise CredentialsKeyMissing(f"{file} holds no key of 32 bytes.")
    return key
