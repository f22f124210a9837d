"""Commands on links for people at customers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated
from uuid import UUID

from annotated_types import Ge, Le

from application.unit_of_work import Context
from domain.billing import Invoice
from domain.contracting import Contract
from domain.identity import DocumentKind, PortalLink
from domain.quoting import Quote
from domain.shared.aggregate import Aggregate
from domain.shared.refusal import NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class GivePortalLink:
    """Let somebody at a customer see one document that was sent there, without being a user."""

    document_kind: DocumentKind
    document_id: UUID
    customer_id: UUID
    may_accept: bool = False
    """Whether they may also accept or decline: of a quote."""
    days: Annotated[int, Ge(1), Le(30)] = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPortalLink:
    """Use a link, which works once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokePortalLink:
    """Let nobody use a link any more, and end what was begun with it."""


DOCUMENTS: Mapping[DocumentKind, type[Aggregate]] = {"quote": Quote, "contract": Contract, "invoice": Invoice}


class PortalLinks(Context):
    """Who sees a document without being a user."""

    async def give_portal_link(self, id: UUID, command: GivePortalLink) -> None:
        """To a document that was sent to the customer."""
        document = await self.work.read(DOCUMENTS[command.document_kind], command.document_id)
        if not document.belongs_to(command.customer_id):
            raise NotFound(f"That customer was sent no {command.document_kind} of that id.")
        link = self.work.new(PortalLink, id)
        link.give(
            command.document_kind,
            command.document_id,
            command.customer_id,
            may_accept=command.may_accept,
            expires_at=self.at + timedelta(days=command.days),
            at=self.at,
        )
        self.work.save(link)

    async def open_portal_link(self, id: UUID, command: OpenPortalLink) -> None:
        """Once."""
        link = await self.work.load(PortalLink, id)
        link.open(self.at)
        self.work.save(link)

    async def revoke_portal_link(self, id: UUID, command: RevokePortalLink) -> None:
        """From the next request on."""
        link = await self.work.load(PortalLink, id)
        link.revoke(self.at)
        self.work.save(link)
