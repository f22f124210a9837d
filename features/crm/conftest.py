"""What the features of customers and deals share: the opportunity of a scenario, its quotes, and a comment."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from pytest_bdd import given, parsers, then, when

from features.api import Json
from features.world import Story

TERMS = {"starts_on": "2026-03-02", "ends_on": "2026-06-01", "billing_trigger": "schedule"}


@dataclass
class Pursuit:
    """An opportunity and what has come of it."""

    story: Story
    id: str = ""
    quotes: list[str] = field(default_factory=list)
    activity: str = ""
    comment: str = ""

    def act(self, action: str, body: Json | None = None) -> None:
        """A command on it that may be refused."""
        self.story.tries(f"/opportunities/{self.id}/{action}", body)

    def view(self) -> Json:
        view: Json = self.story.world.api.get(f"/pipeline/opportunities/{self.id}")
        return view

    def row(self) -> Json:
        row: Json = self.view()["opportunity"]
        return row

    def deal(self) -> Json:
        """What its newest quote has become."""
        deal: Json = self.story.world.api.get("/pipeline/deals")["items"][0]
        return deal


@pytest.fixture
def pursuit(story: Story) -> Pursuit:
    return Pursuit(story)


@given(parsers.parse('an opportunity "{name}" of "{owner}", estimated at {amount} EUR, to be decided by {day}'))
def an_opportunity(pursuit: Pursuit, name: str, owner: str, amount: str, day: str) -> None:
    estimate = {"amount": amount, "currency": "EUR"}
    body = {"name": name, "owner": owner, "estimate": estimate, "close_date": day}
    pursuit.id = pursuit.story.world.api.done("/opportunities", body).id


@when(parsers.parse("a quote for {quantity} lamps is drafted for it"))
def quote_drafted(pursuit: Pursuit, quantity: str) -> None:
    _draft(pursuit, quantity)


@when(parsers.parse("a quote for {quantity} lamps for a term is drafted for it"))
def quote_for_a_term_drafted(pursuit: Pursuit, quantity: str) -> None:
    _draft(pursuit, quantity, contract_terms=TERMS)


@when(parsers.parse("a quote for {quantity} lamps is tried for it"))
def quote_tried(pursuit: Pursuit, quantity: str) -> None:
    world = pursuit.story.world
    pursuit.story.tries("/quotes", world.quote([("LAMP", quantity)], opportunity_id=pursuit.id))


@when("the quote is sent")
def quote_sent(pursuit: Pursuit) -> None:
    pursuit.story.world.api.done(f"/quotes/{pursuit.quotes[-1]}/send")


@when("the quote is accepted")
def quote_accepted(pursuit: Pursuit) -> None:
    pursuit.story.world.accept(pursuit.quotes[-1])


@then(parsers.parse('its deal is in stage "{stage}"'))
def deal_stage(pursuit: Pursuit, stage: str) -> None:
    assert pursuit.row()["deal_stage"] == stage
    assert (pursuit.deal()["stage"], pursuit.deal()["opportunity_id"]) == (stage, pursuit.id)


def same(shown: list[Json], datatable: list[list[str]]) -> None:
    """The columns of the table, row by row."""
    assert [[str(row[column]) for column in datatable[0]] for row in shown] == datatable[1:]


def _draft(pursuit: Pursuit, quantity: str, **more: object) -> None:
    world = pursuit.story.world
    body = world.quote([("LAMP", quantity)], opportunity_id=pursuit.id, **more)
    pursuit.quotes.append(world.api.done("/quotes", body).id)
