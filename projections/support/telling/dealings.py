"""What is told of opportunities, and of what people do and say about a deal."""

from __future__ import annotations

from domain.crm import Activity, Comment, HandOver, Opportunity
from domain.crm.activity import Occasion
from domain.crm.subject import Subject
from projections.support.telling.told import NUMBER, OTHER, Told, because, ended, told


@told.register
def _(event: Opportunity.Opened) -> Told:
    estimate = f", estimated at {event.prospect.estimate}" if event.prospect.estimate else ""
    return Told(f"Opportunity {NUMBER} was opened{estimate}: {ended(event.prospect.name)}")


@told.register
def _(event: Opportunity.Changed) -> Told:
    prospect = event.prospect
    estimate = f", estimated at {prospect.estimate}" if prospect.estimate else ""
    close = f", expected to close on {prospect.close_date}" if prospect.close_date else ""
    return Told(f"Opportunity {NUMBER} was changed: {prospect.name}{estimate}{close}.")


@told.register
def _(event: Opportunity.OwnerAssigned) -> Told:
    return Told(f"Opportunity {NUMBER} is {event.owner}'s from now on.")


@told.register
def _(event: Opportunity.Moved) -> Told:
    details = "; ".join(f"{one.name}: {one.value}" for one in event.details)
    return Told(f"Opportunity {NUMBER} moved to stage {event.stage.name}{because(details)}")


@told.register
def _(event: Opportunity.PrimaryQuoteChosen) -> Told:
    return Told(f"Opportunity {NUMBER} stands for the amount of quote {OTHER}.", event.quote_id)


@told.register
def _(event: Opportunity.Won) -> Told:
    if event.order_id is None:
        return Told(f"Opportunity {NUMBER} was won.")
    return Told(f"Opportunity {NUMBER} was won by order {OTHER}.", event.order_id)


@told.register
def _(event: Opportunity.WinReversed) -> Told:
    return Told(f"Opportunity {NUMBER} is open again, since order {OTHER} was cancelled.", event.order_id)


@told.register
def _(event: Opportunity.Lost) -> Told:
    to = f" to {event.competitor}" if event.competitor else ""
    return Told(f"Opportunity {NUMBER} was lost{to}{because(event.reason)}")


@told.register
def _(event: Opportunity.Abandoned) -> Told:
    return Told(f"Opportunity {NUMBER} was given up{because(event.reason)}")


@told.register
def _(event: Opportunity.Reopened) -> Told:
    close = f", to be decided by {event.close_date}" if event.close_date else ""
    return Told(f"Opportunity {NUMBER} was reopened{close}.")


@told.register
def _(event: Activity.Logged) -> Told:
    occasion = event.occasion
    what = f"{_with(occasion).capitalize()}{_about(occasion.subject)} on {event.happened_on}"
    return Told(f"{what}{because(occasion.summary)}", is_contact=True)


@told.register
def _(event: Activity.Planned) -> Told:
    occasion = event.occasion
    what = f"{_with(occasion).capitalize()}{_about(occasion.subject)} is planned for {event.due_date}"
    return Told(f"{what}{because(occasion.summary)}")


@told.register
def _(event: Activity.Rescheduled) -> Told:
    return Told(f"The {OTHER} is now planned for {event.due_date}.")


@told.register
def _(event: Activity.Reassigned) -> Told:
    return Told(f"The {OTHER} is now {event.owner}'s.")


@told.register
def _(event: Activity.Completed) -> Told:
    return Told(f"The {OTHER} was done{because(event.outcome)}", is_contact=True)


@told.register
def _(event: Activity.Cancelled) -> Told:
    return Told(f"The {OTHER} will not be done{because(event.reason)}")


@told.register
def _(event: Comment.Written) -> Told:
    return Told(f"{event.author} said{_about(event.subject)}: {ended(event.body)}")


@told.register
def _(event: Comment.Edited) -> Told:
    return Told(f"What was said now reads: {ended(event.body)}")


@told.register
def _(event: HandOver.Prepared) -> Told:
    return Told(f"Order {NUMBER} was handed over to finance by {event.owner}.")


@told.register
def _(event: HandOver.Acknowledged) -> Told:
    return Told(f"Finance took over order {NUMBER}.")


@told.register
def _(event: HandOver.Returned) -> Told:
    return Told(f"Finance asked about order {NUMBER}: {ended(event.question)}")


@told.register
def _(event: HandOver.Answered) -> Told:
    return Told(f"Finance was answered about order {NUMBER}: {ended(event.answer)}")


def _with(occasion: Occasion) -> str:
    kind = {"email": "an e-mail"}.get(occasion.kind, f"a {occasion.kind}")
    return f"{kind} with {occasion.with_whom}" if occasion.with_whom else kind


def _about(subject: Subject) -> str:
    return "" if subject.kind == "customer" else f" about {subject.kind.replace('_', ' ')} {NUMBER}"
