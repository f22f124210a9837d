"""How a query reads: after which position, from which read model, page by page."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from domain.shared.refusal import NotFound
from interfaces.rest.instants import PastPoint
from interfaces.rest.requests import CALLER, CursorMalformed, ParameterInvalid
from projections.shared import Reader

Row = TypeVar("Row")

MOST = 200
INCOMPLETE = "Q2C-Incomplete"
"""The header of whatever is read from a read model that lacks something, with the read model's name."""


def reads(model: str) -> Any:
    """A dependency: the reader of that read model, once it has seen everything up to `?after`; or as of a past point,
    as `?position` or `?instant` say."""

    async def reader(
        request: Request,
        response: Response,
        past: PastPoint,
        after: Annotated[
            int, Query(ge=0, lt=2**63, description="Wait until everything up to this position is seen.")
        ] = 0,
    ) -> Reader:
        if past is None:
            found, is_complete = await _as_it_is(request, model, after)
        else:
            found, is_complete = await _as_it_was(request, model, past, after)
        if not is_complete:
            response.headers[INCOMPLETE] = model
        limited: Reader = await request.app.state.system.scoping.limited(found, model, await people(request), after)
        return limited

    return Depends(reader)


async def people(request: Request) -> list[str] | None:
    """Whose things the caller sees today, whatever point is asked about; None where they see everything."""
    system, asked = request.app.state.system, request.state
    found: list[str] | None = await system.scoping.people(
        request.scope[CALLER].actor, asked.scope, request.app.state.clock.now().date()
    )
    return found


async def check_theirs(request: Request, object_id: UUID) -> None:
    """Raises NotFound where the log has nothing about it that the caller may see."""
    system = request.app.state.system
    theirs = await people(request)
    if theirs is not None and not await system.scoping.sees(theirs, object_id, await system.log.head()):
        raise NotFound


async def _as_it_is(request: Request, model: str, after: int) -> tuple[Reader, bool]:
    system = request.app.state.system
    if after:
        if after > await system.log.head():
            raise ParameterInvalid("There is no such position yet: `after` takes what a command answered.")
        await system.positions.reached(model, after)
    is_complete = await system.positions.complete(model, _shown(request))
    return await system.readers.reader_for(model, after), is_complete


async def _as_it_was(request: Request, model: str, past: int | datetime, after: int) -> tuple[Reader, bool]:
    if after:
        raise ParameterInvalid("`after` waits for what is to come: the past goes without it.")
    found = await request.app.state.system.past.reader_for(model, past)
    return found, found.complete(_shown(request))


def _shown(request: Request) -> UUID | None:
    """The one thing that the path asks for, on screen or on paper; none where it asks for a list."""
    path: str = request.scope["path"]
    last = path.removesuffix("/page").rpartition("/")[2]
    known = request.path_params.values()
    try:
        return UUID(last) if last in known else None
    except ValueError:
        return None


def found(row: Row | None, response: Response) -> Row:
    """The row with its version as ETag, or 404."""
    if row is None:
        raise NotFound
    version = getattr(row, "version", None)
    if version is not None:
        response.headers["ETag"] = f'"{version}"'
    return row


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows of a list, the newest first, and where the next ones begin.

    `complete` is false while the read model lacks something that it could not process.
    """

    items: list[Row]
    next_cursor: str | None
    complete: bool


@dataclass(frozen=True, slots=True)
class Window:
    """Which rows of a list: fewer than `before`, at most `limit`. Rows are ordered by `ordinal`, the newest first."""

    before: int
    limit: int
    is_complete: Callable[[], bool]

    def page(self, rows: list[Row]) -> Page[Row]:
        """The rows asked for; ask for one more than `limit`, to know whether there are more."""
        more = rows[self.limit :]
        items = rows[: self.limit]
        last = getattr(items[-1], "ordinal", 0) if items else 0
        cursor = base64.urlsafe_b64encode(str(last).encode()).decode() if more else None
        return Page(items, cursor, self.is_complete())


async def _window(
    response: Response,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 50,
    cursor: Annotated[str | None, Query(max_length=100, description="`next_cursor` of the page before.")] = None,
) -> Window:
    def is_complete() -> bool:  # asked once the rows are there, when the reader has said so
        return INCOMPLETE not in response.headers

    if cursor is None:
        return Window(2**63 - 1, limit, is_complete)
    try:
        before = int(base64.urlsafe_b64decode(cursor.encode()))
    except (ValueError, binascii.Error, UnicodeError):
        raise CursorMalformed from None
    if not 0 <= before < 2**63:
        raise CursorMalformed
    return Window(before, limit, is_complete)


Paged = Annotated[Window, Depends(_window)]


def query_router(prefix: str, tag: str) -> APIRouter:
    """The routes of one reader's queries; every one of them a GET."""
    return APIRouter(prefix=prefix, tags=[tag])
