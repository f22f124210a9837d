"""What happened to one aggregate, and how it stood at any past position, instant or business date."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request

from domain.shared.refusal import NotFound
from infrastructure.history import BuiltOnTheFuture, History, history
from interfaces.rest.requests import ParameterInvalid

router = APIRouter(tags=["history"])


@router.get("/history/{aggregate_id}")
async def history_of(
    aggregate_id: UUID,
    request: Request,
    position: Annotated[int | None, Query(ge=0, lt=2**63, description="As of this position of the log.")] = None,
    instant: Annotated[datetime | None, Query(description="As of this instant, by when it was recorded.")] = None,
    effective: Annotated[date | None, Query(description="Only what took effect in the business by then.")] = None,
) -> History:
    """Every event with who caused it, why and what changed; and the state that they left."""
    if instant is not None and instant.tzinfo is None:
        raise ParameterInvalid("An instant names its time zone, such as 2026-03-02T10:00:00Z.")
    as_of = position if position is not None else instant
    try:
        found = await history(request.app.state.system.log, aggregate_id, as_of=as_of, effective=effective)
    except BuiltOnTheFuture as error:
        raise ParameterInvalid(str(error)) from None
    if found is None:
        raise NotFound
    return found
