"""What the events of opportunities and their customers do to the pipeline."""

from __future__ import annotations

from typing import Any

from domain.crm import Customer, Opportunity, Prospect, Stage, StagePath
from domain.shared.aggregate import Event
from domain.shared.party import Contact
from projections.shared import Effect, Effects, Recorded, insert, update

DETAIL = """insert into stage_details (opportunity_id, stage, name, value)
    values (%(opportunity_id)s, %(stage)s, %(name)s, %(value)s)
    on conflict (opportunity_id, stage, name) do update set value = excluded.value"""
CONTACT = """insert into contacts (customer_id, name, email, phone)
    values (%(customer_id)s, %(name)s, %(email)s, %(phone)s)
    on conflict (customer_id, name) do update set email = excluded.email, phone = excluded.phone"""


class Opportunities:
    """Opportunities, the stages that they went through, and whose they are."""

    def customer_registered(self, event: Customer.Registered, recorded: Recorded) -> Effects:
        yield insert("customers", customer_id=event.originator_id, name=event.name)
        for contact in event.contacts:
            yield _contact(event, contact)

    def customer_changed(self, event: Customer.DetailsChanged, recorded: Recorded) -> Effects:
        yield update("customers", {"customer_id": event.originator_id}, name=event.name)

    def contact_added(self, event: Customer.ContactAdded, recorded: Recorded) -> Effects:
        yield _contact(event, event.contact)

    def stage_path_defined(self, event: StagePath.Defined, recorded: Recorded) -> Effects:
        path, version = event.originator_id, event.originator_version
        yield insert("stage_paths", stage_path_id=path, version=version, ordinal=recorded.position, name=event.name)
        for place, stage in enumerate(event.stages, 1):
            yield insert(
                "path_stages",
                stage_path_id=path,
                place=place,
                name=stage.name,
                forecast_category=stage.forecast_category,
                probability=stage.probability,
                reached_by=stage.reached_by,
                asks_for=list(stage.asks_for),
            )

    def opportunity_opened(self, event: Opportunity.Opened, recorded: Recorded) -> Effects:
        yield insert(
            "opportunities",
            opportunity_id=event.originator_id,
            version=event.originator_version,
            ordinal=recorded.position,
            number=event.number,
            state="open",
            owner=event.owner,
            path_name=event.path_name,
            **_stage(event.path[0]),
            stage_since=event.timestamp,
            opened_at=event.timestamp,
            last_activity_at=event.timestamp,
            **_prospect(event.prospect),
        )
        yield insert(
            "opportunity_stages",
            opportunity_id=event.originator_id,
            place=recorded.position,
            stage=event.path[0].name,
            forecast_category=event.path[0].forecast_category,
            state="open",
            actor=recorded.actor,
            entered_at=event.timestamp,
        )

    def opportunity_changed(self, event: Opportunity.Changed, recorded: Recorded) -> Effects:
        yield _opportunity(event, **_prospect(event.prospect))

    def owner_assigned(self, event: Opportunity.OwnerAssigned, recorded: Recorded) -> Effects:
        yield _opportunity(event, owner=event.owner)

    def opportunity_moved(self, event: Opportunity.Moved, recorded: Recorded) -> Effects:
        yield _history(event, recorded, event.stage, None)
        yield _opportunity(event, **_stage(event.stage))
        for detail in event.details:
            captured = {"stage": event.stage.name, "name": detail.name, "value": detail.value}
            yield Effect(DETAIL, {"opportunity_id": event.originator_id, **captured})

    def quote_attached(self, event: Opportunity.QuoteAttached, recorded: Recorded) -> Effects:
        primary = {"primary_quote_id": event.quote_id} if event.primary else {}
        yield _opportunity(event, customer_id=event.customer_id, **primary)

    def primary_quote_chosen(self, event: Opportunity.PrimaryQuoteChosen, recorded: Recorded) -> Effects:
        yield _opportunity(event, primary_quote_id=event.quote_id)

    def milestone_reached(self, event: Opportunity.MilestoneReached, recorded: Recorded) -> Effects:
        yield _history(event, recorded, event.stage, None)
        yield _opportunity(event, **_stage(event.stage))

    def opportunity_won(self, event: Opportunity.Won, recorded: Recorded) -> Effects:
        """A second order for it does not move the day on which it was won."""
        yield _history(event, recorded, event.stage, "won")
        yield Effect(
            "update opportunities set ended_at = %(at)s where opportunity_id = %(id)s and state <> 'won'",
            {"id": event.originator_id, "at": event.timestamp},
            rows=None,
        )
        yield _opportunity(event, state="won", reason=None, competitor=None, **_stage(event.stage))

    def order_cancelled_for_it(self, event: Opportunity.OrderCancelled, recorded: Recorded) -> Effects:
        yield _opportunity(event)

    def win_reversed(self, event: Opportunity.WinReversed, recorded: Recorded) -> Effects:
        yield _history(event, recorded, event.stage, "open")
        yield _opportunity(event, state="open", ended_at=None, **_stage(event.stage))

    def opportunity_lost(self, event: Opportunity.Lost, recorded: Recorded) -> Effects:
        yield _history(event, recorded, None, "lost")
        why = {"reason": event.reason, "competitor": event.competitor}
        yield _opportunity(event, state="lost", ended_at=event.timestamp, **why)

    def opportunity_abandoned(self, event: Opportunity.Abandoned, recorded: Recorded) -> Effects:
        yield _history(event, recorded, None, "abandoned")
        yield _opportunity(event, state="abandoned", ended_at=event.timestamp, reason=event.reason)

    def opportunity_reopened(self, event: Opportunity.Reopened, recorded: Recorded) -> Effects:
        yield _history(event, recorded, None, "open")
        ended = {"ended_at": None, "reason": None, "competitor": None}
        yield _opportunity(event, state="open", close_date=event.close_date, **ended)


