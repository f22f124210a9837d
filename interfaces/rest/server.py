"""The HTTP server: uvicorn, which first lets go whoever listens to changes, as their streams have no end."""

from __future__ import annotations

import gc
import socket
from typing import Any

import uvicorn
from fastapi import FastAPI

COLLECT_AFTER = 20_000
"""Objects, more of them made than given up, before cyclic garbage is looked for: a request leaves hardly any."""


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

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer. What is there by now stays: no request waits while it is searched for garbage."""
        await super().startup(sockets)
        gc.collect()
        gc.freeze()
        gc.set_threshold(COLLECT_AFTER, *gc.get_threshold()[1:])

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Answer what was asked, then stop."""
        self._app.state.system.live.end()
        await super().shutdown(sockets)
