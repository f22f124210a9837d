"""What activities and comments do to the pipeline."""

from __future__ import annotations

from datetime import date
from typing import Any

from domain.crm import Activity, Comment, Occasion, Subject
from domain.shared.aggregate import Event
from projections.shared import Effect, Effects, Recorded, insert, update

TOUCHED = """update opportunities set last_activity_at = greatest(last_activity_at, %(at)s)
    where opportunity_id in (select %(id)s::uuid union select opportunity_id from deals
        where %(id)s in (deal_id, contract_id, order_id))"""
COMPLETED = """update opportunities set last_activity_at = greatest(last_activity_at, %(at)s)
    where opportunity_id in (select subject_id from activities where activity_id = %(id)s
        union select opportunity_id from deals join activities on subject_id in (deal_id, contract_id, order_id)
        where activity_id = %(id)s)"""
MENTION = """insert into mentions (comment_id, name) values (%(comment_id)s, %(name)s)
    on conflict (comment_id, name) do nothing"""


class Collaboration:
    """What people do and say about deals, and whom they mention."""

    def activity_logged(self, event: Activity.Logged, recorded: Recorded) -> Effects:
        yield _begun(event, recorded, event.occasion, "done", None, event.happened_on)
        yield _touched(event, event.occasion.subject)

    def activity_planned(self, event: Activity.Planned, recorded: Recorded) -> Effects:
        yield _begun(event, recorded, event.occasion, "planned", event.due_date, None)
        yield _touched(event, event.occasion.subject)

    def activity_rescheduled(self, event: Activity.Rescheduled, recorded: Recorded) -> Effects:
        yield _activity(event, due_date=event.due_date)

    def activity_reassigned(self, event: Activity.Reassigned, recorded: Recorded) -> Effects:
        yield _activity(event, owner=event.owner)

    def activity_completed(self, event: Activity.Completed, recorded: Recorded) -> Effects:
        """What is done on a deal keeps it from being stale."""
        at = event.timestamp
        yield _activity(event, state="done", outcome=event.outcome, happened_on=at.date())
        yield Effect(COMPLETED, {"id": event.originator_id, "at": at}, rows=None)

    def activity_cancelled(self, event: Activity.Cancelled, recorded: Recorded) -> Effects:
        yield _activity(event, state="cancelled", outcome=event.reason)

    def comment_written(self, event: Comment.Written, recorded: Recorded) -> Effects:
        yield insert(
            "comments",
            comment_id=event.originator_id,
            version=event.originator_version,
            ordinal=recorded.position,
            state="written",
            subject_kind=event.subject.kind,
            subject_id=event.subject.id,
            author=event.author,
            body=event.body,
            mentions=list(event.mentions),
            written_at=event.timestamp,
        )
        yield from _mentioned(event, event.mentions)
        yield _touched(event, event.subject)

    def comment_edited(self, event: Comment.Edited, recorded: Recorded) -> Effects:
        yield _comment(event, body=event.body, mentions=list(event.mentions), edited_at=event.timestamp)
        yield Effect(
            "delete from mentions where comment_id = %(id)s and not name = any(%(names)s)",
            {"id": event.originator_id, "names": list(event.mentions)},
            rows=None,
        )
        yield from _mentioned(event, event.mentions)

    def comment_retracted(self, event: Comment.Retracted, recorded: Recorded) -> Effects:
        yield _comment(event, state="retracted", body="")
        yield Effect("delete from mentions where comment_id = %(id)s", {"id": event.originator_id}, rows=None)

    def mention_read(self, event: Comment.MentionRead, recorded: Recorded) -> Effects:
        yield _comment(event)
        yield update("mentions", {"comment_id": event.originator_id, "name": event.reader}, read_at=event.timestamp)


def _begun(
    event: Event, recorded: Recorded, occasion: Occasion, state: str, due_date: date | None, happened_on: date | None
) -> Effect:
    return insert(
        "activities",
        activity_id=event.originator_id,
        version=event.originator_version,
        ordinal=recorded.position,
        state=state,
        kind=occasion.kind,
        subject_kind=occasion.subject.kind,
        subject_id=occasion.subject.id,
        owner=occasion.owner,
        summary=occasion.summary,
        notes=occasion.notes,
        with_whom=occasion.with_whom,
        due_date=due_date,
        happened_on=happened_on,
        outcome="",
    )


def _activity(event: Event, **values: Any) -> Effect:
    return update("activities", {"activity_id": event.originator_id}, version=event.originator_version, **values)


def _comment(event: Event, **values: Any) -> Effect:
    return update("comments", {"comment_id": event.originator_id}, version=event.originator_version, **values)


def _mentioned(event: Event, names: tuple[str, ...]) -> Effects:
    for name in names:
        yield Effect(MENTION, {"comment_id": event.originator_id, "name": name}, rows=None)


def _touched(event: Event, subject: Subject) -> Effect:
    """The opportunity that it is about, or whose quote, contract or order."""
    return Effect(TOUCHED, {"id": subject.id, "at": event.timestamp}, rows=None)
