"""Steps of the orders."""

from __future__ import annotations

from pytest_bdd import given, parsers, scenarios, when

from features.world import Story

scenarios("ordering.feature")


@given("an order for 3 lamps at 33.33 each")
def order_at_price(story: Story) -> None:
    line = {"product_id": story.world.products["LAMP"], "quantity": "3", "negotiated_price": "33.33"}
    quote = story.world.api.done("/quotes", {**story.world.quote(), "lines": [line]}).id
    story.world.api.done(f"/quotes/{quote}/send")
    story.world.accept(quote)
    story.order = story.document("order")["document_id"]


@when(parsers.parse('the rest is cancelled because "{reason}"'))
def cancelled(story: Story, reason: str) -> None:
    story.tries(f"/orders/{story.order}/cancel", {"reason": reason})


@when("finance invoices delivery 1 by hand")
def invoices_by_hand(story: Story) -> None:
    story.tries("/invoices/of-delivery", {"order_id": story.order, "delivery": 1})


@when("ann places the order of the quote by hand")
def places_by_hand(story: Story) -> None:
    story.tries("/orders", {"quote_id": story.quote, "revision": 1})
