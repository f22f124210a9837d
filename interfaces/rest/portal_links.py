"""Links by which somebody at a customer sees one document, and may answer it, without being a user."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from fastapi import APIRouter, Request, Response

from application.identity import GivePortalLink, OpenPortalLink
from application.unit_of_work import Envelope
from domain.identity import DocumentKind
from interfaces.rest.executing import CommandRoute, Create
from interfaces.rest.signing_in import Secret, address_of, check_json, keep_in_browser

router = APIRouter(prefix="/portal-links", tags=["identity"], route_class=CommandRoute)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkAndCode:
    """What was sent, and what was sent apart from it."""

    link: Secret
    code: Secret


@dataclass(frozen=True, slots=True)
class GivenLink:
    """Send the link, and the code on another way. They are shown this once; the same request again, under the same
    key, shows others in their place."""

    id: UUID
    position: int
    link: str
    code: str


@dataclass(frozen=True, slots=True)
class OpenedLink:
    """What to send as `Authorization: Bearer …`, and the document that it shows."""

    token: str
    expires_at: datetime
    document_kind: DocumentKind
    document_id: UUID
    customer_id: UUID


@router.post("")
async def give_portal_link(command: GivePortalLink, create: Create, request: Request) -> GivenLink:
    """A link to one document that was sent to a customer, and its code: whoever has both opens it, once."""
    done = await create(command)
    given = await request.app.state.credentials.links.give(done.id)
    return GivenLink(done.id, done.position, given.link, given.code)


@router.post("/open", status_code=201)
async def open_portal_link(command: LinkAndCode, request: Request, response: Response) -> OpenedLink:
    """An hour with the document, for whoever has the link and its code."""
    check_json(request)
    state = request.app.state
    link_id = await state.credentials.links.check(command.link, command.code, address_of(request))
    # A key for each who comes: of two who have the code, one opens it.
    envelope = Envelope(key=str(uuid4()), actor=f"link:{link_id}", at=state.clock.now())
    await state.application.execute(OpenPortalLink(), envelope, link_id)
    issued = await state.credentials.links.session(link_id)
    keep_in_browser(response, request, issued.token)
    caller = await state.credentials.caller(issued.token)
    kind, document_id = caller.document
    return OpenedLink(issued.token, issued.expires_at, kind, document_id, caller.customer_id)
