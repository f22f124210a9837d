"""What the events of quotes do to the documents."""

from __future__ import annotations

from typing import Any

from domain.quoting import Quote
from projections.documents.statements import (
    LINE,
    NEXT_PLACE,
    after_end,
    amounts,
    back_to,
    changed,
    charges_of,
    copied_to,
    document_row,
    extended,
    line_values,
    lines_of,
    repriced,
    revision_row,
    taxes_of,
)
from projections.shared import Effect, Effects, Recorded, delete, update


class Quotes:
    """Quotes, and their revisions."""

    def quote_drafted(self, event: Quote.Drafted, recorded: Recorded) -> Effects:
        offer = event.offer
        yield document_row(
            event,
            recorded,
            "quote",
            number=offer.number,
            state="draft",
            parties=offer.parties,
            totals=event.totals,
            owner=offer.owner,
            last_day=event.valid_until,
            revision=1,
            payment_terms=offer.payment_terms.note,
        )
        yield from lines_of(event.originator_id, event.lines, revision=1)
        yield from charges_of(event.originator_id, offer.charges)
        yield from taxes_of(event.originator_id, event.totals, revision=1)
        yield revision_row(event.originator_id, 1, event.valid_until, event.totals)

    def quote_line_added(self, event: Quote.LineAdded, recorded: Recorded) -> Effects:
        yield Effect(
            LINE.replace("%(place)s", NEXT_PLACE),
            line_values(event.originator_id, event.revision, 0, event.line),
        )
        yield from repriced(event, event.revision, event.totals)

    def quote_line_changed(self, event: Quote.LineChanged, recorded: Recorded) -> Effects:
        values = line_values(event.originator_id, event.revision, 0, event.line)
        keys = {name: values.pop(name) for name in ("document_id", "revision", "line_id")}
        del values["place"]
        yield update("lines", keys, **values)
        yield from repriced(event, event.revision, event.totals)

    def quote_line_removed(self, event: Quote.LineRemoved, recorded: Recorded) -> Effects:
        keys = {"document_id": event.originator_id, "revision": event.revision, "line_id": event.line_id}
        yield delete("lines", keys)
        yield from repriced(event, event.revision, event.totals)

    def quote_repriced(self, event: Quote.Repriced, recorded: Recorded) -> Effects:
        yield delete("lines", {"document_id": event.originator_id, "revision": event.revision}, rows=None)
        yield from lines_of(event.originator_id, event.lines, event.revision)
        if event.charges is not None:
            yield delete("charges", {"document_id": event.originator_id}, rows=None)
            yield from charges_of(event.originator_id, event.charges)
        yield from repriced(event, event.revision, event.totals)

    def quote_sent(self, event: Quote.Sent, recorded: Recorded) -> Effects:
        shown: dict[str, Any] = {"document_sha256": event.document_sha256, "last_day": event.valid_until}
        keys = {"document_id": event.originator_id, "revision": event.revision}
        yield changed(event, state="sent", revision=event.revision, **shown, **amounts(event.totals))
        yield update("revisions", keys, **shown)

    def quote_accepted(self, event: Quote.Accepted, recorded: Recorded) -> Effects:
        yield changed(event, state="accepted", purchase_order_reference=event.purchase_order_reference)
        yield back_to(event.originator_id, event.revision)

    def quote_declined(self, event: Quote.Declined, recorded: Recorded) -> Effects:
        yield after_end(event, "declined", event.reason)

    def quote_expired(self, event: Quote.Expired, recorded: Recorded) -> Effects:
        yield after_end(event, "expired", None)

    def quote_withdrawn(self, event: Quote.Withdrawn, recorded: Recorded) -> Effects:
        yield changed(event, state="withdrawn", reason=event.reason)

    def quote_extended(self, event: Quote.ValidityExtended, recorded: Recorded) -> Effects:
        keys = {"document_id": event.originator_id, "revision": event.revision}
        yield update("revisions", keys, last_day=event.valid_until)
        yield extended(event)

    def quote_revised(self, event: Quote.Revised, recorded: Recorded) -> Effects:
        yield from copied_to(event)
        yield Effect(
            """update documents set version = %(version)s, revision = %(revision)s, document_sha256 = null,
                state = case state when 'sent' then 'revising' else 'draft' end, last_day = %(last_day)s
                where document_id = %(id)s""",
            {
                "id": event.originator_id,
                "version": event.originator_version,
                "revision": event.revision,
                "last_day": event.valid_until,
            },
        )

    def quote_converted(self, event: Quote.Converted, recorded: Recorded) -> Effects:
        yield changed(event, state="converted")
