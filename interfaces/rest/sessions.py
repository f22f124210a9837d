"""Sessions that are open: one's own, and, for administrators, those of others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from fastapi import APIRouter, Request

from interfaces.rest.access import Signed, token_of
from interfaces.rest.executing import CommandRoute

router = APIRouter(tags=["identity"], route_class=CommandRoute)
asking = APIRouter(tags=["identity"])


@dataclass(frozen=True, slots=True, kw_only=True)
class EndSession:
    """End one of your sessions, such as one that you have left open elsewhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndSessionsOf:
    """End somebody's sessions."""

    session_id: UUID | None = None
    """The only one to end; null: all of them."""


@dataclass(frozen=True, slots=True)
class SessionRow:
    """Somebody who is signed in."""

    session_id: UUID
    begun_at: datetime
    used_at: datetime
    """Within a minute."""
    expires_at: datetime
    """At the latest; sooner where it is not used."""
    is_this: bool
    """Whether it is the one that asks."""


@asking.get("/sessions")
async def sessions(caller: Signed, request: Request) -> list[SessionRow]:
    """Your sessions that are open, the oldest first."""
    return await _open(request, caller.user_id)


@router.post("/sessions/{session_id}/end")
async def end_session(session_id: UUID, command: EndSession, caller: Signed, request: Request) -> list[SessionRow]:
    """End one of your sessions; answers those that are left."""
    await request.app.state.credentials.sessions.end(caller.user_id, session_id)
    return await _open(request, caller.user_id)


@asking.get("/users/{user_id}/sessions")
async def sessions_of(user_id: UUID, request: Request) -> list[SessionRow]:
    """Sessions of somebody that are open, the oldest first."""
    return await _open(request, user_id)


@router.post("/users/{user_id}/end-sessions")
async def end_sessions_of(user_id: UUID, command: EndSessionsOf, request: Request) -> list[SessionRow]:
    """End one of somebody's sessions, or all; answers those that are left. Keys go on."""
    await request.app.state.credentials.sessions.end(user_id, command.session_id)
    return await _open(request, user_id)


async def _open(request: Request, user_id: UUID) -> list[SessionRow]:
    found = await request.app.state.credentials.sessions.good(user_id, token_of(request) or "")
    return [SessionRow(each.session_id, each.begun_at, each.used_at, each.expires_at, each.is_this) for each in found]
