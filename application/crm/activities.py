"""Commands on what is done and said about a deal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, TypeVar
from uuid import UUID

from annotated_types import MaxLen

from application.constraints import LongText, OptionalText, Text
from application.unit_of_work import Context
from domain.billing import CreditNote, Invoice
from domain.contracting import Contract
from domain.crm import (
    Activity,
    ActivityKind,
    Comment,
    Customer,
    Occasion,
    Opportunity,
    Subject,
    SubjectKind,
)
from domain.ordering import Order
from domain.payments import Payment
from domain.quoting import Quote
from domain.shared.aggregate import Aggregate
from domain.shared.personal import PROFILE

T = TypeVar("T")

SUBJECTS: dict[SubjectKind, type[Aggregate]] = {
    "customer": Customer,
    "opportunity": Opportunity,
    "quote": Quote,
    "contract": Contract,
    "order": Order,
    "invoice": Invoice,
    "credit_note": CreditNote,
    "payment": Payment,
}
Mentions = Annotated[tuple[Text, ...], MaxLen(50)]
"""Actors, as they sign their commands."""
OptionalLongText = Annotated[str, MaxLen(5000)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Doing:
    """What is done, about what, and by whom."""

    kind: ActivityKind
    subject: Subject
    summary: Annotated[Text, PROFILE]
    notes: Annotated[OptionalLongText, PROFILE] = ""
    with_whom: Annotated[OptionalText, PROFILE] = ""
    owner: Text | None = None
    """Who says so, where not given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogActivity(Doing):
    """Log what has been done: a call, a visit, a message."""

    happened_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanActivity(Doing):
    """Plan what is to be done by a day."""

    due_date: date


@dataclass(frozen=True, slots=True, kw_only=True)
class RescheduleActivity:
    """Set another day by which it is to be done."""

    due_date: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ReassignActivity:
    """Give it to somebody else."""

    owner: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteActivity:
    """Say that it is done, and what came of it."""

    outcome: Annotated[OptionalLongText, PROFILE] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelActivity:
    """Say that it will not be done."""

    reason: LongText


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteComment:
    """Say something to colleagues about a deal."""

    subject: Subject
    body: Annotated[LongText, PROFILE]
    mentions: Mentions = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EditComment:
    """Say it otherwise; the earlier wording stays in its history."""

    body: Annotated[LongText, PROFILE]
    mentions: Mentions = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RetractComment:
    """Take a comment back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadMention:
    """Say that you have seen where you are mentioned."""


class Collaborating(Context):
    """What people do together on deals."""

    async def log_activity(self, activity_id: UUID, command: LogActivity) -> None:
        """It was done."""
        activity = self.work.new(Activity, activity_id)
        activity.log(await self._occasion(command), command.happened_on, self.at)
        self.work.save(activity)

    async def plan_activity(self, activity_id: UUID, command: PlanActivity) -> None:
        """It is to be done."""
        activity = self.work.new(Activity, activity_id)
        activity.plan(await self._occasion(command), command.due_date, self.at)
        self.work.save(activity)

    async def reschedule_activity(self, activity_id: UUID, command: RescheduleActivity) -> None:
        """It may wait, or may not."""
        activity = await self.work.load(Activity, activity_id)
        activity.reschedule(command.due_date, self.at)
        self.work.save(activity)

    async def reassign_activity(self, activity_id: UUID, command: ReassignActivity) -> None:
        """Somebody else does it."""
        activity = await self.work.load(Activity, activity_id)
        activity.reassign(command.owner, self.at)
        self.work.save(activity)

    async def complete_activity(self, activity_id: UUID, command: CompleteActivity) -> None:
        """It is done."""
        activity = await self.work.load(Activity, activity_id)
        command = await self._sealed(command, activity.occasion.subject)
        activity.complete(command.outcome, self.at)
        self.work.save(activity)

    async def cancel_activity(self, activity_id: UUID, command: CancelActivity) -> None:
        """Nobody does it."""
        activity = await self.work.load(Activity, activity_id)
        activity.cancel(command.reason, self.at)
        self.work.save(activity)

    async def write_comment(self, comment_id: UUID, command: WriteComment) -> None:
        """Something is said."""
        comment = self.work.new(Comment, comment_id)
        command = await self._sealed(command, command.subject)
        comment.write(command.subject, command.body, command.mentions, self.work.envelope.actor, self.at)
        self.work.save(comment)

    async def edit_comment(self, comment_id: UUID, command: EditComment) -> None:
        """It is said otherwise."""
        comment = await self.work.load(Comment, comment_id)
        command = await self._sealed(command, comment.subject)
        comment.edit(command.body, command.mentions, self.work.envelope.actor, self.at)
        self.work.save(comment)

    async def retract_comment(self, comment_id: UUID, command: RetractComment) -> None:
        """It is no longer said."""
        comment = await self.work.load(Comment, comment_id)
        comment.retract(self.work.envelope.actor, self.at)
        self.work.save(comment)

    async def read_mention(self, comment_id: UUID, command: ReadMention) -> None:
        """Who acts has seen it."""
        comment = await self.work.load(Comment, comment_id)
        comment.read_mention(self.work.envelope.actor, self.at)
        self.work.save(comment)

    async def _occasion(self, command: Doing) -> Occasion:
        command = await self._sealed(command, command.subject)
        return Occasion(
            kind=command.kind,
            subject=command.subject,
            owner=command.owner or self.work.envelope.actor,
            summary=command.summary,
            notes=command.notes,
            with_whom=command.with_whom,
        )

    async def _sealed(self, command: T, subject: Subject) -> T:
        """With what is said sealed for whoever it is about. Refuses what there is not."""
        about = await self.work.read(SUBJECTS[subject.kind], subject.id)
        return await self.work.sealed(command, about.data_subject)
