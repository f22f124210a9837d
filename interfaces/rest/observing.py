"""Every request is counted and logged: by the template of its route, never by what was asked or sent."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from uuid import uuid4

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bound_contextvars

logger = logging.getLogger("q2c.requests")

METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
PROBES = ("/health/", "/metrics")
"""Asked for all the time by machines."""


class Observing:
    """Gives each request an id, in its log lines and in the header `Q2C-Request-Id`, and tells when it is answered."""

    def __init__(self, app: ASGIApp, seen: Callable[[str, str, int, float], None]) -> None:
        self._app, self._seen = app, seen

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id, begun, answered = uuid4().hex, time.perf_counter(), [500]

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                answered[0] = message["status"]
                message = {**message, "headers": [*message["headers"], (b"q2c-request-id", request_id.encode())]}
            await send(message)

        with bound_contextvars(request_id=request_id):
            try:
                await self._app(scope, receive, answer)
            finally:
                self._tell(scope, answered[0], time.perf_counter() - begun)

    def _tell(self, scope: Scope, status: int, seconds: float) -> None:
        method = scope["method"] if scope["method"] in METHODS else "other"
        route = getattr(scope.get("route"), "path", "other")
        self._seen(method, route, status, seconds)
        level = logging.DEBUG if route.startswith(PROBES) else logging.INFO
        told = {"method": method, "route": route, "status": status, "ms": round(1000 * seconds, 1)}
        logger.log(level, "request", extra=told)
