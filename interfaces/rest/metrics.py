"""What Prometheus scrapes."""

from __future__ import annotations

import psycopg
from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse

from infrastructure.database import DatabaseUnavailable
from infrastructure.metrics import CONTENT_TYPE, exposition
from infrastructure.overview import Overview

router = APIRouter(tags=["health"])


@router.get("/metrics", response_class=PlainTextResponse)
async def metrics(request: Request) -> Response:
    """Commands, requests, the log, read models, refused reactions and workers, in Prometheus' text format. While the
    database is away, what this process has counted, and that it is away."""
    try:
        overview: Overview | None = await request.app.state.overview()
    except (DatabaseUnavailable, psycopg.OperationalError):
        overview = None
    return Response(exposition(overview), media_type=CONTENT_TYPE)
