"""Who could have done both of two duties, and who did."""

from __future__ import annotations

from datetime import UTC, datetime

from pytest_bdd import given, parsers, scenarios, then, when
from typer.testing import CliRunner

from domain.identity import Role
from features.api import Json
from features.world import Story
from interfaces.cli import application

scenarios("segregation.feature")

WHO = r"(?P<who>cleo|dora|otto|nobody)"


@given(parsers.parse("cleo drafted a quote on behalf of {whom}"))
def drafted(story: Story, whom: str) -> None:
    api, body = story.world.api, story.world.quote()
    headers: dict[str, str] = {}
    if whom != "cleo":
        api.client.get("/whoami", headers={"As": "cleo"})  # who asks for something is a user from then on
        api.done("/delegations", {"to": "cleo"}, actor=whom)
        headers = {"Q2C-On-Behalf-Of": whom}
    story.quote = api.post("/quotes", body, **{"As": "cleo", **headers}).json()["id"]
    api.done(f"/quotes/{story.quote}/send", actor="ann")


@given("otto, who is support", target_fixture="otto")
def otto(story: Story) -> str:
    return story.world.api.done("/users", {"login": "otto", "roles": [Role.SUPPORT]}).id


@when(parsers.re(r"otto (is granted|loses) finance"))
def granted(story: Story, otto: str) -> None:
    user = story.world.api.client.get(f"/history/{otto}").json()["state"]
    path = "revoke-role" if Role.FINANCE in user["roles"] else "grant-role"
    story.world.api.done(f"/users/{otto}/{path}", {"role": Role.FINANCE})


@when("dora extends it")
def extends(story: Story) -> None:
    story.world.api.done(f"/quotes/{story.quote}/extend", {"valid_until": "2026-04-30"}, actor="dora")


@when("compliance looks back", target_fixture="found")
def looks_back(story: Story) -> Json:
    return _found(story)


@when("compliance looks back on the time from now on", target_fixture="found")
def looks_back_from_now(story: Story) -> Json:
    return _found(story, since=datetime.now(UTC).isoformat())


@when("compliance looks back from 2026-03-02 to 2026-03-01")
def looks_back_in_no_order(story: Story) -> None:
    span = {"since": "2026-03-02T00:00:00Z", "until": "2026-03-01T00:00:00Z"}
    story.response = story.world.api.client.get("/segregation-of-duties", params=span)


@then("it is told that the one lies after the other, as by the command line")
def told_in_no_order(story: Story, database_url: str) -> None:
    assert story.response is not None
    assert (story.response.status_code, "lies after" in story.problem()["detail"]) == (422, True)
    command_tells(database_url, "compliance segregation --since 2026-03-02 --until 2026-03-01", "", 2)


def _found(story: Story, **span: str) -> Json:
    answer = story.world.api.client.get("/segregation-of-duties", params=span)
    return {each["rule"]: each for each in answer.json()}


@then(parsers.re(WHO + r' did "(?P<rule>.+)" by (?P<first>\w+) and (?P<second>\w+)'))
def did(story: Story, found: Json, who: str, rule: str, first: str, second: str) -> None:
    (only,) = found[rule]["did"]
    assert (only["login"], only["first_command"], only["second_command"]) == (who, first, second)
    assert only["first_thing"] == only["second_thing"] == story.quote


@then(parsers.re(WHO + r' did (not )?"(?P<rule>[^"]+)"$'))
def did_not(found: Json, who: str, rule: str) -> None:
    assert who not in [each["login"] for each in found[rule]["did"]]
    assert who != "nobody" or found[rule]["did"] == []


@then(parsers.re(WHO + r' could "(?P<rule>.+)" until then'))
def could(found: Json, who: str, rule: str) -> None:
    (theirs,) = (each for each in found[rule]["could"] if each["login"] == who)
    assert theirs["since"] < theirs["until"]


@then(parsers.re(WHO + r' could not "(?P<rule>.+)"'))
def could_not(found: Json, who: str, rule: str) -> None:
    assert who not in [each["login"] for each in found[rule]["could"]]


@then(parsers.parse('"q2c {line}" tells "{words}", and ends with {status:d}'))
def command_tells(database_url: str, line: str, words: str, status: int) -> None:
    done = CliRunner().invoke(application(), line.split(), env={"DATABASE_URL": database_url, "COLUMNS": "250"})
    assert (done.exit_code, words in done.stdout) == (status, True), done.output
