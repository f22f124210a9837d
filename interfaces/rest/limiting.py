"""How often somebody may ask: each user, and each address of those who have not signed in.

Everybody is told how they stand, in the fields of draft-ietf-httpapi-ratelimit-headers.
"""

from __future__ import annotations

from collections import OrderedDict
from contextlib import suppress
from functools import cache
from hashlib import sha256
from typing import Annotated, Any

from fastapi import Depends, Request
from starlette.types import Receive, Scope, Send

from application.access import Caller
from infrastructure.limits import WINDOW, Limits, Standing, TooManyRequests, network_of
from interfaces.rest.access import permitted
from interfaces.rest.json_bodies import parser_of
from interfaces.rest.problems import too_many
from interfaces.rest.requests import STANDING

ALIVE = "/health/live"
"""Whoever asks for it ends the process where there is no answer."""
KEPT = 10_000
OF_USERS = QUERIES, COMMANDS = "queries", "commands"
SHOWN = "q2c.shown"
"""Where in a request's scope stands what `_shown` made of it."""


class Limiting:
    """Counts by address whoever does not say who they are, or says so in vain."""

    def __init__(self) -> None:
        self._good: OrderedDict[bytes, None] = OrderedDict()

    async def admits(self, scope: Scope, receive: Receive, send: Send) -> bool:
        """Whether they may ask; whoever may not is told so."""
        if scope["path"] == ALIVE:
            return True
        limits: Limits = scope["app"].state.limits
        shown = scope[SHOWN] = _shown(scope)
        try:
            if not shown:
                scope[STANDING] = await limits.take("unsigned", _address(scope))
            elif shown not in self._good:
                # To find out whose it is costs a query.
                limits.check("unsigned", _address(scope))
        except TooManyRequests as error:
            await too_many(scope, error)(scope, receive, send)
            return False
        return True

    async def settle(self, scope: Scope) -> None:
        """Learn from an answer, before it leaves."""
        shown = scope.get(SHOWN)
        if shown and (shown not in self._good or STANDING not in scope):
            await self._learn(shown, scope, scope["app"].state.limits)

    async def _learn(self, shown: bytes, scope: Scope, limits: Limits) -> None:
        """Whether it was somebody's; if not, it counts as nobody's."""
        standing: Standing | None = scope.get(STANDING)
        if standing is not None and standing.limit in OF_USERS:
            self._good[shown] = None
            if len(self._good) > KEPT:
                self._good.popitem(last=False)
            return
        self._good.pop(shown, None)
        if standing is None:
            with suppress(TooManyRequests):
                scope[STANDING] = await limits.take("unsigned", _address(scope))


def _shown(scope: Scope) -> bytes:
    """Something that stands for what proves who asks; nothing where they show nothing. As `token_of`, but not taken
    apart: it is only looked up."""
    for name, value in scope["headers"]:
        if name == b"authorization" or (name == b"cookie" and scope["method"] == "GET"):
            return sha256(value).digest()
    return b""


async def limited(request: Request, caller: Annotated[Caller | None, Depends(permitted)]) -> None:
    """A dependency of every route: whoever may, so often. Raises TooManyRequests."""
    if caller is not None:
        limit = QUERIES if request.method == "GET" else COMMANDS
        request.scope[STANDING] = await request.app.state.limits.take(limit, str(caller.user_id))


def sign_ins_limited(command: type) -> Any:
    """A dependency: so many attempts with one `login` of that command, and from one address, whoever they are. What the
    database counts beside (`infrastructure.credentials`) holds as well, and is slower to ask."""
    parsed: Any = Depends(parser_of(command))

    async def limited(request: Request, attempt: Any = parsed) -> None:
        limits = request.app.state.limits
        await limits.take("sign-ins-address", _address(request.scope))
        request.scope[STANDING] = await limits.take("sign-ins-login", attempt.login)

    return Depends(limited)


def fields(standing: Standing | None) -> list[tuple[bytes, bytes]]:
    """The headers that tell how somebody stands."""
    if standing is None:
        return []
    name, policy = _policy(standing.limit, standing.quota)
    return [policy, (b"ratelimit", b"%s;r=%d;t=%d" % (name, standing.left, standing.seconds))]


@cache
def _policy(limit: str, quota: int) -> tuple[bytes, tuple[bytes, bytes]]:
    """A limit's name and the field that describes it."""
    name = b'"%s"' % limit.encode()
    return name, (b"ratelimit-policy", b"%s;q=%d;w=%d" % (name, quota, WINDOW))


def _address(scope: Scope) -> str:
    client = scope.get("client")
    return network_of(client[0]) if client else ""
