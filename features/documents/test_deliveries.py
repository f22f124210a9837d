"""Steps of the deliveries of orders."""

from __future__ import annotations

from pytest_bdd import parsers, scenarios, then, when

from features.api import Json, SetClock
from features.rest.shop import interrupted
from features.world import Story

scenarios("deliveries.feature")


def the_only_line(story: Story, path: str) -> Json:
    (line,) = story.world.api.get(path)["lines"]
    found: Json = line
    return found


def of_customer(story: Story) -> list[Json]:
    """The deliveries that the customer sees."""
    view = story.world.api.get(f"/portal/customers/{story.world.customer}/orders/{story.order}")
    found: list[Json] = view["deliveries"]
    return found


@when("1 day passes")
def _(clock: SetClock) -> None:
    clock.pass_days(1)


@when(parsers.re(r'(?P<quantity>\d+) lamps? (is|are) sent as "(?P<tracking>.+)"'))
def _(story: Story, quantity: str, tracking: str) -> None:
    sent = {"quantities": [{"line_id": "1", "quantity": quantity}], "tracking_reference": tracking}
    story.world.api.done(f"/orders/{story.order}/fulfil", sent)


@when("the rest is sent without a tracking reference")
def _(story: Story) -> None:
    story.world.api.done(f"/orders/{story.order}/fulfil")


@when("1 lamp comes back to be replaced")
def _(story: Story) -> None:
    api, line = story.world.api, {"line_id": "1", "quantity": "1"}
    rma = api.done("/returns", {"order_id": story.order, "reason": "broken", "quantities": [line]}).id
    api.done(f"/returns/{rma}/receive")
    api.done(f"/returns/{rma}/inspect", {"settlement": "replacement"})


@when("the rest is sent, and its invoice is held back")
def _(story: Story, database_url: str, clock: SetClock) -> None:
    with interrupted(database_url, clock) as api:
        api.done(f"/orders/{story.order}/fulfil")
        billed = {"order_id": story.order, "delivery": 1, "held": True}
        story.world.api.position = api.done("/invoices/of-delivery", billed).position


@then("the order's deliveries are")
def _(story: Story, datatable: list[list[str]]) -> None:
    rows = []
    for one in story.world.api.get(f"/orders/{story.order}")["deliveries"]:
        (sent,) = one["quantities"]
        assert sent["line_id"] == "1"
        told = [one["delivery"], one["delivered_on"], one["tracking_reference"], sent["quantity"]]
        rows.append([str(value or "") for value in (*told, one["invoice_number"])])
    assert rows == datatable[1:]


@then("the customer sees the same deliveries")
def _(story: Story) -> None:
    assert of_customer(story) == story.world.api.get(f"/orders/{story.order}")["deliveries"]


@then("the customer's delivery names no invoice")
def _(story: Story) -> None:
    (seen,), (known,) = of_customer(story), story.world.api.get(f"/orders/{story.order}")["deliveries"]
    assert seen == {**known, "invoice_id": None}
    assert known["invoice_id"] == story.world.the_only("/invoices")["document"]["document_id"]


@then(parsers.parse("the order's line says {left} open, {delivered} delivered and {returned} returned"))
def _(story: Story, left: str, delivered: str, returned: str) -> None:
    line = the_only_line(story, f"/orders/{story.order}")
    said = (line["open_quantity"], line["delivered_quantity"], line["returned_quantity"], line["beyond_quantity"])
    assert said == (left, delivered, returned, "0")


@then("the invoice's and the quote's line say nothing of that")
def _(story: Story) -> None:
    for path in (f"/invoices/{story.invoice}", f"/quotes/{story.quote}"):
        line = the_only_line(story, path)
        of_orders = ("open_quantity", "delivered_quantity", "returned_quantity", "beyond_quantity")
        assert {line[name] for name in of_orders} == {None}
