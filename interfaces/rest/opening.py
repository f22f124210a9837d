"""Where personal data is opened: in an answer that is about to leave, for whoever asked, and nowhere before."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from fastapi import FastAPI, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from application.access import Caller
from domain.shared.personal import SEALED, KeyClass
from interfaces.rest.requests import CALLER

MARK = SEALED.encode()


PLACES = {b"application/json": "json", b"application/problem+json": "json", b"text/html": "html"}
"""Other answers are files, which outlast the right to see what is in them: they stay as sealed as the log."""


class Opening:
    """Opens what the caller may see in answers that are whole, and puts a word in the place of the rest."""

    def __init__(self, app: FastAPI, rest: ASGIApp) -> None:
        self._app, self._rest = app, rest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._rest(scope, receive, send)
            return
        held: Message | None = None

        async def opened(message: Message) -> None:
            nonlocal held
            if message["type"] == "http.response.start" and _place(message) is not None:
                held = message  # its length is not known yet
                return
            if held is not None:
                start, held = held, None
                if MARK in message.get("body", b""):
                    await self._answer(scope, receive, send, start, message)
                    return
                await send(start)
            await send(message)

        await self._rest(scope, receive, opened)

    async def _answer(self, scope: Scope, receive: Receive, send: Send, start: Message, message: Message) -> None:
        try:
            body = await self._app.state.vault.opened(message["body"], _sees(scope.get(CALLER)), _place(start))
        except Exception as error:
            kinds, refusals = type(error).__mro__, self._app.exception_handlers
            refuse = next((refusals[kind] for kind in kinds if kind in refusals), None)
            if refuse is None:
                raise
            await (await refuse(Request(scope), error))(scope, receive, send)  # type: ignore[misc]
            return
        headers = [(name, value) for name, value in start["headers"] if name != b"content-length"]
        await send({**start, "headers": [*headers, (b"content-length", b"%d" % len(body))]})
        await send({**message, "body": body})


def _place(start: Message) -> str | None:
    """What kind of document it is; None for an answer that comes in pieces, or is a file."""
    headers = dict(start["headers"])
    kind = headers.get(b"content-type", b"").partition(b";")[0]
    return PLACES.get(kind) if b"content-length" in headers else None


def _sees(caller: Caller | None) -> Callable[[KeyClass, UUID], bool]:
    return caller.sees if caller is not None else lambda *_: False
