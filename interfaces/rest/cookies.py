"""Cookies, taken apart by hand: `http.cookies` takes seconds for a long one that is quoted, and none of ours is."""

from __future__ import annotations

from fastapi import Request
from starlette.types import Scope


def cookie_of(request: Request, name: str) -> str | None:
    """The first one of that name; None where there is none."""
    pairs = (part.strip().partition("=") for part in request.headers.get("cookie", "").split(";"))
    return next((value for known, _, value in pairs if known == name), None)


def unquote(scope: Scope) -> None:
    """FastAPI takes the cookies of every request apart, before anything else and whether or not somebody asks for
    them: leave no quote in them."""
    headers = scope["headers"]
    if any(name == b"cookie" and b'"' in value for name, value in headers):
        scope["headers"] = [(name, value.replace(b'"', b"'" if name == b"cookie" else b'"')) for name, value in headers]
