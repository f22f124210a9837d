"""Who signed in, who saw a customer, what somebody saw. Whoever asks for it leaves a trace, too."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request

from infrastructure.access_log import reports
from infrastructure.access_log.reports import AccessRow, SignIns, Span
from interfaces.rest.instants import Instant, checked_instant
from interfaces.rest.reading import Page, Paged
from projections import support

router = APIRouter(prefix="/access", tags=["access"])

Login = Annotated[str, Path(max_length=64)]


async def _span(
    since: Annotated[Instant, Query(description="From then on.")] = None,
    until: Annotated[Instant, Query(description="Until then.")] = None,
) -> Span:
    return Span(checked_instant(since), checked_instant(until))


Spanned = Annotated[Span, Depends(_span)]


@router.get("/sign-ins")
async def sign_ins(
    request: Request,
    span: Spanned,
    login: Annotated[str | None, Query(max_length=64, description="Only of this one.")] = None,
) -> list[SignIns]:
    """Of everybody: how often they signed in, when last, how often in vain; and by day."""
    return await reports.sign_ins(await request.app.state.readers.reader_for(reports.SCHEMA), span, login)


@router.get("/customers/{customer_id}")
async def who_saw(request: Request, customer_id: UUID, span: Spanned, window: Paged) -> Page[AccessRow]:
    """Who was shown the customer, an alias, or one of their documents; and who was refused. The newest first."""
    readers = request.app.state.readers
    ids = await support.ids_of(await readers.reader_for("support"), customer_id)
    reader = await readers.reader_for(reports.SCHEMA)
    return window.page(await reports.who_saw(reader, ids, span, window.before, window.limit))


@router.get("/refused-duties")
async def refused_duties(request: Request, span: Spanned, window: Paged) -> Page[AccessRow]:
    """Who would have done what takes another person than them, and by which rule (`outcome`) it was refused. The newest
    first."""
    reader = await request.app.state.readers.reader_for(reports.SCHEMA)
    return window.page(await reports.refused_duties(reader, span, window.before, window.limit))


@router.get("/users/{login}")
async def seen_by(request: Request, login: Login, span: Spanned, window: Paged) -> Page[AccessRow]:
    """What somebody was shown, and what was refused to them. The newest first."""
    reader = await request.app.state.readers.reader_for(reports.SCHEMA)
    return window.page(await reports.seen_by(reader, login, span, window.before, window.limit))
