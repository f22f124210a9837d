"""The HTTP server: uvicorn, which first lets go whoever listens to changes, as their streams have no end."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

import uvicorn
from fastapi import FastAPI


class Server(uvicorn.Server):
    """Serves the REST interface until it is told to stop; `begin` is called once it listens, before any request."""

    def __init__(self, app: FastAPI, begin: Callable[[], None], **settings: Any) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                loop="uvloop",
                http="httptools",
                log_config=None,
                access_log=False,  # it would quote what was asked for
                timeout_graceful_shutdown=10,
                server_header=False,
                # What a proxy says of the client counts only where proxies are named.
                proxy_headers="forwarded_allow_ips" in settings,
                **settings,
            )
        )
        self._app, self._begin = app, begin

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer."""
        await super().startup(sockets)
        self._begin()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Answer what was asked, then stop."""
        self._app.state.system.live.end()
        await super().shutdown(sockets)
