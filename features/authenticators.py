"""What an authenticator does, so that tests have one."""

from __future__ import annotations

import base64
from urllib.parse import parse_qs, unquote, urlparse

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from features.api import SetClock


def secret_of(uri: str) -> bytes:
    """What it reads from a QR code."""
    told = urlparse(uri)
    assert (told.scheme, told.netloc) == ("otpauth", "totp")
    assert unquote(told.path).startswith("/Quote to Cash:")
    return base64.b32decode(parse_qs(told.query)["secret"][0])


def code_of(secret: bytes, clock: SetClock) -> str:
    """What it shows now."""
    totp = TOTP(secret, 6, SHA1(), 30)  # noqa: S303 - as authenticators have it
    return totp.generate(int(clock.now().timestamp())).decode()
