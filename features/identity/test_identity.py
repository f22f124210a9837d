"""Who may act: signing in, tokens that end, roles that are granted and taken back, and what is another customer's."""

from __future__ import annotations

import json
from contextlib import ExitStack
from typing import Any

import pytest
from fastapi import FastAPI
from pytest_bdd import given, parsers, scenarios, then, when

from application.identity import user_id
from features.api import NOBODY, SetClock, running_api
from features.identity.people import People
from features.rest.shop import PASSWORD
from features.world import Story

scenarios("identity.feature")


@when(parsers.parse("nobody asks for {path}"))
def nobody_asks(story: Story, path: str) -> None:
    story.response = story.world.api.client.get(path, headers={"As": NOBODY})


@when(parsers.parse('somebody asks for {path} with the token "{token}"'))
def asks_with(story: Story, path: str, token: str) -> None:
    story.response = story.world.api.client.get(path, headers={"Authorization": f"Bearer {token}"})


@when(parsers.parse("{login} signs in with the first password"))
def signs_in_first(people: People, story: Story, login: str) -> None:
    story.response = people.signs_in(login, password=people.first_passwords[login])


@when(parsers.parse('{login} signs in with "{password}"'))
def signs_in(people: People, story: Story, login: str, password: str) -> None:
    story.response = people.signs_in(login, password=password)


@when(parsers.parse("{login}'s browser asks for {path}"))
def browser_asks(people: People, story: Story, login: str, path: str) -> None:
    cookie = {"Cookie": f"q2c_session={people.tokens[login]}", "As": NOBODY}
    story.response = people.client.get(path, headers=cookie)


@when(parsers.parse("{login}'s browser posts a payment"))
def browser_posts(people: People, story: Story, login: str) -> None:
    cookie = {"Cookie": f"q2c_session={people.tokens[login]}", "As": NOBODY, "Idempotency-Key": "browser"}
    story.response = people.client.post("/payments", json={}, headers=cookie)


@when(
    parsers.re(
        r"(the )?(?P<who>\w+), an administrator, grants root the role finance"
        r"( on behalf of (the )?(?P<whom>\w+))?"
    )
)
def grants_root(people: People, story: Story, who: str, whom: str | None) -> None:
    people.administrator("root")
    actor, on_behalf = people.administrator(who), {}
    if whom is not None:
        story.world.api.delegate(people.administrator(whom), actor)
        on_behalf = {"Q2C-On-Behalf-Of": whom}
    path = f"/users/{user_id('root')}/grant-role"
    story.tries(path, {"role": "finance"}, As=actor, **on_behalf)


@when(parsers.parse("an administrator registers {login} again"))
def registers(people: People, story: Story, login: str) -> None:
    story.tries("/users", {"login": login}, As=people.administrator())


@when("an administrator registers a finance clerk of the customer")
def registers_clerk(people: People, story: Story) -> None:
    body: dict[str, Any] = {"login": "clerk", "roles": ["finance"], "customer_id": story.world.customer}
    story.tries("/users", body, As=people.administrator())


@given("a drafted quote of the customer")
def drafted(story: Story) -> None:
    story.quote = story.world.api.done("/quotes", story.world.quote()).id


@when(parsers.re(r"(?P<login>ida|eve) accepts the quote"))
def accepts(story: Story, login: str) -> None:
    story.tries(f"/quotes/{story.quote}/accept", story.world.acceptance(story.quote), As=login)


@when(parsers.re(r"(?P<login>ida|eve) declines the quote"))
def declines(story: Story, login: str) -> None:
    story.tries(f"/quotes/{story.quote}/decline", {"reason": "no"}, As=login)


@when(parsers.re(r"(?P<login>ida|eve) looks at the customer's portal"))
def looks(story: Story, login: str) -> None:
    path = f"/portal/customers/{story.world.customer}"
    story.response = story.world.api.client.get(path, params={"after": story.world.api.position}, headers={"As": login})


