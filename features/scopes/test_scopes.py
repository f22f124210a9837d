"""What is whose: by customer, by owner, by team, today."""

from __future__ import annotations

import pytest
from pytest_bdd import given, parsers, scenarios, then, when

from application.identity import user_id
from domain.identity import Role
from features.api import Json
from features.scopes.people import asked, be, lead
from features.world import Story

scenarios("scopes.feature")


@pytest.fixture
def known() -> Json:
    """What else a scenario speaks of."""
    return {"customer": ""}


@given(parsers.re(r"(?P<logins>[\w ]+), who (is|are) (?P<role>sales_\w+)"))
def somebody(story: Story, logins: str, role: str) -> None:
    for login in logins.split(" and "):
        be(story.world.api, login, Role(role))


@given(parsers.parse("{login} looks after the customer"))
@when(parsers.parse("{login} looks after the customer from now on"))
def looks_after(story: Story, known: Json, login: str) -> None:
    api = story.world.api
    known["position"] = api.position
    api.done(f"/customers/{story.world.customer}/assign-representative", {"representative": login})


@given(parsers.parse("another customer, whom {login} looks after"))
def another(story: Story, known: Json, login: str) -> None:
    representative = None if login == "nobody" else login
    body = {"name": "Other KG", "address": {"country_code": "DE"}, "representative": representative}
    known["customer"] = story.world.api.done("/customers", body).id


@given(parsers.parse("a sent quote for {quantity} lamps to that customer"))
def sent_to(story: Story, known: Json, quantity: str) -> None:
    story.quote = story.world.sent_quote([("LAMP", quantity)], customer_id=known["customer"])


@given(parsers.parse("a sent quote for {quantity} lamps of {owner}"))
def sent_of(story: Story, quantity: str, owner: str) -> None:
    story.quote = story.world.sent_quote([("LAMP", quantity)], owner=owner)


@given("it was accepted, delivered and invoiced")
def invoiced(story: Story) -> None:
    story.world.accept(story.quote)
    story.order = story.world.the_only("/orders")["document"]["document_id"]
    story.world.api.done(f"/orders/{story.order}/fulfil")
    story.invoice = story.world.the_only("/invoices")["document"]["document_id"]


@given(parsers.parse("an opportunity of {owner}'s with the customer"))
def opportunity(story: Story, known: Json, owner: str) -> None:
    body = {"name": "Lamps", "owner": owner, "customer_id": story.world.customer}
    known["opportunity"] = story.world.api.done("/opportunities", body).id


@given(parsers.parse("{login} tells {name} about the customer"))
def tells(story: Story, known: Json, login: str, name: str) -> None:
    subject = {"kind": "customer", "id": story.world.customer}
    body = {"subject": subject, "body": "Do you know them?", "mentions": [name]}
    known["comment"] = story.world.api.done("/comments", body, actor=login).id


@when(parsers.parse("{login} drafts a quote for the customer"))
def drafts(story: Story, login: str) -> None:
    story.response = story.world.api.post("/quotes", story.world.quote(), As=login)


@when(parsers.parse("{login} drafts a quote for the opportunity"))
def drafts_for(story: Story, known: Json, login: str) -> None:
    body = story.world.quote(opportunity_id=known["opportunity"])
    story.response = story.world.api.post("/quotes", body, As=login)


@when(parsers.re(r"(?P<login>\w+) is led by (?P<manager>\w+) from (?P<since>[\d-]+)"))
def led_from(story: Story, login: str, manager: str, since: str) -> None:
    lead(story.world.api, None if manager == "nobody" else manager, login, since)


@when("rita is led by rob, and rob by mona")
def led_deeply(story: Story) -> None:
    lead(story.world.api, "rob", "rita")
    lead(story.world.api, "mona", "rob")


@when(parsers.parse("{login} is to be led by {manager}"))
def to_be_led(story: Story, login: str, manager: str) -> None:
    story.response = story.world.api.post(f"/users/{user_id(login)}/assign-manager", {"manager": manager})


@when(parsers.re(r"(?P<actor>\w+), who is (?P<role>\w+), puts (?P<login>\w+) into the team of (?P<manager>\w+)"))
def puts(story: Story, actor: str, role: str, login: str, manager: str) -> None:
    be(story.world.api, actor, Role(role))
    path = f"/users/{user_id(login)}/assign-manager"
    story.response = story.world.api.post(path, {"manager": manager}, As=actor)


@when("olga, who is sales_operations, puts rita into the team of mona, on behalf of mona")
def puts_for(story: Story) -> None:
    be(story.world.api, "olga", Role.SALES_OPERATIONS)
    story.world.api.done("/delegations", {"to": "olga"}, actor="mona")
    headers = {"As": "olga", "Q2C-On-Behalf-Of": "mona"}
    story.response = story.world.api.post(f"/users/{user_id('rita')}/assign-manager", {"manager": "mona"}, **headers)


@when("that customer is merged into the customer")
def merged(story: Story, known: Json) -> None:
    story.world.api.done(f"/customers/{known['customer']}/merge", {"into": story.world.customer})


@then(parsers.re(r"(?P<login>\w+) (?P<whether>sees|does not see) the (?P<kind>quote|order|customer)"))
def sees(story: Story, login: str, whether: str, kind: str) -> None:
    id = {"quote": story.quote, "order": story.order, "customer": story.world.customer}[kind]
    expected = 200 if whether == "sees" else 404
    assert asked(story.world.api, login, f"/{kind}s/{id}") == expected
    headers, api = {"As": login}, story.world.api
    items = api.client.get(f"/{kind}s", params={"after": api.position}, headers=headers).json()["items"]
    listed = {one.get("document_id") or one["customer_id"] for one in items}
    assert (id in listed) is (expected == 200)


@then(parsers.parse("{login} sees the quote, the order and the invoice"))
def sees_all(story: Story, login: str) -> None:
    paths = [f"/quotes/{story.quote}", f"/orders/{story.order}", f"/invoices/{story.invoice}"]
    assert [asked(story.world.api, login, path) for path in paths] == [200, 200, 200]


@then(parsers.re(r"(?P<login>\w+) (?P<whether>sees|does not see) the quote as it was before"))
def saw(story: Story, known: Json, login: str, whether: str) -> None:
    api = story.world.api
    asked(api, login, "/quotes")
    found = api.client.get(f"/quotes/{story.quote}", params={"position": known["position"]}, headers={"As": login})
    assert found.status_code == (200 if whether == "sees" else 404)


@then(parsers.re(r"(?P<login>\w+) (?P<whether>may|may not) withdraw the quote"))
def withdraws(story: Story, login: str, whether: str) -> None:
    answer = story.world.api.post(f"/quotes/{story.quote}/withdraw", {"reason": "not now"}, As=login)
    assert answer.status_code == (200 if whether == "may" else 404)


@then(parsers.parse("it waits for {login}"))
def waits(story: Story, known: Json, login: str) -> None:
    api = story.world.api
    work = api.client.get("/pipeline/my-work", params={"after": api.position, "owner": login}, headers={"As": login})
    assert [one["comment_id"] for one in work.json()["mentions"]] == [known["comment"]]


@then(parsers.parse("{login} has read it"))
def has_read(story: Story, known: Json, login: str) -> None:
    answer = story.world.api.post(f"/comments/{known['comment']}/read-mention", {}, As=login)
    assert answer.status_code == 200
