"""Steps that the features of ordering share."""

from __future__ import annotations

from decimal import Decimal

from pytest_bdd import parsers, then, when

from features.world import Story


def quantities(quantity: str) -> list[dict[str, str]]:
    """So much of the only line."""
    return [{"line_id": "1", "quantity": quantity}]


@when(parsers.re(r"(?P<quantity>\d+) lamps? (is|are) delivered"))
def delivered(story: Story, quantity: str) -> None:
    story.tries(f"/orders/{story.order}/fulfil", {"quantities": quantities(quantity)})


@when("the rest is delivered")
def rest_delivered(story: Story) -> None:
    story.world.api.done(f"/orders/{story.order}/fulfil")


@when(parsers.parse("everything is said to have been delivered on {day}"))
def delivered_on(story: Story, day: str) -> None:
    story.tries(f"/orders/{story.order}/fulfil", {"delivered_on": day})


@when("it is closed")
def closed(story: Story) -> None:
    story.world.api.done(f"/orders/{story.order}/close")


@when(parsers.re(r'(?P<quantity>\d+) lamps? (is|are) authorised to come back because "(?P<reason>.+)"'))
def authorised(story: Story, quantity: str, reason: str) -> None:
    story.tries("/returns", {"order_id": story.order, "reason": reason, "quantities": quantities(quantity)})
    assert story.response is not None
    story.rma = story.response.json().get("id", story.rma)


@when("they have arrived")
def arrived(story: Story) -> None:
    story.world.api.done(f"/returns/{story.rma}/receive")


@when(parsers.re("they are accepted for (?P<settlement>credit|replacement)"))
def accepted(story: Story, settlement: str) -> None:
    story.tries(f"/returns/{story.rma}/inspect", {"settlement": settlement})


@then(parsers.parse('the return is "{state}"'))
def return_state(story: Story, state: str) -> None:
    assert story.world.api.get(f"/returns/{story.rma}")["document"]["state"] == state


@then(parsers.parse('there are {count:d} invoices over "{amount}" in all'))
def invoices(story: Story, count: int, amount: str) -> None:
    items = story.world.api.get("/invoices")["items"]
    assert len(items) == count
    assert sum(Decimal(one["total_amount"]) for one in items) == Decimal(amount)
