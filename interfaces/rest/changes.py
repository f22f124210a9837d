"""Changes as they are recorded, as server-sent events."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Annotated
from uuid import UUID

import msgspec
from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import StreamingResponse

from domain.shared.aggregate import Aggregate
from infrastructure.credentials import TokenRefused
from infrastructure.database import DatabaseUnavailable
from infrastructure.history.kinds import check_kind, is_of_kind
from infrastructure.live_changes import Announced, LiveChanges, TooFarBehind
from infrastructure.points import position_at
from infrastructure.projecting import ReadModelBehind
from interfaces.rest.access import permitted
from interfaces.rest.reading import people
from interfaces.rest.requests import NotPermitted, ParameterInvalid

router = APIRouter(tags=["changes"])

RETRY_MILLISECONDS = 2_000
"""After which a browser comes back."""
EXAMPLE = (
    'id: 42\nevent: quoting.Quote.Accepted\ndata: {"position":42,"event":"quoting.Quote.Accepted",'
    '"aggregate_id":"13bd92df-95c1-5492-8720-17938bbf0665","kind":"quoting.Quote","version":3,'
    '"happened":"quote accepted","recorded_at":"2026-03-02T09:00:00Z"}\n\n'
)


class EventStream(StreamingResponse):
    """Server-sent events, as the HTML standard describes them."""

    media_type = "text/event-stream"


@router.get(
    "/changes",
    response_class=EventStream,
    responses={200: {"content": {EventStream.media_type: {"schema": {"type": "string"}, "example": EXAMPLE}}}},
)
async def changes(
    request: Request,
    after: Annotated[
        int | None, Query(ge=0, lt=2**63, description="What is after this position; without it, what is to come.")
    ] = None,
    kind: Annotated[
        list[str] | None, Query(max_length=50, description="Only of these contexts, aggregates or events.")
    ] = None,
    aggregate_id: Annotated[UUID | None, Query(description="Only of this one.")] = None,
    last_event_id: Annotated[
        str | None, Header(alias="Last-Event-ID", max_length=20, description="Goes on after it; it beats `after`.")
    ] = None,
) -> EventStream:
    """A stream that does not end: each change with its position as `id` and its stored name as `event`, none twice and
    none left out. It tells that something has changed, not what: ask a query `?after` its position. A comment every 15
    seconds says that nothing is broken. Whoever takes in less than is recorded is sent away, to come back with
    `Last-Event-ID`, as browsers do by themselves."""
    for one in kind or ():
        check_kind(one)
    system = request.app.state.system
    position = await position_at(system.log, after if last_event_id is None else _position(last_event_id))

    def wanted(change: Announced) -> bool:
        of_kind = kind is None or any(is_of_kind(change.event, one) for one in kind)
        return of_kind and aggregate_id in (None, change.aggregate_id)

    headers = {"X-Accel-Buffering": "no"}
    return EventStream(_stream(request, system.live, position, wanted), headers=headers)


def _position(last_event_id: str) -> int:
    if not (last_event_id.isascii() and last_event_id.isdecimal() and int(last_event_id) < 2**63):
        raise ParameterInvalid("Last-Event-ID is the id of an event of this stream.")
    return int(last_event_id)


async def _stream(
    request: Request, live: LiveChanges, position: int, wanted: Callable[[Announced], bool]
) -> AsyncIterator[bytes]:
    yield b"retry: %d\nid: %d\n\n" % (RETRY_MILLISECONDS, position)
    try:
        async for change in live.listen(position, wanted):
            await permitted(request)  # may have ended since
            if isinstance(change, int):
                yield b": still here\nid: %d\n\n" % change
            elif await _is_theirs(request, change):
                yield _event(change)
    except (TokenRefused, NotPermitted):
        yield b": you may no longer listen\n\n"
    except (TooFarBehind, ReadModelBehind):
        yield b": too far behind; come back with Last-Event-ID\n\n"
    except DatabaseUnavailable:
        yield b": the database does not answer; come back with Last-Event-ID\n\n"


async def _is_theirs(request: Request, change: Announced) -> bool:
    """Whether it is about what they may see, or about nobody's in particular."""
    kind = Aggregate.KINDS.get(change.kind)
    if kind is not None and kind.assignment is Aggregate.assignment:
        return True
    theirs = await people(request)
    return theirs is None or await request.app.state.system.scoping.sees(theirs, change.aggregate_id, change.position)


def _event(change: Announced) -> bytes:
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (change.position, change.event.encode(), msgspec.json.encode(change))
