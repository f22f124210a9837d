"""Every request is counted and logged: by the template of its route, never by what was asked or sent."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from interfaces.rest.problems import unexpected

logger = logging.getLogger("q2c.requests")

METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
PROBES = ("/health/", "/metrics")
"""Asked for all the time by machines."""
STREAM = b"text/event-stream"
NOT_KEPT = (b"cache-control", b"no-store")
"""Whatever is answered may be personal or financial: no browser or proxy keeps it."""


@dataclass(slots=True)
class _Answer:
    """What is known of the answer so far."""

    status: int = 500
    begun: bool = False
    is_whole: bool = False
    is_stream: bool = False

    def begins(self, message: Message) -> None:
        """Its first message."""
        self.begun, self.status = True, message["status"]
        self.is_stream = any(name == b"content-type" and value.startswith(STREAM) for name, value in message["headers"])


class Observing:
    """Gives each request an id, in its log lines and in the header `Q2C-Request-Id`, and tells when it is answered."""

    def __init__(
        self, app: ASGIApp, seen: Callable[[str, str, int, float | None], None], id_in_logs: ContextVar[str | None]
    ) -> None:
        self._app, self._seen, self._id_in_logs = app, seen, id_in_logs

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id, begun, answer = f"{random.getrandbits(128):032x}", time.perf_counter(), _Answer()

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer.begins(message)
                headers = [*message["headers"], (b"q2c-request-id", request_id.encode()), NOT_KEPT]
                message = {**message, "headers": headers}
            elif not message.get("more_body"):
                answer.is_whole = True
            await send(message)

        bound = self._id_in_logs.set(request_id)
        try:
            await self._app(scope, receive, told)
        except Exception as error:
            # An exception's own words may quote what was sent: only its type and the places it passed are logged.
            logger.error("%s %s failed", _method(scope), _route(scope), exc_info=error)
            if answer.is_whole:
                return  # in time, and before the end: to raise would break the connection, and what is asked next on it
            if answer.begun:
                raise
            await unexpected()(scope, receive, told)
        finally:
            self._tell(scope, answer, time.perf_counter() - begun)
            self._id_in_logs.reset(bound)

    def _tell(self, scope: Scope, answer: _Answer, seconds: float) -> None:
        method, route = _method(scope), _route(scope)
        # How long somebody listens to a stream says nothing about how fast answers are.
        self._seen(method, route, answer.status, None if answer.is_stream else seconds)
        level = logging.DEBUG if route.startswith(PROBES) else logging.INFO
        if not logger.isEnabledFor(level):
            return
        told = {"method": method, "route": route, "status": answer.status, "ms": round(1000 * seconds, 1)}
        logger.log(level, "request", extra=told)


def _method(scope: Scope) -> str:
    return scope["method"] if scope["method"] in METHODS else "other"


def _route(scope: Scope) -> str:
    return getattr(scope.get("route"), "path", "other")
