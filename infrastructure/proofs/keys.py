"""The key that signs checkpoints: a file of its own, which only we may read, made when it is first needed."""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from infrastructure.proofs.checkpoints import Signer
from infrastructure.servers import ServerError
from infrastructure.servers.places import own_folder
from infrastructure.settings import Settings

OTHERS = 0o077


def signing_key(settings: Settings) -> Path:
    """The file of the key, which may not be there yet."""
    return settings.signing_key or own_folder(settings) / "signing-key.pem"


def signer_of(file: Path) -> Signer:
    """Signs with the key of that file, in PEM, which is made where there is none; the log is named after the key.

    :raises ServerError: others may read the file, or it holds no Ed25519 key.
    """
    if not file.exists():
        _make(file)
    if file.stat().st_mode & OTHERS:
        raise ServerError(f"Others may read the signing key {file}: chmod 600 it.")
    try:
        key = load_pem_private_key(file.read_bytes(), password=None)
    except (ValueError, TypeError):
        raise ServerError(f"{file} holds no private key in PEM.") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise ServerError(f"{file} holds no Ed25519 key.")
    name = sha256(key.public_key().public_bytes_raw()).hexdigest()[:16]
    return Signer(f"quote-to-cash/{name}", key)


def _make(file: Path) -> None:
    """Whole or not at all; of two processes that do so at once, one makes it."""
    content = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_name(f"{file.name}.{os.getpid()}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as new:
        new.write(content)
        new.flush()
        os.fsync(new.fileno())
    try:
        os.link(unfinished, file)
    except FileExistsError:
        pass
    finally:
        unfinished.unlink()
