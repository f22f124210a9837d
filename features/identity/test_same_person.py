"""Two accounts of one person: declared, retracted, and what follows for rules of two persons."""

from __future__ import annotations

from fastapi import FastAPI
from pytest_bdd import given, parsers, scenarios, then, when

from application.access import STAFF
from application.identity import user_id
from domain.identity import Role
from features.api import Api, Json, SetClock
from features.rest.examples import REASON
from features.rest.shop import interrupted
from features.scopes.people import be
from features.world import Story
from infrastructure.catching_up import react_to

scenarios("same_person.feature")

ASK_AND_APPROVE = "request a credit note, and approve it"


@given("una, una-2, una-3 and otto, who may do everything")
def everybody(story: Story) -> None:
    for login in ("una", "una-2", "una-3", "otto"):
        be(story.world.api, login, *STAFF)


@given("ina, who is support, and ina-2, who is finance")
def two_duties(story: Story) -> None:
    be(story.world.api, "ina", Role.SUPPORT)
    be(story.world.api, "ina-2", Role.FINANCE)


@given("admin, who is an administrator")
def administrator(story: Story) -> None:
    be(story.world.api, "admin", Role.ADMINISTRATOR)


@given(parsers.parse("otto has declared {one} and {other} to be one person"))
def declared(story: Story, one: str, other: str) -> None:
    story.world.api.done(f"/users/{user_id(one)}/declare-same-person", {"login": other}, actor="otto")


@when(parsers.parse("{by} declares {one} and {other} to be one person"))
def declares(story: Story, by: str, one: str, other: str) -> None:
    story.tries(f"/users/{user_id(one)}/declare-same-person", {"login": other}, As=by)


@when(parsers.parse("{by} retracts that {login} is the same person"))
def retracts(story: Story, by: str, login: str) -> None:
    story.tries(f"/users/{user_id(login)}/retract-same-person", REASON, As=by)


@when(parsers.parse("otto deactivates {login}"))
def deactivates(story: Story, login: str) -> None:
    story.world.api.done(f"/users/{user_id(login)}/deactivate", actor="otto")


@when(parsers.parse("{by} reactivates {login}"))
def reactivates(story: Story, by: str, login: str) -> None:
    story.tries(f"/users/{user_id(login)}/reactivate", As=by)


@when(parsers.parse("{by} delegates to {to}"))
def delegates(story: Story, by: str, to: str) -> None:
    story.tries("/delegations", {"to": to}, As=by)


@given("una has asked for a credit", target_fixture="credit")
@when("una has asked for a credit", target_fixture="credit")
def asked(story: Story) -> str:
    body = {
        "seller_id": story.world.seller,
        "customer_id": story.world.customer,
        "currency": "EUR",
        "kind": "volume_bonus",
        "period": {"first": "2025-01-01", "last": "2025-12-31"},
        "lines": [{"item_name": "Bonus", "quantity": "1", "net_price": "10.00"}],
    }
    return story.world.api.done("/credit-notes/request", {**body, **REASON}, actor="una").id


@given("una-2 has approved the credit")
@when("una-2 approves the credit")
def approves(story: Story, credit: str) -> None:
    story.tries(f"/credit-notes/{credit}/approve", As="una-2")


@when("una accepts a quote beyond the credit limit")
def accepts(story: Story) -> None:
    _accepts_beyond(story, story.world.api)


@when("una accepts a quote beyond the credit limit, and the worker does what follows")
def accepts_and_worker_follows(story: Story, database_url: str, clock: SetClock) -> None:
    with interrupted(database_url, clock) as other:
        _accepts_beyond(story, other)
    app, portal = story.world.api.client.app, story.world.api.client.portal
    assert isinstance(app, FastAPI)
    assert portal is not None
    for recorded in portal.call(app.state.system.log.read, 0, 100_000):
        portal.call(react_to, app.state.application, recorded)
    story.world.api.position = portal.call(app.state.system.log.head)


def _accepts_beyond(story: Story, api: Api) -> None:
    world = story.world
    limit = {"seller_id": world.seller, "customer_id": world.customer, "limit": "1", "currency": "EUR"}
    world.api.done("/credit-limits", limit, actor="otto")
    quote = world.sent_quote()
    api.done(f"/quotes/{quote}/accept", world.acceptance(quote), actor="una")


@when("una-2 releases the hold")
def releases(story: Story) -> None:
    (order,) = story.world.api.get("/orders")["items"]
    story.tries(f"/orders/{order['document_id']}/release-hold", REASON, As="una-2")


@when("compliance looks back", target_fixture="found")
def looks_back(story: Story) -> Json:
    return {each["rule"]: each for each in story.world.api.get("/segregation-of-duties")}


@then(parsers.parse("{login} has the other accounts {others}"))
def has(story: Story, login: str, others: str) -> None:
    listed = {row["login"]: row["other_accounts"] for row in story.world.api.get("/users")["items"]}
    assert sorted(listed[login]) == ([] if others == "none" else others.split(", "))


@then(parsers.parse('the history of {login} ends with "{happened}" by {by}'))
def ends_with(story: Story, login: str, happened: str, by: str) -> None:
    last = story.world.api.get(f"/history/{user_id(login)}")["entries"][-1]
    assert (last["happened"], last["actor"]) == (happened, by)


@then("nobody did both")
def nobody(found: Json) -> None:
    assert found[ASK_AND_APPROVE]["did"] == []


@then("una asked for the credit and una-2 approved it as one person")
def both(found: Json, credit: str) -> None:
    (did,) = found[ASK_AND_APPROVE]["did"]
    assert (did["first_login"], did["login"]) == ("una", "una-2")
    assert did["first_thing"] == did["second_thing"] == credit


@then(parsers.re(r"ina could (?P<no>not )?both ask for a credit and approve it"))
def could(found: Json, no: str | None) -> None:
    assert ("ina" in [each["login"] for each in found[ASK_AND_APPROVE]["could"]]) is not bool(no)
