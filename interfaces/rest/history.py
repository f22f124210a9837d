"""What happened: to one aggregate, how it stood at any past point, what became of it between two; and to all."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from typing import Annotated, TypeVar
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import StreamingResponse

from domain.shared.refusal import NotFound
from infrastructure.history import (
    COLUMNS,
    Difference,
    Entry,
    History,
    RecordPage,
    Segregation,
    Wanted,
    all_found,
    difference,
    found,
    history,
    segregation,
)
from infrastructure.history.kinds import check_kind
from infrastructure.points import Point
from interfaces.rest.exports import FILES, AskedFormat, as_file
from interfaces.rest.instants import Instant, PastPoint, Position, checked_instant, one_point
from interfaces.rest.reading import MOST, check_theirs

router = APIRouter(tags=["history"])

Answer = TypeVar("Answer")
Text = Annotated[str | None, Query(max_length=200, description="Exactly this.")]


async def _wanted(
    actor: Text = None,
    on_behalf_of: Text = None,
    kind: Annotated[
        str | None, Query(max_length=100, description="A context, an aggregate or an event: billing.Invoice.Issued.")
    ] = None,
    command: Text = None,
    reason: Annotated[str | None, Query(max_length=200, description="A text within the reason.")] = None,
    aggregate_id: UUID | None = None,
    since: Instant = None,
    until: Instant = None,
) -> Wanted:
    if kind is not None:
        check_kind(kind)
    return Wanted(
        actor=actor,
        on_behalf_of=on_behalf_of,
        kind=kind,
        command=command,
        reason=reason,
        aggregate_id=aggregate_id,
        since=checked_instant(since),
        until=checked_instant(until),
    )


@router.get("/history", response_model=RecordPage, responses=FILES)
async def history_of_all(
    request: Request,
    wanted: Annotated[Wanted, Depends(_wanted)],
    form: AskedFormat,
    after: Annotated[int, Query(ge=0, lt=2**63, description="`next_after` of the page before.")] = 0,
    limit: Annotated[int | None, Query(ge=1, le=MOST, description="50 where not given; a file has them all.")] = None,
) -> RecordPage | StreamingResponse:
    """Every event that is as asked, in the order of the log: who, on whose behalf, when, what, why."""
    log = request.app.state.system.log
    if form is None:
        return await found(log, wanted, after, limit or 50)
    return as_file(form, "history", COLUMNS, all_found(log, wanted, after, limit))


@router.get("/history/{aggregate_id}", response_model=History, responses=FILES)
async def history_of(
    aggregate_id: UUID,
    request: Request,
    as_of: PastPoint,
    form: AskedFormat,
    effective: Annotated[date | None, Query(description="Only what took effect in the business by then.")] = None,
) -> History | StreamingResponse:
    """Every event with who caused it, why and what changed; and the state that they left. A file has the events."""
    await check_theirs(request, aggregate_id)
    log = request.app.state.system.log
    told = _known(await history(log, aggregate_id, as_of=as_of, effective=effective))
    if form is None:
        return told
    return as_file(form, f"history of {aggregate_id}", (*COLUMNS, "changed"), _each(told.entries))


async def _each(entries: list[Entry]) -> AsyncIterator[Entry]:
    for entry in entries:
        yield entry


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
    await check_theirs(request, aggregate_id)
    first: Point = one_point(from_position, from_instant) or 0
    log = request.app.state.system.log
    return _known(await difference(log, aggregate_id, first, one_point(to_position, to_instant)))


@router.get("/segregation-of-duties")
async def segregation_of_duties(request: Request, since: Instant = None, until: Instant = None) -> list[Segregation]:
    """Each rule of two duties that one person is not to have: whose roles allowed both and when, and who stood behind
    both, by themselves, on somebody's behalf or behind a policy's doing."""
    return await segregation(request.app.state.system.log, checked_instant(since), checked_instant(until))


def _known(found: Answer | None) -> Answer:
    if found is None:
        raise NotFound("Nothing had happened to it there.")
    return found
