"""Links by which somebody at a customer sees one document without being a user."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from domain.shared.aggregate import Aggregate, Event
from domain.shared.assignment import Assignment
from domain.shared.refusal import Invalid, Refusal

DocumentKind = Literal["quote", "contract", "invoice"]


class LinkIsOver(Refusal):
    """A link is opened once, before it expires and unless it is revoked."""


class PortalLink(Aggregate):
    """A link to one document of one customer. Whoever opens it acts for that customer, on that document only."""

    ACTIONS = {"given": ("revoke",), "opened": ("revoke",), "revoked": ()}

    document_kind: DocumentKind
    document_id: UUID
    customer_id: UUID
    may_accept: bool
    expires_at: datetime

    class Given(Event):
        document_kind: DocumentKind
        document_id: UUID
        customer_id: UUID
        may_accept: bool
        """Whether whoever opens it may bind the customer, and not only look."""
        expires_at: datetime

        def apply(self, link: PortalLink) -> None:
            link.state, link.document_kind, link.document_id = "given", self.document_kind, self.document_id
            link.customer_id, link.may_accept, link.expires_at = self.customer_id, self.may_accept, self.expires_at

    class Opened(Event):
        def apply(self, link: PortalLink) -> None:
            link.state = "opened"

    class Revoked(Event):
        def apply(self, link: PortalLink) -> None:
            link.state = "revoked"

    def assignment(self) -> Assignment:
        """Theirs who have the document."""
        return Assignment(customer_id=self.customer_id, follows=(self.document_kind, self.document_id))

    def give(
        self,
        document_kind: DocumentKind,
        document_id: UUID,
        customer_id: UUID,
        *,
        may_accept: bool,
        expires_at: datetime,
        at: datetime,
    ) -> None:
        """Somebody at that customer may see that document."""
        if may_accept and document_kind != "quote":
            raise Invalid("Only a quote is accepted.", pointer="/may_accept")
        self.record(
            self.Given,
            at,
            document_kind=document_kind,
            document_id=document_id,
            customer_id=customer_id,
            may_accept=may_accept,
            expires_at=expires_at,
        )

    def open(self, at: datetime) -> None:
        """Somebody who was given link and code is there."""
        if self.state != "given" or at >= self.expires_at:
            raise LinkIsOver(state=self.state)
        self.record(self.Opened, at)

    def revoke(self, at: datetime) -> None:
        """Nobody opens it any more, and whoever has is out."""
        self.require("revoke")
        self.record(self.Revoked, at)
