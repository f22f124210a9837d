"""Where every request comes in: within limits, in time, counted and logged by the template of its route, never by what
was asked or sent."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from contextvars import ContextVar

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Receive, Scope, Send

from interfaces.rest.answer import Answer
from interfaces.rest.limiting import Limiting

logger = logging.getLogger("q2c.requests")

METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
PROBES = ("/health/", "/metrics")
"""Asked for all the time by machines."""
HUNG_UP = 499
"""What nobody is answered, for the counters: a client that goes away amid its request is no error of ours. The number
is nginx's."""
LONGEST = 9.0
"""Seconds until an answer must have begun; clients are promised ten."""


class FrontController:
    """The one layer around everything that answers. `scope["app"]` is the application."""

    def __init__(
        self, rest: ASGIApp, seen: Callable[[str, str, int, float | None], None], id_in_logs: ContextVar[str | None]
    ) -> None:
        self._rest, self._seen, self._id_in_logs = rest, seen, id_in_logs
        self._limiting = Limiting()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._rest(scope, receive, send)
            return
        begun, answer = time.perf_counter(), Answer(scope, send, self._limiting)
        bound = self._id_in_logs.set(answer.request_id)
        try:
            await self._in_time(scope, receive, answer)
        except ClientDisconnect:
            answer.status = HUNG_UP
        except Exception as error:
            # An exception's own words may quote what was sent: only its type and the places it passed are logged.
            logger.error("%s %s failed", _method(scope), _route(scope), exc_info=error)
            if not answer.begun:
                await answer.fail()
            elif not answer.is_whole:
                raise  # in any other case it would break the connection, and what is asked next on it
        finally:
            self._tell(scope, answer, time.perf_counter() - begun)
            self._id_in_logs.reset(bound)

    async def _in_time(self, scope: Scope, receive: Receive, answer: Answer) -> None:
        """Whatever keeps it waiting, its client is told to ask again. What was asked for goes on behind it, and may
        still happen: to break it off amid a statement would be waiting, too, and its client asks again with the same
        key."""
        timer = asyncio.get_running_loop().call_later(LONGEST, answer.cut_short)
        try:
            if await self._limiting.admits(scope, receive, answer.send):
                await self._rest(scope, receive, answer.send)
        finally:
            timer.cancel()
            if answer.cut is not None:
                await answer.cut

    def _tell(self, scope: Scope, answer: Answer, seconds: float) -> None:
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
