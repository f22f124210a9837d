"""Steps of the quotes."""

from __future__ import annotations

from typing import Any

import pytest
from pytest_bdd import given, parsers, scenarios, then, when

from features.world import Story, World

scenarios("quoting.feature")


@given(parsers.parse("a drafted quote for {quantity} lamps"))
def drafted_quote(story: Story, quantity: str) -> None:
    body = story.world.quote([("LAMP", quantity)]) if quantity != "no" else {**story.world.quote(), "lines": []}
    story.quote = story.world.api.done("/quotes", body).id


@given("the customer has read it", target_fixture="read")
def has_read(story: Story) -> dict[str, Any]:
    return story.world.acceptance(story.quote)


@when("ann drafts a quote for 3 lamps and 1 maintenance")
def drafts(story: Story) -> None:
    story.tries("/quotes", story.world.quote([("LAMP", "3"), ("CARE", "1")]))
    assert story.response is not None
    story.quote = story.response.json().get("id", "")


@when("ann drafts a quote for 10 lamps at 90.00 each, less 5 %, less 4.50 on the line")
def drafts_negotiated(story: Story) -> None:
    terms = {"negotiated_price": "90.00", "discount_percent": "5", "allowance": "4.50"}
    line = {"product_id": story.world.products["LAMP"], "quantity": "10", **terms}
    story.quote = story.world.api.done("/quotes", {**story.world.quote(), "lines": [line]}).id


@when("ann adds 1 maintenance")
def adds(story: Story) -> None:
    line = {"product_id": story.world.products["CARE"], "quantity": "1"}
    story.tries(f"/quotes/{story.quote}/add-line", {"line": line})


@when(parsers.parse("ann changes line {line_id} to {quantity} lamps"))
def changes(story: Story, line_id: str, quantity: str) -> None:
    line = {"product_id": story.world.products["LAMP"], "quantity": quantity, "line_id": line_id}
    story.world.api.done(f"/quotes/{story.quote}/change-line", {"line": line})


@when(parsers.parse("ann removes line {line_id}"))
def removes(story: Story, line_id: str) -> None:
    story.world.api.done(f"/quotes/{story.quote}/remove-line", {"line_id": line_id})


@when("ann sends it")
def sends(story: Story) -> None:
    story.tries(f"/quotes/{story.quote}/send")


@when(parsers.parse('the customer accepts it with purchase order "{number}"'))
def accepts_with_order(story: Story, number: str) -> None:
    story.world.accept(story.quote, purchase_order_reference=number)


@when("the customer accepts it")
def accepts(story: Story) -> None:
    story.tries(f"/quotes/{story.quote}/accept", story.world.acceptance(story.quote))


@when("the customer accepts what was read")
def accepts_what_was_read(story: Story, read: dict[str, Any]) -> None:
    story.tries(f"/quotes/{story.quote}/accept", read)


@when("the customer accepts another content")
def accepts_another(story: Story) -> None:
    story.tries(f"/quotes/{story.quote}/accept", story.world.acceptance(story.quote, document_sha256="0" * 64))


@when(parsers.parse('the customer declines it because "{reason}"'))
def declines(story: Story, reason: str) -> None:
    story.world.api.done(f"/quotes/{story.quote}/decline", {"reason": reason})


@when(parsers.parse('ann withdraws it because "{reason}"'))
def withdraws(story: Story, reason: str) -> None:
    story.world.api.done(f"/quotes/{story.quote}/withdraw", {"reason": reason})


@when("ann expires it")
def expires(story: Story) -> None:
    story.tries(f"/quotes/{story.quote}/expire")


@when(parsers.parse("{actor} extends it until {day}"))
def extends(story: Story, actor: str, day: str) -> None:
    story.world.api.actor = actor
    story.tries(f"/quotes/{story.quote}/extend", {"valid_until": day})


@when(parsers.parse("an assistant extends it for ann until {day}"))
def extends_on_behalf(story: Story, day: str) -> None:
    story.world.api.delegate("ann", "assistant")
    headers = {"As": "assistant", "Q2C-On-Behalf-Of": "ann"}
    story.tries(f"/quotes/{story.quote}/extend", {"valid_until": day}, **headers)


@when(parsers.parse("ann revises it until {day}"))
def revises(story: Story, day: str) -> None:
    story.world.api.done(f"/quotes/{story.quote}/revise", {"valid_until": day})


@when("ann discontinues the lamp")
def discontinues(story: Story) -> None:
    story.world.api.done(f"/products/{story.world.products['LAMP']}/discontinue")


@when(parsers.parse("ann closes the price book on {day}"))
def closes_price_book(story: Story, day: str) -> None:
    story.world.api.done(f"/price-books/{story.world.price_book}/close", {"last_day": day})


@then(parsers.parse('line 1 explains its price as "{explanation}"'))
def explains(story: Story, explanation: str) -> None:
    assert story.world.api.get(f"/quotes/{story.quote}")["lines"][0]["explanation"] == explanation


@then(parsers.parse("revision {revision:d} still has {quantity} lamps"))
def revision_has(story: Story, revision: int, quantity: str) -> None:
    (line,) = story.world.api.get(f"/quotes/{story.quote}", revision=revision)["lines"]
    assert line["quantity"] == quantity


@pytest.mark.parametrize(
    "change",
    [
        {"valid_until": "2026-02-30"},
        {"lines": [{"product_id": "no uuid", "quantity": "1"}]},
        {"lines": [{"quantity": "1"}]},
    ],
    ids=["no such day", "no id", "field missing"],
)
def test_a_wrong_body_names_the_field_and_echoes_nothing(world: World, change: dict[str, Any]) -> None:
    response = world.api.post("/quotes", {**world.quote(), **change})
    problem = response.json()
    assert (response.status_code, problem["code"]) == (422, "body_invalid")
    assert problem["errors"][0]["pointer"].startswith("/")
    assert "no uuid" not in response.text


@given(parsers.parse('a quote numbered "{number}"'))
def numbered(story: Story, number: str) -> None:
    story.world.api.done("/quotes", story.world.quote(number=number))


@given("the customer's invoices go to a registered customer in France")
def billed_in_france(story: Story) -> None:
    api, customer = story.world.api, story.world.customer
    french = {"name": "Lumière SA", "vat_id": "FR40303265045", "address": {"country_code": "FR"}}
    roles = {"bill_to": api.done("/customers", french).id, "ship_to": customer}
    api.done(f"/customers/{customer}/change-roles", roles)


@when(parsers.parse('ann drafts another quote numbered "{number}"'))
def numbered_again(story: Story, number: str) -> None:
    story.tries("/quotes", story.world.quote(number=number))


@when(parsers.parse("ann tries to take {allowance} off a line of 3 lamps"))
def takes_off(story: Story, allowance: str) -> None:
    line = {"product_id": story.world.products["LAMP"], "quantity": "3", "allowance": allowance}
    story.tries("/quotes", {**story.world.quote(), "lines": [line]})


@then(parsers.parse('line 1 is taxed as "{first}" and line 2 as "{second}"'))
def taxed_as(story: Story, first: str, second: str) -> None:
    lines = story.world.api.get(f"/quotes/{story.quote}")["lines"]
    assert [line["vat_category_code"] for line in lines] == [first, second]
