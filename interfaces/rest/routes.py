"""What a path takes, as its routes say."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

OF_FILES = ["GET", "HEAD"]


def methods_of(app: FastAPI, path: str) -> list[str]:
    """All methods of a path that is there, whichever routes take them; those of files where no route has it."""
    found = {
        method
        for route in iter_route_contexts(app.routes)
        for method in route.methods or ()
        if route.path_regex.match(path)
    }
    return sorted(found) or OF_FILES
