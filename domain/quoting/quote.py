"""The quote and its life."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from domain.quoting.drafting import QuoteDrafting, there
from domain.quoting.offer import (
    AcceptanceEvidence,
    ExtensionNeedsAnotherPerson,
    QuoteHasExpired,
    QuoteIsStillValid,
    QuoteWasNotShownLikeThis,
    Revision,
)
from domain.shared.aggregate import Event
from domain.shared.approval import check_second_person
from domain.shared.assignment import Assignment
from domain.shared.document import Agreement, Line, Source
from domain.shared.purchase_order import PurchaseOrder
from domain.shared.refusal import Invalid


class Quote(QuoteDrafting):
    """An offer to one customer in one currency (Q10)."""

    ACTIONS = {
        "draft": ("add_line", "change_line", "remove_line", "reprice", "send", "withdraw"),
        "sent": ("accept", "decline", "expire", "withdraw", "extend", "revise"),
        "revising": (
            *("add_line", "change_line", "remove_line", "reprice", "send"),
            *("accept", "decline", "expire", "withdraw", "extend"),
        ),
        "accepted": (),
        "declined": ("revise",),
        "expired": ("extend", "revise"),
        "withdrawn": ("revise",),
        "converted": (),
    }
    CONSEQUENCES = {"accepted": ("convert",)}

    class Accepted(Event):
        revision: int
        document_sha256: str
        evidence: AcceptanceEvidence
        purchase_order_reference: str | None
        has_contract_terms: bool
        purchase_order: PurchaseOrder | None = None
        opportunity_id: UUID | None = None

        def apply(self, quote: Quote) -> None:
            quote.accepted, quote.open, quote.draft = quote.revisions[self.revision], None, None
            quote.accepted.state = quote.state = "accepted"
            quote.purchase_order_reference = self.purchase_order_reference
            quote.purchase_order = self.purchase_order

    class Declined(Event):
        revision: int
        reason: str

        def apply(self, quote: Quote) -> None:
            quote.end_revision("declined")

    class Expired(Event):
        revision: int

        def apply(self, quote: Quote) -> None:
            quote.end_revision("expired")

    class Withdrawn(Event):
        reason: str

        def apply(self, quote: Quote) -> None:
            quote.end_revision("withdrawn")
            quote.draft, quote.state = None, "withdrawn"

    class ValidityExtended(Event):
        revision: int
        valid_until: date
        extended_by: str
        keep_prices: bool = False
        """Whether the prices stay whatever the price book says by now."""

        def apply(self, quote: Quote) -> None:
            revision = quote.revisions[self.revision]
            revision.state, revision.valid_until = "sent", self.valid_until
            quote.open, quote.state = revision, "revising" if quote.draft else "sent"

    class Revised(Event):
        revision: int
        valid_until: date

        def apply(self, quote: Quote) -> None:
            lines = dict(quote.revisions[self.revision - 1].lines)
            quote.draft = Revision(self.revision, lines=lines, valid_until=self.valid_until)
            quote.revisions[self.revision] = quote.draft
            quote.state = "revising" if quote.open else "draft"

    class Converted(Event):
        revision: int
        document_id: UUID
        """The contract or order that it became (Q6)."""

        def apply(self, quote: Quote) -> None:
            quote.state = "converted"
            quote.revisions[self.revision].state = "converted"

    def end_revision(self, state: str) -> None:
        """The open revision ends; a draft beside it lives on."""
        if self.open is not None:
            self.open.state = state
        self.open, self.state = None, "draft" if self.draft else state

    @property
    def data_subject(self) -> UUID:
        """Its customer."""
        return self.offer.parties.sold_to_id

    def belongs_to(self, customer_id: UUID) -> bool:
        """Of the customer that it was sent to."""
        return self.state != "draft" and self.offer.parties.sold_to_id == customer_id

    def assignment(self) -> Assignment:
        """Its owner's, and whoever looks after the customer's."""
        return Assignment(customer_id=self.offer.parties.sold_to_id, owners=(self.offer.owner,))

    def accept(
        self,
        revision: int,
        document_sha256: str,
        evidence: AcceptanceEvidence,
        purchase_order_reference: str | None,
        at: datetime,
        *,
        purchase_order: PurchaseOrder | None = None,
    ) -> None:
        """The customer agrees to exactly what was sent, on its last valid day in the seller's zone at the latest."""
        self.require("accept")
        sent = self._open()
        if (revision, document_sha256) != (sent.number, sent.document_sha256):
            raise QuoteWasNotShownLikeThis(f"Revision {sent.number} is the open one.", pointer="/revision")
        if self.offer.parties.today(at) > sent.valid_until:
            raise QuoteHasExpired(f"Its last valid day was {sent.valid_until}.", state="expired", available=("extend",))
        self.record(
            self.Accepted,
            at,
            revision=revision,
            document_sha256=document_sha256,
            evidence=evidence,
            purchase_order_reference=purchase_order_reference,
            has_contract_terms=self.offer.contract_terms is not None,
            purchase_order=purchase_order,
            opportunity_id=self.offer.opportunity_id,
        )

    def decline(self, reason: str, at: datetime) -> None:
        """The customer does not want it."""
        self.require("decline")
        self.record(self.Declined, at, revision=self._open().number, reason=reason)

    def expire(self, at: datetime) -> None:
        """Make visible that the last valid day has passed; acceptance judges that by itself (Q4)."""
        self.require("expire")
        sent = self._open()
        if self.offer.parties.today(at) <= sent.valid_until:
            raise QuoteIsStillValid(f"Its last valid day is {sent.valid_until}.")
        self.record(self.Expired, at, revision=sent.number)

    def withdraw(self, reason: str, at: datetime) -> None:
        """The seller takes the quote back."""
        self.require("withdraw")
        self.record(self.Withdrawn, at, reason=reason)

    def lines_to_extend(self) -> list[Line]:
        """Of the revision that an extension would be of."""
        return list(self._extendable().lines.values())

    def extend(self, valid_until: date, people: tuple[str, ...], at: datetime, *, keep_prices: bool) -> None:
        """A later last valid day; once the old one has passed, by someone other than the sender (Q8)."""
        revision = self._extendable()
        today = self.offer.parties.today(at)
        if valid_until <= revision.valid_until or valid_until < today:
            raise Invalid("An extension ends later than before, and not in the past.", pointer="/valid_until")
        if today > revision.valid_until:
            check_second_person(revision.senders, people, ExtensionNeedsAnotherPerson)
        self.record(
            self.ValidityExtended,
            at,
            revision=revision.number,
            valid_until=valid_until,
            extended_by=people[0],
            keep_prices=keep_prices,
        )

    def revise(self, valid_until: date, at: datetime) -> None:
        """A new draft beside what was sent, with its lines; what was sent stays acceptable until the draft is sent."""
        self.require("revise")
        self.record(self.Revised, at, revision=max(self.revisions) + 1, valid_until=valid_until)

    def convert(self, document_id: UUID, at: datetime) -> Revision:
        """The accepted revision becomes that contract or order, once (Q6)."""
        self.require("convert")
        accepted = there(self.accepted)
        self.record(self.Converted, at, revision=accepted.number, document_id=document_id)
        return accepted

    def agreement(self, accepted: Revision, number: str) -> Agreement:
        """What the contract or order that it becomes takes over, under its own number."""
        return Agreement(
            number=number,
            source=Source("quote", self.id, self.offer.number, accepted.number),
            parties=self.offer.parties,
            currency=self.offer.currency,
            lines=tuple(accepted.lines.values()),
            charges=self.offer.charges,
            payment_terms=self.offer.payment_terms,
            purchase_order_reference=self.purchase_order_reference,
            owner=self.offer.owner,
            opportunity_id=self.offer.opportunity_id,
        )

    def _open(self) -> Revision:
        return there(self.open)

    def _extendable(self) -> Revision:
        self.require("extend")
        expired = (one for one in self.revisions.values() if one.state == "expired")
        return self.open or max(expired, key=lambda one: one.number)