@then(parsers.parse("{login} is {role} to the service"))
def is_known_as(people: People, login: str, role: str) -> None:
    assert people.asks(login, "/whoami").json() == {"login": login, "roles": [role], "customer_id": None}


@then(parsers.parse("the history of {login} tells that {by} registered {login_again} and granted {role}"))
def told(people: People, login: str, by: str, login_again: str, role: str) -> None:
    entries = people.story.world.api.get(f"/history/{people.ids[login]}")["entries"]
    assert [(entry["happened"], entry["actor"]) for entry in entries] == [
        ("user registered", by),
        ("user role granted", by),
    ]


@when(parsers.parse('the key for "{name}" asks for another one'))
def key_asks_for_key(people: People, story: Story, name: str) -> None:
    story.response = people.sends("/keys", {"name": "another"}, people.tokens[name])


@when(parsers.parse("an administrator reactivates {login}"))
def reactivates(people: People, login: str) -> None:
    people.story.world.api.done(f"/users/{people.ids[login]}/reactivate", actor=people.administrator())


@when("admin resets admin's password")
def resets_own(people: People, story: Story) -> None:
    story.tries(f"/users/{user_id('admin')}/reset-password", {}, As=people.administrator())


@when(parsers.parse("{login} looks at the customer's portal of the past"))
def looks_back(story: Story, login: str) -> None:
    path = f"/portal/customers/{story.world.customer}"
    story.response = story.world.api.client.get(path, params={"position": 1}, headers={"As": login})


@then(parsers.parse("the quote was accepted by somebody signed in as {login}"))
def identified(story: Story, login: str) -> None:
    history = story.world.api.client.get(f"/history/{story.quote}").text
    assert f"signed in as {login}" in history
    assert "e-mail" not in history


@when("ann accepts the quote on behalf of the chief")
def accepts_on_behalf(story: Story) -> None:
    story.world.api.delegate("chief", "ann")
    acceptance = story.world.acceptance(story.quote)
    story.tries(f"/quotes/{story.quote}/accept", acceptance, **{"Q2C-On-Behalf-Of": "chief"})


@then(parsers.parse("{one} and {other} stand behind the order that follows"))
def behind(people: People, story: Story, one: str, other: str) -> None:
    assert isinstance(people.client.app, FastAPI)
    assert people.client.portal is not None
    recorded = people.client.portal.call(people.client.app.state.system.log.read, 0, 10_000)
    placed = next(each for each in recorded if each.topic == "ordering.Order.Placed")
    assert placed.metadata["actor"] == "policy"
    assert placed.metadata["behind"] == [one, other]


@when(parsers.parse("nobody asks for {path} with a cookie of {count:d} quotes"))
def long_cookie(story: Story, path: str, count: int) -> None:
    quoted = '="' + '\\"' * (count // 2) + '"'
    cookie = f"q2c_session{quoted}; q2c_oidc{quoted}"
    story.response = story.world.api.client.get(path, headers={"As": NOBODY, "Cookie": cookie})


@when("a form of another site signs bob in")
def form(people: People, story: Story) -> None:
    body = json.dumps({"login": "bob", "password": PASSWORD})
    story.response = people.client.post(
        "/sessions", content=body, headers={"As": NOBODY, "Content-Type": "text/plain; application/json"}
    )


@then("nobody may keep the answer")
def not_kept(story: Story) -> None:
    assert story.response is not None
    assert story.response.headers["Cache-Control"] == "no-store"


@given("a service that is told to send cookies over HTTPS only")
def secure_cookies(
    people: People, another_start: ExitStack, database_url: str, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("Q2C_SECURE_COOKIE", "true")
    people.story.world.api = another_start.enter_context(running_api(database_url, clock))


@then("the cookie of bob travels over HTTPS only")
def secure(people: People) -> None:
    told = people.signs_in("bob", password=PASSWORD).headers["Set-Cookie"]
    assert {part.strip().lower() for part in told.split(";")[1:]} >= {"httponly", "secure", "samesite=strict"}
