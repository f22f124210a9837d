"""Every request is answered in time: whatever keeps it waiting, its client is told to ask again."""

from __future__ import annotations

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from interfaces.rest.problems import overdue

LONGEST = 9.0
"""Seconds until an answer must have begun; clients are promised ten."""


class InTime:
    """Answers for whoever has not begun to. What was asked for goes on behind it, and may still happen: to break it off
    amid a statement would be waiting, too, and its client asks again with the same key."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answering: asyncio.Task[None] | None = None
        has_begun = False

        def answer() -> None:
            nonlocal answering
            if not has_begun:
                answering = asyncio.create_task(overdue()(scope, receive, send))

        async def told(message: Message) -> None:
            nonlocal has_begun
            if answering is None:
                has_begun = True
                await send(message)

        timer = asyncio.get_running_loop().call_later(LONGEST, answer)
        try:
            await self._app(scope, receive, told)
        finally:
            timer.cancel()
            if answering is not None:
                await answering
