"""Steps of the interface, and what a body may not be."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from httpx2 import Response
from pytest_bdd import given, parsers, scenarios, then, when

from features.api import Api, Json, SetClock
from features.rest.shop import Shop
from features.world import Story, World

scenarios("interface.feature")

PROBLEM = "application/problem+json"


@pytest.fixture
def answers() -> list[Response]:
    """What was answered so far to additions of a line."""
    return []


@given("a drafted quote")
def drafted_quote(story: Story) -> None:
    story.quote = story.world.api.done("/quotes", story.world.quote()).id


@when("ann drafts a quote without an Idempotency-Key")
def drafts_without_key(story: Story) -> None:
    story.response = story.world.api.client.post("/quotes", json=story.world.quote(), headers={})


@when("ann sends it without If-Match")
def sends_without_version(story: Story) -> None:
    headers = {"Idempotency-Key": "send"}
    story.response = story.world.api.client.post(f"/quotes/{story.quote}/send", json={}, headers=headers)


@when(parsers.parse("ann sends it with If-Match {etag}"))
def sends_with(story: Story, etag: str) -> None:
    story.tries(f"/quotes/{story.quote}/send", if_match=etag)


@when("ann adds a line to it with the ETag that she saw")
def adds_as_seen(story: Story, answers: list[Response]) -> None:
    adds(story, answers, if_match='"1"')


@when(parsers.parse('ann adds a line to it under key "{key}" with the ETag that she saw'))
def adds_as_seen_under(story: Story, answers: list[Response], key: str) -> None:
    adds(story, answers, if_match='"1"', key=key)


@when(parsers.parse('{actor} adds a line to it under key "{key}"'))
def adds_under(story: Story, answers: list[Response], actor: str, key: str) -> None:
    story.world.api.actor = actor
    adds(story, answers, key=key)


def adds(story: Story, answers: list[Response], **more: str) -> None:
    line = {"product_id": story.world.products["CARE"], "quantity": "1"}
    story.tries(f"/quotes/{story.quote}/add-line", {"line": line}, **more)
    assert story.response is not None
    answers.append(story.response)


@when(parsers.parse('ann removes a line under key "{key}"'))
def removes_under(story: Story, key: str) -> None:
    story.tries(f"/quotes/{story.quote}/remove-line", {"line_id": "1"}, key=key)


@when("ann sends the quote")
def sends(story: Story) -> None:
    story.world.api.done(f"/quotes/{story.quote}/send")


@when(parsers.parse('ann accepts it under key "{key}"'))
def accepts_under(story: Story, key: str) -> None:
    sent = story.document("quote").get("document_sha256") or "0" * 64
    body = story.world.acceptance(story.quote, document_sha256=sent, revision=1)
    story.tries(f"/quotes/{story.quote}/accept", body, key=key)


@when(parsers.parse("ann asks for {path}"))
def asks(story: Story, path: str) -> None:
    story.response = story.world.api.client.get(path)


@when(parsers.re(r"ann sends a (?P<method>\w+) to (?P<path>\S+)(?: at (?P<host>\S+))?"))
def sends_to(story: Story, method: str, path: str, host: str | None) -> None:
    headers = {"Host": host} if host else {}
    story.response = story.world.api.client.request(method, path, headers=headers, follow_redirects=False)


@then(parsers.parse("it takes {methods}"))
def takes(story: Story, methods: str) -> None:
    assert story.response is not None
    assert story.response.headers["Allow"] == methods


@then(parsers.parse("the answer says nothing of {host}"))
def says_nothing_of(story: Story, host: str) -> None:
    assert story.response is not None
    assert host not in story.response.text + str(story.response.headers)


@then(parsers.parse("it points to {pointer} and nowhere else"))
def points_to(story: Story, pointer: str) -> None:
    assert [error["pointer"] for error in story.problem()["errors"]] == [pointer]


@then(parsers.parse("the problem tells of {one} and {other}"))
def tells_of(story: Story, one: str, other: str) -> None:
    assert one in story.problem()["detail"]
    assert other in story.problem()["detail"]


@then("the problem says what may be done")
def says_what_may_be_done(story: Story) -> None:
    problem = story.problem()
    assert "add_line" in problem["available_actions"]
    assert problem["type"] == f"/problems/{problem['code']}"


@then("the answer is that of the first time")
def same_answer(answers: list[Response]) -> None:
    assert [(one.status_code, one.headers["ETag"]) for one in answers] == [(200, '"2"')] * 2
    assert answers[0].content == answers[1].content


@then(parsers.parse("the quote has {count:d} lines"))
def has_lines(story: Story, count: int) -> None:
    assert len(story.world.api.get(f"/quotes/{story.quote}")["lines"]) == count


SECRET = "hunter2"
"""In every body below; in no answer."""
BODIES: dict[str, tuple[bytes, int]] = {
    "nothing": (b"", 400),
    "no JSON": (b"{hunter2}", 400),
    "two values": (b'{} "hunter2"', 400),
    "closes the array that it stands in": (b'{"name": "hunter2"}], [{}', 400),
    "an array": (b'["hunter2"]', 400),
    "null": (b"null", 400),
    "NaN": (b'{"name": "hunter2", "sku": NaN}', 400),
    "Infinity": (b'{"name": "hunter2", "sku": -Infinity}', 400),
    "a fraction": (b'{"name": "hunter2", "sku": 1.10}', 400),
    "1e400": (b'{"name": "hunter2", "sku": 1e400}', 400),
    "a long number": (b'{"name": "hunter2", "sku": ' + b"9" * 5000 + b"}", 400),
    "the same name twice": (b'{"name": "hunter2", "name": "hunter2"}', 400),
    "the same name twice within": (b'{"name": {"hunter2": 1, "hunter2": 2}}', 400),
    "not UTF-8": (b'{"name": "hunter2\xff"}', 400),
    "UTF-16": ('{"name": "hunter2"}'.encode("utf-16"), 400),
    "a lone surrogate": (b'{"name": "hunter2 \\ud800", "sku": "s"}', 422),
    "a NUL": (b'{"name": "hunter2 \\u0000", "sku": "s"}', 422),
    "too deep": (b'{"hunter2": ' + b"[" * 40 + b"]" * 40 + b"}", 400),
    "far too deep": (b'{"hunter2": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", 400),
    "too large": (b'{"hunter2": "' + b"x" * (4 * 1024 * 1024) + b'"}', 413),
    "an unknown field": (b'{"name": "hunter2", "sku": "s", "hunter2": 1}', 422),
    "a field missing": (b'{"name": "hunter2"}', 422),
    "a number for a text": (b'{"name": "hunter2", "sku": 5}', 422),
    "null for a text": (b'{"name": "hunter2", "sku": null}', 422),
    "an empty text": (b'{"name": "hunter2", "sku": ""}', 422),
    "a long text": (b'{"name": "hunter2", "sku": "' + b"s" * 51 + b'"}', 422),
    "no such choice": (b'{"name": "name", "sku": "s", "kind": "hunter2"}', 422),
}


def test_what_is_not_strict_json_is_told_so_and_not_echoed(api: Api) -> None:
    headers = {"Idempotency-Key": "strict"}
    for name, (body, status) in BODIES.items():
        response = api.client.post("/products", content=body, headers=headers)
        assert (response.status_code, response.headers["Content-Type"]) == (status, PROBLEM), name
        assert {"type", "title", "status", "code"} <= response.json().keys(), name
        assert SECRET not in response.text, name


def test_a_field_that_is_not_known_is_told_by_where_it_stands(world: World) -> None:
    line = {"product_id": world.products["LAMP"], "quantity": "1", SECRET: "5"}
    response = world.api.post("/quotes", {**world.quote(), "lines": [line]})
    assert [error["pointer"] for error in response.json()["errors"]] == ["/lines/0"]
    assert SECRET not in response.text


def test_a_field_that_is_not_known_is_named_where_its_name_is_one_and_those_that_are_known_are_told(
    world: World,
) -> None:
    line = {"product_id": world.products["LAMP"], "quantiy": SECRET}
    response = world.api.post("/quotes", {**world.quote(), "lines": [line, line], "Lines": SECRET, "a b": 1})
    errors = response.json()["errors"]
    unknown = {error["pointer"]: error["detail"] for error in errors if "no such field" in error["detail"]}
    assert unknown.keys() == {"/lines/0/quantiy", "/lines/1/quantiy", "/Lines", ""}
    assert "product_id, quantity" in unknown["/lines/0/quantiy"]
    assert "lines" in unknown["/Lines"]
    assert SECRET not in response.text


DECIMALS: dict[str, str | int] = {
    "a number": 3,
    "an exponent too large": "1e400",
    "NaN": "NaN",
    "Infinity": "Infinity",
    "too many digits": "1" * 30,
    "too fine": "0." + "1" * 20,
    "negative": "-1",
    "nothing": "0",
    "an empty text": "",
    "words": "three",
}


def test_a_quantity_is_a_decimal_in_a_string(world: World) -> None:
    for name, quantity in DECIMALS.items():
        line = {"product_id": world.products["LAMP"], "quantity": quantity}
        response = world.api.post("/quotes", {**world.quote(), "lines": [line]})
        assert response.status_code == 422, name
        assert [error["pointer"] for error in response.json()["errors"]] == ["/lines/0/quantity"], name


def test_a_day_is_one_of_the_calendar(world: World) -> None:
    for day in ("2026-02-30", "26-03-01", "0001-01-01", "9999-12-31", "2026-03-31T00:00:00Z", 1774915200):
        response = world.api.post("/quotes", {**world.quote(), "valid_until": day})
        assert response.status_code == 422, day
        assert [error["pointer"] for error in response.json()["errors"]] == ["/valid_until"], day


def test_a_pointer_leads_to_what_was_sent(world: World) -> None:
    good = {"product_id": world.products["LAMP"], "quantity": "1"}
    wrong: dict[str, Json] = {
        "/tax/rate": {**good, "tax": {"category": "S", "rate": "250", "jurisdiction": "DE"}},
        "/tax": {**good, "tax": {"category": "E", "rate": "0", "jurisdiction": "DE"}},
        "/allowance": {**good, "allowance": "100000.00"},
    }
    quote = world.api.done("/quotes", world.quote()).id
    for place, line in wrong.items():
        drafted = world.api.post("/quotes", {**world.quote(), "lines": [good, line]})
        assert _pointers(drafted) == [f"/lines/1{place}"]
        assert _pointers(world.api.post(f"/quotes/{quote}/add-line", {"line": line})) == [f"/line{place}"]
        assert _pointers(world.api.post(f"/quotes/{quote}/change-line", {"line": {**line, "line_id": "1"}})) == [
            f"/line{place}"
        ]
    charge = {"reason": "Freight", "amount": "1.00", "tax": wrong["/tax/rate"]["tax"]}
    assert _pointers(world.api.post("/quotes", {**world.quote(), "charges": [charge]})) == ["/charges/0/tax/rate"]


def test_a_pointer_leads_to_the_allocation_that_is_too_large(world: World) -> None:
    shop = Shop(world, world.api)
    first, second = shop.invoice(), shop.invoice()
    payment = world.pay("5000.00").id
    taken = [{"invoice_id": first, "amount": "1.00"}, {"invoice_id": second, "amount": "4000.00"}]
    response = world.api.post(f"/payments/{payment}/allocate", {"allocations": taken})
    assert _pointers(response) == ["/allocations/1/amount"]


def _pointers(response: Response) -> list[str]:
    return [error["pointer"] for error in response.json()["errors"]]


def test_an_unknown_method_is_a_problem(api: Api) -> None:
    response = api.client.put("/quotes", json={})
    assert (response.status_code, response.headers["Content-Type"]) == (405, PROBLEM)
    assert response.json()["code"] == "method_not_allowed"


def test_pages_follow_each_other_without_gaps(world: World) -> None:
    quotes = [world.api.done("/quotes", world.quote()).id for _ in range(5)]
    seen: list[str] = []
    page: Json = {"next_cursor": None}
    while not seen or page["next_cursor"]:
        cursor = {"cursor": page["next_cursor"]} if page["next_cursor"] else {}
        page = world.api.get("/quotes", limit=2, **cursor)
        seen += [item["document_id"] for item in page["items"]]
    assert seen == quotes[::-1]


def test_history_as_of_a_position_an_instant_and_a_business_day(world: World, clock: SetClock) -> None:
    quote = world.api.done("/quotes", world.quote())
    clock.pass_days(1)
    sent = world.api.done(f"/quotes/{quote.id}/send")
    clock.pass_days(1)
    world.api.done(f"/quotes/{quote.id}/withdraw", {"reason": "sold out"})
    path = f"/history/{quote.id}"
    whole = world.api.client.get(path).json()
    assert [entry["happened"] for entry in whole["entries"]] == ["quote drafted", "quote sent", "quote withdrawn"]
    assert (whole["state"]["state"], whole["entries"][1]["actor"]) == ("withdrawn", "ann")
    then = world.api.client.get(path, params={"position": sent.position}).json()
    assert (then["state"]["state"], then["version"]) == ("sent", 2)
    instant = whole["entries"][0]["recorded_at"]
    assert world.api.client.get(path, params={"instant": instant}).json()["state"]["state"] == "draft"
    effective = (clock.now() - timedelta(days=1)).date().isoformat()
    assert world.api.client.get(path, params={"effective": effective}).json()["state"]["state"] == "sent"
    assert world.api.client.get(path, params={"position": 0}).status_code == 404
    assert world.api.client.get(path, params={"instant": "2026-03-02T10:00:00"}).status_code == 422


def test_a_query_after_a_position_sees_what_was_done(world: World) -> None:
    for _ in range(20):
        answer = world.api.done("/quotes", world.quote())
        found = world.api.client.get(f"/quotes/{answer.id}", params={"after": answer.position})
        assert (found.status_code, found.headers["ETag"]) == (200, answer.etag)


def test_the_same_request_may_order_its_names_otherwise(world: World) -> None:
    body = world.quote()
    turned = json.loads(json.dumps(dict(reversed(body.items()))))
    first = world.api.post("/quotes", body, key="the same")
    assert world.api.post("/quotes", turned, key="the same").content == first.content
