"""What the events of opportunities do, and of what people do and say about a deal."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from domain.crm import Activity, Comment, HandOver, Opportunity
from domain.crm.activity import Occasion
from domain.crm.opportunity import Prospect
from domain.shared.aggregate import Event
from projections.shared import Effect, Effects, Recorded, insert, update
from projections.support.statements import changed, dealing, found_by, found_by_name


class Opportunities:
    """Opportunities; their amount is the estimate, until a quote says better."""

    def opportunity_opened(self, event: Opportunity.Opened, recorded: Recorded) -> Effects:
        yield insert(
            "records",
            record_id=event.originator_id,
            kind="opportunity",
            ordinal=recorded.position,
            number=event.number,
            state="open",
            document_date=event.timestamp.astimezone(UTC).date(),
            time_zone="UTC",
            **_prospect(event.prospect),
        )
        yield from found_by(event.originator_id, ("number", event.number))
        yield found_by_name(event.originator_id, event.prospect.name)

    def opportunity_changed(self, event: Opportunity.Changed, recorded: Recorded) -> Effects:
        yield changed(event, **_prospect(event.prospect))
        yield found_by_name(event.originator_id, event.prospect.name)
        yield _told_to(event, event.prospect.customer_id)

    def quote_attached(self, event: Opportunity.QuoteAttached, recorded: Recorded) -> Effects:
        estimate = {"currency": None, "total_amount": None} if event.primary else {}
        yield changed(event, customer_id=event.customer_id, **estimate)
        yield _told_to(event, event.customer_id)

    def opportunity_won(self, event: Opportunity.Won, recorded: Recorded) -> Effects:
        yield changed(event, state="won")

    def win_reversed(self, event: Opportunity.WinReversed, recorded: Recorded) -> Effects:
        yield changed(event, state="open")

    def opportunity_lost(self, event: Opportunity.Lost, recorded: Recorded) -> Effects:
        yield changed(event, state="lost")

    def opportunity_abandoned(self, event: Opportunity.Abandoned, recorded: Recorded) -> Effects:
        yield changed(event, state="abandoned")

    def opportunity_reopened(self, event: Opportunity.Reopened, recorded: Recorded) -> Effects:
        yield changed(event, state="open")


def _prospect(prospect: Prospect) -> dict[str, Any]:
    return {
        "name": prospect.name,
        "customer_id": prospect.customer_id,
        "last_day": prospect.close_date,
        "currency": prospect.estimate.currency if prospect.estimate else None,
        "total_amount": prospect.estimate.amount if prospect.estimate else None,
    }


def _told_to(event: Event, customer_id: Any) -> Effect:
    """Whose it turns out to be, what was told of it before included."""
    return update("timeline", {"record_id": event.originator_id}, rows=None, customer_id=customer_id)


class Dealings:
    """Activities, comments and hand-overs: told of the record that they are about."""

    def activity_logged(self, event: Activity.Logged, recorded: Recorded) -> Effects:
        yield _activity(event, event.occasion)

    def activity_planned(self, event: Activity.Planned, recorded: Recorded) -> Effects:
        yield _activity(event, event.occasion)

    def comment_written(self, event: Comment.Written, recorded: Recorded) -> Effects:
        yield dealing(event, event.subject.id)

    def comment_retracted(self, event: Comment.Retracted, recorded: Recorded) -> Effects:
        yield update(
            "timeline", {"dealing_id": event.originator_id}, rows=None, sentence="A comment was written and taken back."
        )

    def hand_over_prepared(self, event: HandOver.Prepared, recorded: Recorded) -> Effects:
        yield dealing(event, event.order_id)


def _activity(event: Event, occasion: Occasion) -> Effect:
    label = f"{occasion.kind} “{occasion.summary}”"
    return dealing(event, occasion.subject.id, label, is_contact=occasion.kind != "task")
