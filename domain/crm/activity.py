"""What people do about a deal: calls, visits, messages, tasks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from domain.crm.subject import Subject
from domain.shared.aggregate import Aggregate, Event
from domain.shared.assignment import Assignment
from domain.shared.party import local_date
from domain.shared.personal import Profile
from domain.shared.refusal import Invalid

ActivityKind = Literal["call", "visit", "message", "email", "meeting", "task"]
FIRST_TO_SEE_A_DAY = "Pacific/Kiritimati"


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """What an activity is, and what it is about."""

    kind: ActivityKind
    subject: Subject
    owner: str
    """Who does it."""
    summary: Profile
    notes: Profile = ""
    with_whom: Profile = ""


class Activity(Aggregate):
    """One thing done, or to be done by a day."""

    ACTIONS = {"planned": ("complete", "reschedule", "reassign", "cancel"), "done": (), "cancelled": ()}

    occasion: Occasion
    owner: str
    due_date: date | None = None
    outcome: str = ""

    class Logged(Event):
        occasion: Occasion
        happened_on: date

        def apply(self, activity: Activity) -> None:
            activity.state, activity.occasion, activity.owner = "done", self.occasion, self.occasion.owner

    class Planned(Event):
        occasion: Occasion
        due_date: date

        def apply(self, activity: Activity) -> None:
            activity.state, activity.occasion, activity.owner = "planned", self.occasion, self.occasion.owner
            activity.due_date = self.due_date

    class Rescheduled(Event):
        due_date: date

        def apply(self, activity: Activity) -> None:
            activity.due_date = self.due_date

    class Reassigned(Event):
        owner: str

        def apply(self, activity: Activity) -> None:
            activity.owner = self.owner

    class Completed(Event):
        outcome: Profile

        def apply(self, activity: Activity) -> None:
            activity.state, activity.outcome = "done", self.outcome

    class Cancelled(Event):
        reason: str

        def apply(self, activity: Activity) -> None:
            activity.state, activity.outcome = "cancelled", self.reason

    def assignment(self) -> Assignment:
        """Theirs who do it, and who have what it is about."""
        return Assignment(owners=(self.owner,), follows=(self.occasion.subject.kind, self.occasion.subject.id))

    def log(self, occasion: Occasion, happened_on: date, at: datetime) -> None:
        """It has happened."""
        if happened_on > local_date(at, FIRST_TO_SEE_A_DAY):
            raise Invalid("What lies ahead is planned.", pointer="/happened_on")
        self.record(self.Logged, at, occasion=occasion, happened_on=happened_on)

    def plan(self, occasion: Occasion, due_date: date, at: datetime) -> None:
        """It is to be done by that day."""
        self.record(self.Planned, at, occasion=occasion, due_date=due_date)

    def reschedule(self, due_date: date, at: datetime) -> None:
        """By another day."""
        self.require("reschedule")
        self.record(self.Rescheduled, at, due_date=due_date)

    def reassign(self, owner: str, at: datetime) -> None:
        """By somebody else."""
        self.require("reassign")
        self.record(self.Reassigned, at, owner=owner)

    def complete(self, outcome: str, at: datetime) -> None:
        """It is done, and what came of it."""
        self.require("complete")
        self.record(self.Completed, at, outcome=outcome)

    def cancel(self, reason: str, at: datetime) -> None:
        """It will not be done."""
        self.require("cancel")
        self.record(self.Cancelled, at, reason=reason)
