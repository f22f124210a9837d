"""What every answer tells browsers not to do with it."""

from __future__ import annotations

from starlette.types import Scope

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
    # Whatever is answered may be personal or financial: no browser or proxy keeps it.
    (b"cache-control", b"no-store"),
]
HSTS = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")
"""Only where the request came by TLS: elsewhere browsers are to ignore it."""
POLICY = b"content-security-policy"
USUAL = [*ALWAYS, (POLICY, NOTHING)]


def headers_of_all(scope: Scope, media_type: bytes) -> list[tuple[bytes, bytes]]:
    """Those of every answer, errors included."""
    found = USUAL
    if media_type.startswith(b"text/html"):
        found = [*ALWAYS, (POLICY, DOCS if scope["path"] == DOCS_PATH else PAGE)]
    return [*found, HSTS] if scope["scheme"] == "https" else found
