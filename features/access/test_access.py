"""Who was shown what, and why: through the interface, and as the access log tells it."""

from __future__ import annotations

import json

import pytest
from httpx2 import Response
from pytest_bdd import given, parsers, scenarios, then, when
from typer.testing import CliRunner

from application.identity import user_id
from domain.identity import Role
from features.access.reading import Readers
from features.api import Api, Json
from features.world import Story
from infrastructure.access_log.recording import USE_KEY
from interfaces.cli import application

scenarios("access.feature")

DEEDS = r"(?P<login>\w+) (?P<outcome>given|denied|missing|unknown|own_role) (?P<operation>[\w.]+)"


@pytest.fixture
def readers(api: Api, database_url: str) -> Readers:
    """Nobody yet."""
    return Readers(api, database_url)


@given(parsers.re(r"nina, a reader who is (?P<role>\w+)"))
def nina(readers: Readers, role: str) -> None:
    readers.sign_in("nina", Role(role))


@given("eve, a reader of another customer")
def eve(readers: Readers, story: Story) -> None:
    other = {"name": "Other KG", "address": {"country_code": "DE"}}
    readers.of_customer("eve", readers.api.done("/customers", other).id)


@given(parsers.parse('nina has a key for "{name}"'))
def has_key(readers: Readers, name: str) -> None:
    headers = {"Authorization": readers.tokens["nina"], "Idempotency-Key": "a key"}
    answer = readers.api.client.post("/keys", json={"name": name}, headers=headers)
    readers.tokens[name] = f"Bearer {answer.json()['token']}"


@given("nina has signed in with a wrong password")
def wrong_password(readers: Readers) -> None:
    assert readers.signs_in("nina", "a guess that is none of it").status_code == 401


@given("nina has signed out")
def signed_out(readers: Readers) -> None:
    headers = {"Authorization": readers.tokens["nina"]}
    assert readers.api.client.post("/sessions/end", json={}, headers=headers).is_success


@when(parsers.parse('somebody signs in as "{login}" in vain'))
def in_vain(readers: Readers, login: str) -> None:
    assert readers.signs_in(login, "hunter2").status_code == 401


@given("the access log cannot be written")
def unwritable(readers: Readers) -> None:
    readers.change("ALTER FUNCTION access.record(text) RENAME TO gone")


@when("the access log can be written again")
def writable(readers: Readers) -> None:
    readers.change("ALTER FUNCTION access.gone(text) RENAME TO record")


@when("nina asks for the quote")
def asks_for_quote(readers: Readers, story: Story) -> None:
    story.response = readers.asks("nina", f"/quotes/{story.quote}", after=readers.api.position)


@when("nina asks for the quote's page")
def asks_for_page(readers: Readers, story: Story) -> None:
    story.response = readers.asks("nina", f"/quotes/{story.quote}/page", after=readers.api.position)


@when("nina takes the whole history along")
def takes_along(readers: Readers) -> None:
    assert "quote sent" in readers.asks("nina", "/history", "AUDIT-1", format="csv").text


@when(parsers.re(r"nina asks for (?P<path>/\S+)"))
def asks(readers: Readers, story: Story, path: str) -> None:
    story.response = readers.asks("nina", path, after=readers.api.position)


@when(parsers.re(r"nina asks for the customer's card (without a purpose|for \"(?P<purpose>.+)\")"))
def asks_for_card(readers: Readers, story: Story, purpose: str | None) -> None:
    card = f"/support/customers/{story.world.customer}"
    story.response = readers.asks("nina", card, purpose or "", after=readers.api.position)


@when(parsers.parse('the key for "{name}" asks for {path}'))
def key_asks(readers: Readers, story: Story, name: str, path: str) -> None:
    story.response = readers.asks(name, path)


@when("nina tries to record a payment")
def tries_to_record(readers: Readers) -> None:
    headers = {"Authorization": readers.tokens["nina"]}
    assert readers.api.client.post("/payments", json={}, headers=headers).status_code == 403


@when("nina grants finance to herself")
def grants_herself(readers: Readers, story: Story) -> None:
    headers = {"Authorization": readers.tokens["nina"]}
    story.response = readers.api.post(f"/users/{user_id('nina')}/grant-role", {"role": Role.FINANCE}, **headers)


