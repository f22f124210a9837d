"""Whether this process lives, and whether it can serve."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request

router = APIRouter(prefix="/health", tags=["health"])


@dataclass(frozen=True, slots=True)
class Health:
    """`live`, or `ready` with the last position of the log."""

    status: str
    position: int | None = None


@router.get("/live")
async def live() -> Health:
    """The process answers."""
    return Health("live")


@router.get("/ready")
async def ready(request: Request) -> Health:
    """The database answers, and every read model has been made: 503 where that is not so."""
    system = request.app.state.system
    for model in system.positions.models:
        await system.positions.reached(model, 0, timeout=1)
    return Health("ready", await system.log.head())
