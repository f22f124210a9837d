"""Steps of prepayments."""

from __future__ import annotations

from decimal import Decimal

import pytest
from pytest_bdd import parsers, scenarios, then, when

from features.api import Json
from features.world import Story

scenarios("prepayment.feature")


@pytest.fixture
def prepayments() -> list[str]:
    """Ids of the prepayment invoices."""
    return []


def newest(story: Story) -> Json:
    """The invoice that was drafted last."""
    last = story.world.api.get("/invoices")["items"][0]
    view: Json = story.world.api.get(f"/invoices/{last['document_id']}")
    return view


@when(parsers.parse("finance bills {percent} percent in advance"))
def in_advance(story: Story, prepayments: list[str], percent: str) -> None:
    story.tries("/invoices/of-prepayment", {"order_id": story.order, "percent": percent})
    assert story.response is not None
    if story.response.is_success:
        prepayments.append(story.response.json()["id"])


@then(parsers.parse('the prepayment invoice\'s {field} is "{value}"'))
def prepayment_field(story: Story, prepayments: list[str], field: str, value: str) -> None:
    view = story.world.api.get(f"/invoices/{prepayments[0]}")["document"]
    assert (view["type_code"], view[field.replace(" ", "_")]) == ("386", value)


@then(parsers.parse('its page is titled "{title}"'))
def page_title(story: Story, prepayments: list[str], title: str) -> None:
    assert f"<h1>{title}</h1>" in story.world.api.query(f"/invoices/{prepayments[0]}/page").text


@when("everything is delivered")
def all_delivered(story: Story) -> None:
    story.world.api.done(f"/orders/{story.order}/fulfil")
    story.invoice = newest(story)["document"]["document_id"]


@when("1 lamp is delivered")
def one_delivered(story: Story) -> None:
    story.world.api.done(f"/orders/{story.order}/fulfil", {"quantities": [{"line_id": "1", "quantity": "1"}]})
    story.invoice = newest(story)["document"]["document_id"]


@then(parsers.parse('the invoice takes "{name}" off with "{amount}"'))
def takes_off(story: Story, name: str, amount: str) -> None:
    line = newest(story)["lines"][-1]
    assert (line["item_name"], line["quantity"], line["amount"]) == (name, "-1", amount)


@then(parsers.parse('invoices bear "{tax}" of tax in all'))
def tax_in_all(story: Story, tax: str) -> None:
    api = story.world.api
    views = [api.get(f"/invoices/{one['document_id']}")["document"] for one in api.get("/invoices")["items"]]
    assert sum(Decimal(view["tax_amount"]) for view in views) == Decimal(tax)


@when("finance credits the prepayment")
def credits_prepayment(story: Story, prepayments: list[str]) -> None:
    story.tries("/credit-notes", {"invoice_id": prepayments[0], "reason": "not needed"})


@when("finance credits the invoice")
def credits_invoice(story: Story) -> None:
    story.world.api.done("/credit-notes", {"invoice_id": story.invoice, "reason": "all came back"})


@then(parsers.parse('the credit notes come to "{total}"'))
def credit_notes(story: Story, total: str) -> None:
    notes = story.world.api.get("/credit-notes")["items"]
    assert sum(Decimal(one["total_amount"]) for one in notes) == Decimal(total)


@when("finance bills the invoice anew for 3 better lamps at 110.00")
def billed_anew(story: Story) -> None:
    lines = [{"item_name": "Better lamp", "quantity": "3", "net_price": "110.00"}]
    story.world.api.done("/invoices/rebill", {"invoice_id": story.invoice, "reason": "a better one", "lines": lines})


@then(parsers.parse('the newest invoice\'s {field} is "{value}"'))
def newest_field(story: Story, field: str, value: str) -> None:
    assert newest(story)["document"][field.replace(" ", "_")] == value


def revenue(story: Story) -> Decimal:
    (total,) = story.world.api.get("/sales/by-product-line")["totals"]
    return Decimal(total["revenue_amount"])


@then("no revenue is reported")
def no_revenue(story: Story) -> None:
    assert revenue(story) == 0


@then(parsers.parse('revenue of "{amount}" is reported'))
def some_revenue(story: Story, amount: str) -> None:
    assert revenue(story) == Decimal(amount)


@when("3 lamps come back")
def come_back(story: Story) -> None:
    lines = [{"line_id": "1", "quantity": "3"}]
    story.world.api.done("/credit-notes", {"invoice_id": story.invoice, "reason": "sent back", "lines": lines})


@when("finance credits what the invoice takes off")
def credits_deduction(story: Story) -> None:
    lines = [{"line_id": "less-1", "amount": "10.00"}]
    story.tries("/credit-notes", {"invoice_id": story.invoice, "reason": "why not", "lines": lines})


@when(parsers.parse("finance holds a prepayment of {percent} percent back"))
def held_back(story: Story, prepayments: list[str], percent: str) -> None:
    body = {"order_id": story.order, "percent": percent, "held": True}
    prepayments.append(story.world.api.done("/invoices/of-prepayment", body).id)


@when("the prepayment is released")
def prepayment_released(story: Story, prepayments: list[str]) -> None:
    story.world.api.done(f"/invoices/{prepayments[0]}/release")


@then("it is not issued")
def not_issued(story: Story, prepayments: list[str]) -> None:
    assert story.world.api.get(f"/invoices/{prepayments[0]}")["document"]["state"] == "draft"


@then("finance discards it")
def discards(story: Story, prepayments: list[str]) -> None:
    story.world.api.done(f"/invoices/{prepayments[0]}/discard", {"reason": "delivered already"})


@when("2 lamps are cancelled")
def cancelled(story: Story) -> None:
    tries_to_cancel(story)
    assert story.response is not None
    assert story.response.is_success


@when("2 lamps are to be cancelled")
def tries_to_cancel(story: Story) -> None:
    lines = [{"line_id": "1", "quantity": "2"}]
    story.tries(f"/orders/{story.order}/cancel", {"reason": "too many", "quantities": lines})


@then(parsers.parse('finance is told to credit "{amount}"'))
def told_to_credit(story: Story, amount: str) -> None:
    assert amount in story.problem()["detail"]


@when("finance bills the invoice anew for 1 cheap lamp at 10.00")
def billed_cheaply(story: Story) -> None:
    lines = [{"item_name": "Cheap lamp", "quantity": "1", "net_price": "10.00"}]
    story.tries("/invoices/rebill", {"invoice_id": story.invoice, "reason": "cheaper", "lines": lines})
