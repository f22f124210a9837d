"""What happened to one aggregate, how it stood at any past point, and what became of it between two."""

from __future__ import annotations

from datetime import date
from typing import Annotated, TypeVar
from uuid import UUID

from fastapi import APIRouter, Query, Request

from domain.shared.refusal import NotFound
from infrastructure.history import Difference, History, difference, history
from infrastructure.points import Point
from interfaces.rest.instants import Instant, PastPoint, Position, one_point

router = APIRouter(tags=["history"])

Answer = TypeVar("Answer")


@router.get("/history/{aggregate_id}")
async def history_of(
    aggregate_id: UUID,
    request: Request,
    as_of: PastPoint,
    effective: Annotated[date | None, Query(description="Only what took effect in the business by then.")] = None,
) -> History:
    """Every event with who caused it, why and what changed; and the state that they left."""
    log = request.app.state.system.log
    return _known(await history(log, aggregate_id, as_of=as_of, effective=effective))


@router.get("/history/{aggregate_id}/difference")
async def difference_of(
    aggregate_id: UUID,
    request: Request,
    from_position: Position = None,
    from_instant: Instant = None,
    to_position: Position = None,
    to_instant: Instant = None,
) -> Difference:
    """What changed between two points, from what to what, and the events between: from the start where no first point
    is given, until now where no second is."""
    first: Point = one_point(from_position, from_instant) or 0
    log = request.app.state.system.log
    return _known(await difference(log, aggregate_id, first, one_point(to_position, to_instant)))


def _known(found: Answer | None) -> Answer:
    if found is None:
        raise NotFound("Nothing had happened to it there.")
    return found
