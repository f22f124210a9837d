"""Who may act, as administrators and compliance see it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from pytest_bdd import parsers, scenarios, then

from features.api import Json
from features.identity.people import People

scenarios("users.feature")


def listed(people: People, login: str) -> Json:
    """The user in the list, as in the view of that one."""
    people.administrator()
    api = people.story.world.api
    (row,) = (each for each in api.get("/users")["items"] if each["login"] == login)
    view = api.query(f"/users/{people.ids[login]}")
    assert view.json()["user"] == row
    assert view.headers["ETag"] == f'"{row["version"]}"'
    assert "last_signed_in" in row
    told: Json = row
    return told


@then(parsers.parse("{login} is listed as {role} who has never signed in"))
def never(people: People, login: str, role: str) -> None:
    row = listed(people, login)
    assert (row["roles"], row["has_totp"], row["last_signed_in"]) == ([role], False, None)


@then(parsers.parse("{login} is listed as {role} who has signed in today"))
def today(people: People, login: str, role: str) -> None:
    row = listed(people, login)
    assert row["roles"] == [role]
    assert datetime.now(UTC) - datetime.fromisoformat(row["last_signed_in"]) < timedelta(days=1)


@then(parsers.parse("{login} is listed as deactivated without a role"))
def deactivated(people: People, login: str) -> None:
    row = listed(people, login)
    assert (row["state"], row["roles"]) == ("deactivated", [])
