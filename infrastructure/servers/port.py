"""The address that the API listens on."""

from __future__ import annotations

import errno
import os
import socket

from infrastructure.servers import ServerError
from infrastructure.settings import Settings


def listen(settings: Settings) -> socket.socket:
    """A socket that listens on the chosen host and port.

    :raises ServerError: the port is taken, or the host is not an address of this machine.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family, backlog=2048)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise ServerError(
                f"Port {settings.port} is taken by another program: set Q2C_PORT to choose another, such as "
                f"Q2C_PORT={settings.port % 65535 + 1}."
            ) from error
        reason = os.strerror(error.errno) if error.errno and error.errno > 0 else error
        raise ServerError(f"Cannot listen on {settings.host} port {settings.port}: {reason}.") from error


def address(settings: Settings) -> str:
    """The URL under which this machine reaches the API."""
    # The wildcards are addresses to listen on, not to call.
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104
    scheme = "http" if settings.tls_certificate is None else "https"
    return f"{scheme}://[{host}]:{settings.port}" if ":" in host else f"{scheme}://{host}:{settings.port}"
