"""What every answer tells browsers not to do with it."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

NOTHING = b"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
PAGE = NOTHING + b"; style-src 'unsafe-inline'; img-src 'self' data:"
"""Pages of documents are complete in themselves: styles within, and no script at all."""
DOCS = NOTHING + b"; connect-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src data:"
"""Swagger UI runs the scripts of this service only, and none that stands in the page."""
DOCS_PATH = "/docs"

ALWAYS = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
]
HSTS = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")
"""Only where the request came by TLS: elsewhere browsers are to ignore it."""
NOT_KEPT = (b"cache-control", b"no-store")
"""What is answered is somebody's business: no cache is to keep it, unless the route says otherwise."""


class SecurityHeaders:
    """Adds them to every answer, those of errors included."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], *_more(scope, dict(message["headers"]))]}
            await send(message)

        await self._app(scope, receive, told)


def _more(scope: Scope, given: dict[bytes, bytes]) -> list[tuple[bytes, bytes]]:
    more = [*ALWAYS, (b"content-security-policy", _policy(scope["path"], given.get(b"content-type", b"")))]
    if b"cache-control" not in given:
        more.append(NOT_KEPT)
    if scope["scheme"] == "https":
        more.append(HSTS)
    return more


def _policy(path: str, media_type: bytes) -> bytes:
    if not media_type.startswith(b"text/html"):
        return NOTHING
    return DOCS if path == DOCS_PATH else PAGE
