"""Sessions: seen, ended by their owner or an administrator, and over when nobody uses them."""

from __future__ import annotations

from contextlib import ExitStack

import psycopg
import pytest
from fastapi import FastAPI
from pytest_bdd import given, parsers, scenarios, then, when

from features.api import Json, SetClock, running_api
from features.identity.people import People
from features.world import Story

scenarios("sessions.feature")


def _sessions(people: People, login: str) -> list[Json]:
    answer = people.asks(login, "/sessions")
    assert answer.is_success, answer.text
    found: list[Json] = answer.json()
    return found


def _other(people: People) -> str:
    """Not the one with which bob asks."""
    (other,) = (each["session_id"] for each in _sessions(people, "bob") if not each["is_this"])
    return str(other)


@given("a service whose sessions end after 5 minutes without use")
def short(
    people: People, another_start: ExitStack, database_url: str, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("Q2C_SESSION_IDLE_MINUTES", "5")
    people.story.world.api = another_start.enter_context(running_api(database_url, clock))


@when(parsers.parse("{who} ends the other session"))
def ends(people: People, story: Story, who: str) -> None:
    story.response = people.sends(f"/sessions/{_other(people)}/end", {}, people.tokens[who])


@when(parsers.re("an administrator ends (?P<which>the other session|all sessions) of bob"))
def administrator_ends(people: People, story: Story, which: str) -> None:
    path = f"/users/{people.ids['bob']}"
    listed = people.client.get(f"{path}/sessions", headers={"As": people.administrator()}).json()
    assert [each["session_id"] for each in listed] == [each["session_id"] for each in _sessions(people, "bob")]
    session = _other(people) if which == "the other session" else None
    body, headers = {"session_id": session}, {"As": people.administrator()}
    answer = people.client.post(f"{path}/end-sessions", json=body, headers=headers)
    assert len(answer.json()) == (1 if session else 0)


@when(parsers.parse("nothing is used for {minutes:d} minutes"))
def unused(people: People, database_url: str, minutes: int) -> None:
    app, portal = people.client.app, people.client.portal
    assert isinstance(app, FastAPI)
    assert portal is not None
    with psycopg.connect(database_url) as connection:
        connection.execute(b"UPDATE credentials.tokens SET used_at = used_at - make_interval(mins => %s)", [minutes])
    portal.call(app.state.credentials.forget)


@then(parsers.re(r"bob sees (?P<count>\d) sessions?, of which one is the one that asks"))
def sees(people: People, count: str) -> None:
    assert [each["is_this"] for each in _sessions(people, "bob")].count(True) == 1
    assert len(_sessions(people, "bob")) == int(count)


@then("it is written down that admin did identity.end_sessions_of to bob")
def written_down(people: People) -> None:
    items = people.story.world.api.get("/access/users/admin")["items"]
    assert ("identity.end_sessions_of", "given", [people.ids["bob"]]) in [
        (each["operation"], each["outcome"], each["objects"]) for each in items
    ]
