"""Acting on behalf of somebody: only of whoever has delegated, for as long as they have."""

from __future__ import annotations

from pytest_bdd import given, parsers, scenarios, when

from domain.identity import Role
from features.identity.people import People
from features.world import Story

scenarios("delegation.feature")


@given(parsers.parse("{by} has delegated to {to} for {days:d} days"))
def delegated(story: Story, by: str, to: str, days: int) -> None:
    api = story.world.api
    api.client.get("/whoami", headers={"As": to})
    api.done("/delegations", {"to": to, "days": days}, actor=by)


@when(parsers.parse("{by} ends the delegation to {to}"))
def ends(story: Story, by: str, to: str) -> None:
    story.world.api.done("/delegations/end", {"to": to}, actor=by)


@when(parsers.parse("{by} delegates to {to}"))
def delegates(story: Story, people: People, by: str, to: str) -> None:
    people.be("ida", Role.CUSTOMER_SIGNER, customer_id=story.world.customer)
    story.tries("/delegations", {"to": to}, As=by)


@when("ann withdraws the quote on behalf of chief")
def withdraws(story: Story) -> None:
    body = {"reason": "changed our mind"}
    story.tries(f"/quotes/{story.quote}/withdraw", body, **{"Q2C-On-Behalf-Of": "chief"})
