"""What every story of identity may tell of."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta

import pytest
from pytest_bdd import given, parsers, then, when

from domain.identity import Role
from features.identity.people import People
from features.rest.shop import PASSWORD
from features.world import Story


@pytest.fixture
def people(story: Story) -> People:
    """Nobody yet."""
    return People(story)


@pytest.fixture
def another_start() -> Iterator[ExitStack]:
    """The service started once more, beside the first."""
    with ExitStack() as running:
        yield running


@given(parsers.re(r"(?P<login>\w+), who is (?P<role>finance)"))
def somebody(people: People, login: str, role: str) -> None:
    people.be(login, Role(role))


@given(parsers.re(r"(?P<login>\w+), who is (?P<role>customer_\w+) of (?P<whose>the|another) customer"))
def of_a_customer(people: People, login: str, role: str, whose: str) -> None:
    world = people.story.world
    other = {"name": "Other KG", "address": {"country_code": "DE"}}
    customer = world.customer if whose == "the" else world.api.done("/customers", other).id
    people.be(login, Role(role), customer_id=customer)


@given(parsers.parse("{login} was given a first password"))
@when(parsers.parse("an administrator resets {login}'s password"))
def first_password(people: People, login: str) -> None:
    path = f"/users/{people.ids[login]}/reset-password"
    answer = people.story.world.api.post(path, {}, As=people.administrator())
    people.first_passwords[login] = answer.json()["password"]


@given(parsers.parse("{login}, who is {role} and has signed in"))
def signed_in(people: People, login: str, role: str) -> None:
    people.be(login, Role(role))
    first_password(people, login)
    assert people.signs_in(login, password=people.first_passwords[login], new_password=PASSWORD).is_success


@given("bob has another session")
def another_session(people: People) -> None:
    token = people.tokens["bob"]
    assert people.signs_in("bob", password=PASSWORD).is_success
    people.tokens |= {"other": people.tokens["bob"], "bob": token}


@when("the other session is used")
def other_used(people: People, story: Story) -> None:
    story.response = people.asks("other", "/whoami")


@given(parsers.parse('{login} has a key for "{name}"'))
def has_key(people: People, login: str, name: str) -> None:
    answer = people.sends("/keys", {"name": name}, people.tokens[login])
    people.tokens[name] = answer.json()["token"]


@when(parsers.parse("{login} signs out"))
def signs_out(people: People, login: str) -> None:
    assert people.sends("/sessions/end", {}, people.tokens[login]).is_success


@when(parsers.re(r"(?P<login>bob|ida|eve) asks for (?P<path>\S+)"))
def asks(people: People, story: Story, login: str, path: str) -> None:
    story.response = people.asks(login, path)


@when(parsers.parse('the key for "{name}" is used'))
def key_used(people: People, story: Story, name: str) -> None:
    story.response = people.asks(name, "/whoami")


@then(parsers.parse('the history of {login} ends with "{happened}" by {by}'))
def ends_with(people: People, login: str, happened: str, by: str) -> None:
    last = people.story.world.api.get(f"/history/{people.ids[login]}")["entries"][-1]
    assert (last["happened"], last["actor"]) == (happened, by)


@when(parsers.parse('{login} revokes the keys for "{name}"'))
def revokes(people: People, login: str, name: str) -> None:
    assert people.sends("/keys/revoke", {"name": name}, people.tokens[login]).is_success


@when(parsers.parse("an administrator takes the role {role} back from {login}"))
def takes_back(people: People, login: str, role: str) -> None:
    path = f"/users/{people.ids[login]}/revoke-role"
    people.story.world.api.done(path, {"role": role}, actor=people.administrator())


@when(parsers.parse('{login} signs in with the first password and chooses "{chosen}"'))
def signs_in_choosing(people: People, story: Story, login: str, chosen: str) -> None:
    story.response = people.signs_in(login, password=people.first_passwords[login], new_password=chosen)


@when(parsers.parse("an administrator deactivates {login}"))
def deactivates(people: People, login: str) -> None:
    people.story.world.api.done(f"/users/{people.ids[login]}/deactivate", actor=people.administrator())


@then("it took no time")
def took_no_time(story: Story) -> None:
    assert story.response is not None
    assert story.response.elapsed < timedelta(seconds=2)