@when("somebody asks for /quotes with a made-up token")
def made_up(readers: Readers, story: Story) -> None:
    headers = {"Authorization": "Bearer q2c_session_made-up"}
    story.response = readers.api.client.get("/quotes", headers=headers)


@when("eve looks at the customer's portal")
def looks(readers: Readers, story: Story) -> None:
    story.response = readers.asks("eve", f"/portal/customers/{story.world.customer}")


@when("an administrator asks who signed in", target_fixture="report")
def asks_who_signed_in(readers: Readers) -> Json:
    readers.sign_in("admin", Role.ADMINISTRATOR)
    found: Json = {each["login"]: each for each in readers.asks("admin", "/access/sign-ins").json()}
    return found


@when("compliance asks who saw the customer", target_fixture="seen")
def asks_who_saw(readers: Readers, story: Story) -> Response:
    readers.sign_in("carl", Role.COMPLIANCE)
    assert readers.asks("carl", f"/access/customers/{story.world.customer}").status_code == 400
    return readers.asks("carl", f"/access/customers/{story.world.customer}", "CASE-1")


@then(parsers.re(f"the access log ends with {DEEDS}"))
def ends_with(readers: Readers, login: str, outcome: str, operation: str) -> None:
    last = readers.last()
    assert (last["login"] or "nobody", last["outcome"], last["operation"]) == (login, outcome, operation)


@then(parsers.re(r"its objects are (?P<what>.+)"))
def objects(readers: Readers, story: Story, what: str) -> None:
    ids = {"the quote": story.quote, "the customer": story.world.customer}
    assert list(map(str, readers.last()["objects"])) == [ids[one] for one in what.split(" and ")]


@then(parsers.parse('its purpose is "{purpose}"'))
def purpose_is(readers: Readers, purpose: str) -> None:
    assert readers.last()["purpose"] == purpose


@then(parsers.parse('its key name is "{name}"'))
def key_name_is(readers: Readers, name: str) -> None:
    assert readers.last()["key_name"] == name


@then(parsers.parse('the first use of "{name}" is told once'))
def first_use(readers: Readers, name: str) -> None:
    assert [each["operation"] for each in readers.entries() if each["key_name"] == name].count(USE_KEY) == 1


@then(parsers.parse("nina has signed in {count:d} time and failed {failed:d} time"))
def reported(report: Json, count: int, failed: int) -> None:
    nina = report["nina"]
    (day,) = nina["days"]
    assert (nina["signed_in"], nina["failed"], day["signed_in"], day["failed"]) == (count, failed, count, failed)
    assert nina["last_at"].startswith(day["day"])


@then(parsers.parse('nothing in it says "{text}"'))
def says_nothing(readers: Readers, text: str) -> None:
    assert text not in json.dumps(readers.entries(), default=str)


@then(parsers.re(f"{DEEDS.replace(' (?P<outcome>', ' is told as (?P<outcome>')}"))
def told(seen: Response, login: str, outcome: str, operation: str) -> None:
    items = seen.json()["items"]
    assert (login, outcome, operation) in [(each["login"], each["outcome"], each["operation"]) for each in items]


@then(parsers.re(f"compliance is told of {DEEDS}"))
def told_of_refused(readers: Readers, login: str, outcome: str, operation: str) -> None:
    readers.sign_in("carl", Role.COMPLIANCE)
    (row,) = readers.asks("carl", "/access/refused-duties", "CASE-1").json()["items"]
    assert (row["login"], row["outcome"], row["operation"]) == (login, outcome, operation)


@then("nothing of the quote is shown")
def nothing_shown(story: Story) -> None:
    assert story.response is not None
    assert story.quote not in story.response.text
    assert story.problem()["code"] == "try_again"


@when("nina asks for the customer")
def asks_for_customer(readers: Readers, story: Story) -> None:
    assert readers.asks("nina", f"/customers/{story.world.customer}", after=readers.api.position).is_success


@then(parsers.re(r'"q2c (?P<line>.+?)" tells (?P<words>.+)'))
def command_tells(readers: Readers, story: Story, line: str, words: str) -> None:
    arguments = line.replace("CUSTOMER", story.world.customer).split()
    env = {"DATABASE_URL": readers.url, "COLUMNS": "250"}
    done = CliRunner().invoke(application(), arguments, env=env)
    assert done.exit_code == 0, done.output
    for word in words.split(", "):
        assert word.strip('"') in done.stdout
