"""A quote while it is written, up to the moment in which it is sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from domain.quoting.offer import (
    Offer,
    PriceChange,
    QuoteHasExpired,
    QuoteHasNoLines,
    Revision,
    price_changes,
)
from domain.shared.aggregate import Aggregate, Event
from domain.shared.document import Charge, Line, Totals, line_of
from domain.shared.purchase_order import PurchaseOrder


class QuoteDrafting(Aggregate, part=True):
    """What a quote offers: lines and prices, revision by revision."""

    offer: Offer
    purchase_order_reference: str | None = None
    purchase_order: PurchaseOrder | None = None

    def __init__(self, id: UUID) -> None:
        super().__init__(id)
        self.revisions: dict[int, Revision] = {}
        self.draft: Revision | None = None
        self.open: Revision | None = None
        """The revision that the customer may accept."""
        self.accepted: Revision | None = None

    class Drafted(Event):
        offer: Offer
        lines: tuple[Line, ...]
        valid_until: date
        totals: Totals

        def apply(self, quote: QuoteDrafting) -> None:
            quote.offer, quote.state = self.offer, "draft"
            lines = {line.line_id: line for line in self.lines}
            quote.draft = quote.revisions[1] = Revision(1, lines=lines, valid_until=self.valid_until)

    class LineAdded(Event):
        revision: int
        line: Line
        totals: Totals

        def apply(self, quote: QuoteDrafting) -> None:
            quote.revisions[self.revision].lines[self.line.line_id] = self.line

    class LineChanged(LineAdded):
        pass

    class LineRemoved(Event):
        revision: int
        line_id: str
        totals: Totals

        def apply(self, quote: QuoteDrafting) -> None:
            quote.revisions[self.revision].lines.pop(self.line_id)

    class Repriced(Event):
        revision: int
        price_book_version: int
        tax_table_version: int
        lines: tuple[Line, ...]
        changes: tuple[PriceChange, ...]
        totals_before: Totals
        totals: Totals
        charges: tuple[Charge, ...] | None = None
        """Taxed anew; None in what was recorded while they stayed as they were."""

        def apply(self, quote: QuoteDrafting) -> None:
            quote.revisions[self.revision].lines = {line.line_id: line for line in self.lines}
            quote.offer = replace(
                quote.offer,
                price_book_version=self.price_book_version,
                tax_table_version=self.tax_table_version,
                charges=quote.offer.charges if self.charges is None else self.charges,
            )

    class Sent(Event):
        revision: int
        document_sha256: str
        valid_until: date
        sent_by: str
        totals: Totals
        opportunity_id: UUID | None = None
        senders: tuple[str, ...] = ()
        """The sender, and on whose behalf; none in what was recorded before there was this field."""

        def apply(self, quote: QuoteDrafting) -> None:
            if quote.open is not None:
                quote.open.state = "superseded"
            sent = quote.revisions[self.revision]
            sent.state, sent.document_sha256 = "sent", self.document_sha256
            sent.senders = self.senders or (self.sent_by,)
            quote.open, quote.draft, quote.state = sent, None, "sent"

    def draft_quote(self, offer: Offer, lines: Sequence[Line], valid_until: date, at: datetime) -> None:
        """A new quote, all of its lines at once."""
        offer.check(lines)
        self.record(
            self.Drafted, at, offer=offer, lines=tuple(lines), valid_until=valid_until, totals=offer.totals(lines)
        )

    def next_line_id(self) -> str:
        """One more than the highest number among the draft's lines."""
        numbers = [int(line_id) for line_id in self._draft().lines if line_id.isdecimal()]
        return str(max(numbers, default=0) + 1)

    def add_line(self, line: Line, at: datetime) -> None:
        """One more line on the draft."""
        self.require("add_line")
        draft = self._draft()
        self.offer.check([*draft.lines.values(), line])
        after = [*draft.lines.values(), line]
        self.record(self.LineAdded, at, revision=draft.number, line=line, totals=self.offer.totals(after))

    def change_line(self, line: Line, at: datetime) -> None:
        """Another quantity or price of a line of the draft."""
        self.require("change_line")
        draft = self._draft()
        line_of(draft.lines.values(), line.line_id)
        after = {**draft.lines, line.line_id: line}
        self.offer.check(list(after.values()))
        self.record(self.LineChanged, at, revision=draft.number, line=line, totals=self.offer.totals(after.values()))

    def remove_line(self, line_id: str, at: datetime) -> None:
        """One line less on the draft."""
        self.require("remove_line")
        draft = self._draft()
        line_of(draft.lines.values(), line_id)
        after = [line for line in draft.lines.values() if line.line_id != line_id]
        self.record(self.LineRemoved, at, revision=draft.number, line_id=line_id, totals=self.offer.totals(after))

    def lines_of_draft(self) -> list[Line]:
        """As they are now."""
        return list(self._draft().lines.values())

    def reprice(
        self,
        lines: Sequence[Line],
        charges: tuple[Charge, ...],
        price_book_version: int,
        tax_table_version: int,
        at: datetime,
    ) -> None:
        """All lines of the draft at the prices and taxes of now, and its charges; what was sent stays as it was."""
        self.require("reprice")
        before, after = self.lines_of_draft(), replace(self.offer, charges=charges)
        after.check(lines)
        self.record(
            self.Repriced,
            at,
            revision=self._draft().number,
            price_book_version=price_book_version,
            tax_table_version=tax_table_version,
            lines=tuple(lines),
            changes=price_changes(before, lines),
            totals_before=self.offer.totals(before),
            totals=after.totals(lines),
            charges=charges,
        )

    def send(self, people: tuple[str, ...], at: datetime) -> None:
        """Show the draft to the customer: from now on it is immutable (Q2) and the one open revision (Q1)."""
        self.require("send")
        draft = self._draft()
        if not draft.lines:
            raise QuoteHasNoLines
        if draft.valid_until < self.offer.parties.today(at):
            raise QuoteHasExpired(f"Its last valid day would be {draft.valid_until}.", pointer="/valid_until")
        lines = list(draft.lines.values())
        self.record(
            self.Sent,
            at,
            revision=draft.number,
            document_sha256=self.offer.sha256(draft.number, lines, draft.valid_until),
            valid_until=draft.valid_until,
            sent_by=people[0],
            senders=people,
            totals=self.offer.totals(lines),
            opportunity_id=self.offer.opportunity_id,
        )

    def _draft(self) -> Revision:
        return there(self.draft)


def there(revision: Revision | None) -> Revision:
    if revision is None:
        raise AssertionError("the state allows the action only where there is such a revision")
    return revision
