"""The page on which operations are read and tried out: Swagger UI, of which nothing is loaded from elsewhere."""

from __future__ import annotations

from fastapi import FastAPI, Request, Response
from starlette.staticfiles import StaticFiles

from interfaces.rest.headers import DOCS_PATH

FILES = "/docs/files"
START = "/docs/start.js"
PAGE = f"""<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Quote to Cash</title>
<link rel="stylesheet" href="{FILES}/swagger-ui.css">
<link rel="icon" href="data:,">
<div id="page"></div>
<script src="{FILES}/swagger-ui-bundle.js"></script>
<script src="{START}"></script>
</html>
"""
SCRIPT = """SwaggerUIBundle({url: "/openapi.json", dom_id: "#page", deepLinking: true, validatorUrl: null});
"""


def install(app: FastAPI) -> None:
    """Serve the page and what it loads."""
    app.add_route(DOCS_PATH, _page)
    app.add_route(START, _script)
    app.mount(FILES, StaticFiles(packages=[("fastapi_offline", "static")]))


async def _page(_: Request) -> Response:
    return Response(PAGE, media_type="text/html")


async def _script(_: Request) -> Response:
    return Response(SCRIPT, media_type="text/javascript")
