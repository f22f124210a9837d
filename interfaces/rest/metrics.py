"""What Prometheus scrapes."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse

from infrastructure.metrics import CONTENT_TYPE, exposition

router = APIRouter(tags=["health"])


@router.get("/metrics", response_class=PlainTextResponse)
async def metrics(request: Request) -> Response:
    """Commands, requests, the log, read models, refused reactions and workers, in Prometheus' text format."""
    return Response(exposition(await request.app.state.overview()), media_type=CONTENT_TYPE)
