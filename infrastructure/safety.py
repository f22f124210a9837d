"""What the service does not start with: settings by which others could listen in, step in between, or take a key."""

from __future__ import annotations

import os
import ssl
from collections.abc import Iterator
from ipaddress import ip_address, ip_network
from pathlib import Path
from urllib.parse import urlsplit

from psycopg import Error
from psycopg.conninfo import conninfo_to_dict

from infrastructure.servers import ServerError
from infrastructure.settings import Settings

PROVEN = ("verify-ca", "verify-full")
"""Ways of `sslmode` that see who the server is; `require` hides from those who listen, and not from who steps in."""
OTHERS = 0o007


def refuse_unsafe(settings: Settings) -> None:
    """See that nobody else can listen in or step in between.

    :raises ServerError: says of every unsafe setting what to do instead.
    """
    if found := list(unsafe(settings)):
        raise ServerError("These settings are not safe, so nothing was started. " + " ".join(found))


def unsafe(settings: Settings) -> Iterator[str]:
    """A sentence for each setting that is not safe, and what to do instead. It quotes no secret."""
    yield from _way_in(settings)
    yield from _certificate(settings)
    if settings.database_url is not None:
        yield from _database(settings.database_url.get_secret_value())
    if settings.redis_url is not None:
        yield from _valkey(settings.redis_url.get_secret_value())
    if settings.signing_key is not None:
        yield from _key(settings.signing_key, "Q2C_SIGNING_KEY")


def _way_in(settings: Settings) -> Iterator[str]:
    if not is_here(settings.host) and settings.tls_certificate is None and settings.proxies is None:
        yield (
            f"Q2C_HOST is {settings.host}, so passwords would cross the network in plain: set Q2C_TLS_CERTIFICATE and "
            "Q2C_TLS_KEY, or name in Q2C_PROXIES the proxy that ends TLS."
        )
    for proxy in (settings.proxies or "").split(","):
        if settings.proxies is not None and not _is_network(proxy.strip()):
            yield "Q2C_PROXIES holds something else than addresses by commas: whom it names is believed, so name each."


def _certificate(settings: Settings) -> Iterator[str]:
    certificate, key = settings.tls_certificate, settings.tls_key
    if certificate is None and key is None:
        return
    if certificate is None or key is None:
        yield "Q2C_TLS_CERTIFICATE and Q2C_TLS_KEY go together: set both, or neither."
        return
    yield from _key(key, "Q2C_TLS_KEY")
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key)
    except OSError as error:
        reason = error.strerror or "they do not belong together, or are no PEM"
        yield f"Q2C_TLS_CERTIFICATE and Q2C_TLS_KEY cannot be used: {reason}."


def _key(file: Path, variable: str) -> Iterator[str]:
    if file.exists() and file.stat().st_mode & OTHERS:
        yield f"Every user of this machine may read {file}, which {variable} names: chmod 600 it."


def _database(url: str) -> Iterator[str]:
    try:
        parts = conninfo_to_dict(url)
    except Error:
        return  # whoever connects says so
    hosts = str(parts.get("hostaddr") or parts.get("host") or os.environ.get("PGHOST", "")).split(",")
    mode = str(parts.get("sslmode") or os.environ.get("PGSSLMODE", "prefer"))
    if mode not in PROVEN and not all(map(is_here, hosts)):
        yield (
            f"DATABASE_URL names another machine with sslmode={mode}, so somebody could read along or answer in its "
            "place: add sslmode=verify-full, and sslrootcert where its certificate is not a public one."
        )


def _valkey(url: str) -> Iterator[str]:
    parts = urlsplit(url)
    if parts.scheme not in ("unix", "rediss") and not is_here(parts.hostname or ""):
        yield "REDIS_URL names another machine without TLS: begin it with rediss://."


def is_here(host: str) -> bool:
    """Whether it is this machine: a socket's path, nothing at all, or a loopback address."""
    if not host or host.startswith(("/", "@")) or host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _is_network(text: str) -> bool:
    try:
        ip_network(text, strict=False)
    except ValueError:
        return False
    return True
