"""Keys of applications: issued, scoped, rotated and revoked, each as a fact of their user."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from fastapi import FastAPI
from httpx2 import Response
from pytest_bdd import given, parsers, scenarios, then, when

from features.identity.people import People
from features.world import Story

scenarios("keys.feature")

BEFORE = " from before"


def keep(people: People, name: str, answer: Response) -> Response:
    """The key that was answered, beside the one of before."""
    if answer.is_success:
        people.tokens |= {name + BEFORE: people.tokens.get(name, ""), name: answer.json()["token"]}
    return answer


def issue(people: People, name: str, key: str = "") -> Response:
    """Bob issues one, under an idempotency key where one is named."""
    headers = {"Authorization": f"Bearer {people.tokens['bob']}", "Idempotency-Key": key or f"issue {name}"}
    return keep(people, name, people.client.post("/keys", json={"name": name}, headers=headers))


@given("bob is support, too")
def support_too(people: People) -> None:
    path = f"/users/{people.ids['bob']}/grant-role"
    people.story.world.api.done(path, {"role": "support"}, actor=people.administrator())


@when(parsers.parse('bob issues a key for "{name}"'))
def issues(people: People, story: Story, name: str) -> None:
    story.response = issue(people, name)


@given(parsers.parse('bob has a key for "{name}" that is {role} only'))
@when(parsers.parse('bob issues a key for "{name}" that is {role} only'))
def issues_scoped(people: People, story: Story, name: str, role: str) -> None:
    story.response = people.sends("/keys", {"name": name, "roles": [role]}, people.tokens["bob"])
    keep(people, name, story.response)


@when(parsers.parse('bob rotates the key for "{name}" with an overlap of {hours:d} hours'))
def rotates(people: People, story: Story, name: str, hours: int) -> None:
    story.response = people.sends("/keys/rotate", {"name": name, "overlap_hours": hours}, people.tokens["bob"])
    keep(people, name, story.response)


@when(parsers.parse('the key for "{name}" from before is used'))
def used_before(people: People, story: Story, name: str) -> None:
    story.response = people.asks(name + BEFORE, "/whoami")


@when(parsers.parse('the key for "{name}" asks for {path:S}'))
def key_asks(people: People, story: Story, name: str, path: str) -> None:
    story.response = people.asks(name, path)


@when(parsers.parse('the key for "{name}" records a payment'))
def key_pays(people: People, story: Story, name: str) -> None:
    story.response = people.sends("/payments", {}, people.tokens[name])


@when(parsers.parse('bob asks twice for the same key for "{name}"'))
def asks_twice(people: People, name: str) -> None:
    first, second = (issue(people, name).json() for _ in range(2))
    assert {**first, "token": ""} == {**second, "token": ""}


@given(parsers.parse('bob has asked for a key for "{name}" and revoked it'))
def asked_and_revoked(people: People, name: str) -> None:
    assert issue(people, name, "the same").is_success
    assert people.sends("/keys/revoke", {"name": name}, people.tokens["bob"]).is_success


@when("bob asks for the same key again")
def asks_again(people: People, story: Story) -> None:
    story.response = issue(people, "the bank", "the same")


@then(parsers.parse("it says that it is {role} only"))
def is_only(story: Story, role: str) -> None:
    assert story.response is not None
    assert story.response.json()["roles"] == [role]


@then(parsers.parse("bob has {count:d} key"))
def has_keys(people: People, count: int) -> None:
    assert len(people.asks("bob", "/keys").json()) == count


@then(parsers.parse('the key for "{name}" from before is not good'))
def before_is_not_good(people: People, name: str) -> None:
    assert people.asks(name + BEFORE, "/whoami").status_code == 401


@then(parsers.parse('the key for "{name}" from before is good for 24 hours at most'))
def good_for_a_day(people: People, name: str) -> None:
    found = people.asks("bob", "/keys").json()
    ends = sorted(datetime.fromisoformat(key["expires_at"]) for key in found if key["name"] == name)
    assert len(ends) == 2
    assert ends[0] <= datetime.now(UTC) + timedelta(hours=24)
    assert ends[1] > datetime.now(UTC) + timedelta(days=80)


@then("the log does not hold the key")
def not_in_the_log(people: People) -> None:
    assert isinstance(people.client.app, FastAPI)
    assert people.client.portal is not None
    recorded = people.client.portal.call(people.client.app.state.system.log.read, 0, 10_000)
    assert not any(people.tokens["the bank"].encode() in bytes(each.state) for each in recorded)
