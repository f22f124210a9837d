"""What one request is answered, on its way out: opened for whoever asked, written down, with what all answers bear."""

from __future__ import annotations

import asyncio
import random

from starlette.responses import Response
from starlette.types import Message, Scope, Send

from interfaces.rest.accounting import write_down
from interfaces.rest.headers import headers_of_all
from interfaces.rest.limiting import Limiting, fields
from interfaces.rest.opening import open_for
from interfaces.rest.problems import overdue, unexpected
from interfaces.rest.requests import CALLER, STANDING

START, BODY = "http.response.start", "http.response.body"
STREAM = b"text/event-stream"


class Answer:
    """Its beginning is held back until there is something of its body: only then is known who is shown what."""

    def __init__(self, scope: Scope, send: Send, limiting: Limiting) -> None:
        self._scope, self._send, self._limiting = scope, send, limiting
        self._held: Message | None = None
        self.request_id = f"{random.getrandbits(128):032x}"
        """In log lines and in the header `Q2C-Request-Id`."""
        self.status = 500
        self.begun = self.is_whole = self.is_stream = False
        self.cut: asyncio.Task[None] | None = None
        """Says that it took too long, in the place of whatever comes later."""

    async def send(self, message: Message) -> None:
        """Takes what the application gives its server."""
        if message["type"] == START:
            self._held = message
        elif self._held is not None:
            head, self._held = self._held, None
            await self._begin(head, message)
        elif self.cut is None and not self.is_whole:
            self.is_whole = not message.get("more_body")
            await self._send(message)

    async def _begin(self, head: Message, body: Message) -> None:
        scope = self._scope
        if (refusal := await open_for(scope.get(CALLER), scope, head, body)) is not None:
            head, body = _messages(refusal)
        if (refusal := await write_down(scope, self.request_id, head, body)) is not None:
            head, body = _messages(refusal)
        await self._limiting.settle(scope)
        if self.cut is None:
            await self._leave(head, body)

    async def _leave(self, head: Message, body: Message) -> None:
        self.begun = True
        given: list[tuple[bytes, bytes]] = head["headers"]
        kind = next((value for name, value in given if name == b"content-type"), b"")
        self.status, self.is_stream = head["status"], kind.startswith(STREAM)
        identity = (b"q2c-request-id", self.request_id.encode())
        more = [*fields(self._scope.get(STANDING)), identity, *headers_of_all(self._scope, kind)]
        await self._send({**head, "headers": [*given, *more]})
        self.is_whole = not body.get("more_body")
        await self._send(body)

    async def fail(self) -> None:
        """An error of ours: whatever it was that failed, nothing of it is needed to say so."""
        await self._leave(*_messages(unexpected()))

    def cut_short(self) -> None:
        """Answer now, if it has not begun."""
        if not self.begun:
            self.cut = asyncio.create_task(self._leave(*_messages(overdue())))


def _messages(response: Response) -> tuple[Message, Message]:
    head = {"type": START, "status": response.status_code, "headers": response.raw_headers}
    return head, {"type": BODY, "body": response.body}