def _contact(event: Event, contact: Contact) -> Effect:
    person = {"name": contact.name, "email": contact.email, "phone": contact.phone}
    return Effect(CONTACT, {"customer_id": event.originator_id, **person})


def _prospect(prospect: Prospect) -> dict[str, Any]:
    estimate = prospect.estimate
    return {
        "name": prospect.name,
        "customer_id": prospect.customer_id,
        "close_date": prospect.close_date,
        "estimate": None if estimate is None else estimate.amount,
        "currency": None if estimate is None else estimate.currency,
        "product_interest": prospect.product_interest,
        "source": prospect.source,
    }


def _stage(stage: Stage) -> dict[str, Any]:
    return {
        "stage": stage.name,
        "forecast_category": stage.forecast_category,
        "probability": stage.probability,
    }


def _opportunity(event: Event, **values: Any) -> Effect:
    changes = "".join(f", {name} = %({name})s" for name in values)
    if "stage" in values:
        changes += ", stage_since = case stage when %(stage)s then stage_since else %(event_at)s end"
    return Effect(
        f"""update opportunities set version = %(event_version)s,
            last_activity_at = greatest(last_activity_at, %(event_at)s){changes} where opportunity_id = %(event_of)s""",
        {
            **values,
            "event_of": event.originator_id,
            "event_version": event.originator_version,
            "event_at": event.timestamp,
        },
    )


def _history(event: Event, recorded: Recorded, stage: Stage | None, state: str | None) -> Effect:
    """A row where this is another stage or state than before. Told before the opportunity itself changes."""
    return Effect(
        """insert into opportunity_stages
                (opportunity_id, place, stage, forecast_category, state, actor, entered_at)
            select opportunity_id, %(place)s, coalesce(%(stage)s, stage), coalesce(%(category)s, forecast_category),
                coalesce(%(state)s, state), %(actor)s, %(at)s
            from opportunities where opportunity_id = %(id)s
                and (coalesce(%(stage)s, stage), coalesce(%(state)s, state)) <> (stage, state)""",
        {
            "id": event.originator_id,
            "place": recorded.position,
            "stage": stage and stage.name,
            "category": stage and stage.forecast_category,
            "state": state,
            "actor": recorded.actor,
            "at": event.timestamp,
        },
        rows=None,
    )
