"""The key that signs checkpoints: a file of its own, which only we may read, made when it is first needed."""

from __future__ import annotations

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from infrastructure.new_files import private_file
from infrastructure.proofs.checkpoints import Signer
from infrastructure.servers import ServerError
from infrastructure.servers.places import own_folder
from infrastructure.settings import Settings

OTHERS = 0o077


def signing_key(settings: Settings) -> Path:
    """The file of the key, which may not be there yet."""
    return settings.signing_key or own_folder(settings) / "signing-key.pem"


def signer_of(file: Path, log: str) -> Signer:
    """Signs for the log of that name with the key of that file, in PEM, which is made where there is none.

    :raises ServerError: others may read the file, or it holds no Ed25519 key.
    """
    if not file.exists():
        made = Ed25519PrivateKey.generate()
        private_file(file, made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    if file.stat().st_mode & OTHERS:
        raise ServerError(f"Others may read the signing key {file}: chmod 600 it.")
    try:
        key = load_pem_private_key(file.read_bytes(), password=None)
    except (ValueError, TypeError):
        raise ServerError(f"{file} holds no private key in PEM.") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise ServerError(f"{file} holds no Ed25519 key.")
    return Signer(log, key)
