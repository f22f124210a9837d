"""Where personal data is opened: in an answer that is about to leave, for whoever asked, and nowhere before."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Scope

from application.access import Caller
from domain.shared.personal import SEALED, KeyClass
from interfaces.rest.problems import refusal_of

MARK = SEALED.encode()
PLACES = {b"application/json": "json", b"application/problem+json": "json", b"text/html": "html"}
"""Other answers are files, which outlast the right to see what is in them: they stay as sealed as the log."""


async def open_for(caller: Caller | None, scope: Scope, head: Message, body: Message) -> Response | None:
    """Open what the caller may see in an answer that is whole, and put a word in the place of the rest; where that
    fails, what is answered in its place."""
    place = _place(head) if MARK in body.get("body", b"") else None
    if place is None:
        return None
    try:
        content = await scope["app"].state.vault.opened(body["body"], _sees(caller), place)
    except Exception as error:
        return await refusal_of(Request(scope), error)
    kept = [(name, value) for name, value in head["headers"] if name != b"content-length"]
    head["headers"], body["body"] = [*kept, (b"content-length", b"%d" % len(content))], content
    return None


def _place(start: Message) -> str | None:
    """What kind of document it is; None for an answer that comes in pieces, or is a file."""
    headers = dict(start["headers"])
    kind = headers.get(b"content-type", b"").partition(b";")[0]
    return PLACES.get(kind) if b"content-length" in headers else None


def _sees(caller: Caller | None) -> Callable[[KeyClass, UUID], bool]:
    return caller.sees if caller is not None else lambda *_: False
