"""Whether this process lives, whether it can serve, and how the read models stand."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from fastapi import APIRouter, Request

router = APIRouter(prefix="/health", tags=["health"])


@dataclass(frozen=True, slots=True)
class Health:
    """`live`, or `ready` with the last position of the log, how many things each read model lacks, if any, and whether
    limits of requests are `shared` by all API processes, or each counts `alone`."""

    status: str
    position: int | None = None
    parked: dict[str, int] = field(default_factory=dict)
    limits: str | None = None


@dataclass(frozen=True, slots=True)
class ReadModelHealth:
    """How one read model stands: missing, failed, outdated, behind or current."""

    name: str
    state: str
    position: int
    lag: int
    """Events of the log that are not in its tables yet."""
    parked: int
    """Aggregates that it lacks until an operator has repaired it."""


@dataclass(frozen=True, slots=True)
class Sealing:
    """How far the log and the access log are sealed, and why no further."""

    sealed_position: int
    unsealed_seconds: float
    """For how long the oldest event that is not sealed has waited for it."""
    accesses_sealed_position: int
    """Of the access log."""
    accesses_unsealed_seconds: float
    refused: str | None
    """Why the worker refuses to seal either of them any further; null where it does not."""
    refused_since: datetime | None


@dataclass(frozen=True, slots=True)
class InVain:
    """What was asked for in vain, and why; it stays on the list when somebody has done it by hand."""

    command: str
    subject: UUID | None
    """What it was to be done to."""
    position: int
    """Of the event after which it was asked for."""
    code: str
    detail: str
    refused_at: datetime


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
    limits = "shared" if await request.app.state.limits.are_shared() else "alone"
    return Health("ready", await system.log.head(), await system.positions.parked(), limits)


@router.get("/projections")
async def projections(request: Request) -> list[ReadModelHealth]:
    """How far each read model has come, and what it lacks."""
    return [
        ReadModelHealth(each.name, each.state, each.position, each.lag, len(each.parked))
        for each in (await request.app.state.overview()).models
    ]


@router.get("/sealing")
async def sealing(request: Request) -> Sealing:
    """How far the log and the access log are sealed, and why no further, where that is refused."""
    found = await request.app.state.overview()
    return Sealing(
        found.sealed_position,
        found.unsealed_seconds,
        found.accesses_sealed_position,
        found.accesses_unsealed_seconds,
        found.sealing_refused,
        found.sealing_refused_since,
    )


@router.get("/refusals")
async def refusals(request: Request) -> list[InVain]:
    """What policies and timers asked for in vain, such as the invoice of a delivery, the latest first: somebody does it
    by hand, or puts right what stood against it."""
    return [
        InVain(each.command, each.subject, each.position, each.code, each.detail, each.refused_at)
        for each in (await request.app.state.overview()).latest_refusals
    ]
