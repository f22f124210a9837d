"""Steps of the orders."""

from __future__ import annotations

from decimal import Decimal

from pytest_bdd import given, parsers, scenarios, then, when

from features.world import Story

scenarios("ordering.feature")


@given("an order for 3 lamps at 33.33 each")
def order_at_price(story: Story) -> None:
    line = {"product_id": story.world.products["LAMP"], "quantity": "3", "negotiated_price": "33.33"}
    quote = story.world.api.done("/quotes", {**story.world.quote(), "lines": [line]}).id
    story.world.api.done(f"/quotes/{quote}/send")
    story.world.accept(quote)
    story.order = story.document("order")["document_id"]


@when(parsers.re(r"(?P<quantity>\d+) lamps? (is|are) delivered"))
def delivered(story: Story, quantity: str) -> None:
    story.tries(f"/orders/{story.order}/fulfil", {"quantities": [{"line_id": "1", "quantity": quantity}]})


@when("the rest is delivered")
def rest_delivered(story: Story) -> None:
    story.world.api.done(f"/orders/{story.order}/fulfil")


@when(parsers.parse('the rest is cancelled because "{reason}"'))
def cancelled(story: Story, reason: str) -> None:
    story.tries(f"/orders/{story.order}/cancel", {"reason": reason})


@when("it is closed")
def closed(story: Story) -> None:
    story.world.api.done(f"/orders/{story.order}/close")


@when("finance invoices delivery 1 by hand")
def invoices_by_hand(story: Story) -> None:
    story.tries("/invoices/of-delivery", {"order_id": story.order, "delivery": 1})


@when("ann places the order of the quote by hand")
def places_by_hand(story: Story) -> None:
    story.tries("/orders", {"quote_id": story.quote, "revision": 1})


@then(parsers.parse('there are {count:d} invoices over "{amount}" in all'))
def invoices(story: Story, count: int, amount: str) -> None:
    items = story.world.api.get("/invoices")["items"]
    assert len(items) == count
    assert sum(Decimal(one["total_amount"]) for one in items) == Decimal(amount)
