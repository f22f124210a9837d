"""The HTTP server: uvicorn, which first lets go whoever listens to changes, as their streams have no end."""

from __future__ import annotations

import socket
from typing import Any

import uvicorn
from fastapi import FastAPI


class Server(uvicorn.Server):
    """Serves the REST interface until it is told to stop."""

    def __init__(self, app: FastAPI, **settings: Any) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                loop="uvloop",
                http="httptools",
                log_config=None,
                access_log=False,  # it would quote what was asked for
                timeout_graceful_shutdown=10,
                server_header=False,
                **settings,
            )
        )
        self._app = app

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Answer what was asked, then stop."""
        self._app.state.system.live.end()
        await super().shutdown(sockets)
