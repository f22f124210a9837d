"""Steps of the returns."""

from __future__ import annotations

from typing import Any

from pytest_bdd import given, parsers, scenarios, then, when

from features.ordering.conftest import quantities
from features.world import Story

scenarios("returns.feature")

MONTHLY = {
    "starts_on": "2026-03-02",
    "ends_on": "2026-06-01",
    "billing_trigger": "schedule",
    "recurrence": {"rule": "monthly"},
}


@given("a delivered contract of 3 months billed every month")
def delivered_contract(story: Story) -> None:
    story.world.accept(story.world.sent_quote([("LAMP", "3")], contract_terms=MONTHLY))
    contract = story.document("contract")["document_id"]
    signatories = [{"name": "N. Licht", "side": "seller"}, {"name": "I. Müller", "side": "buyer"}]
    story.world.api.done(f"/contracts/{contract}/sign", {"signatories": signatories})
    story.order = story.document("order")["document_id"]
    story.world.api.done(f"/orders/{story.order}/fulfil")


@when(parsers.parse("{quantity:d} of them have arrived"))
def some_arrived(story: Story, quantity: int) -> None:
    story.tries(f"/returns/{story.rma}/receive", {"quantities": quantities(str(quantity))})


@when(parsers.parse("{quantity:d} of them is accepted for credit"))
def some_accepted(story: Story, quantity: int) -> None:
    body = {"settlement": "credit", "accepted": quantities(str(quantity))}
    story.world.api.done(f"/returns/{story.rma}/inspect", body)


@when("none of them is accepted")
def none_accepted(story: Story) -> None:
    story.world.api.done(f"/returns/{story.rma}/inspect", {"settlement": "credit", "accepted": []})


@when(parsers.parse('the return is cancelled because "{reason}"'))
def cancelled(story: Story, reason: str) -> None:
    story.world.api.done(f"/returns/{story.rma}/cancel", {"reason": reason})


@when(parsers.parse('{quantity:d} lamps are cancelled because "{reason}"'))
def order_cancelled(story: Story, quantity: int, reason: str) -> None:
    story.tries(f"/orders/{story.order}/cancel", {"reason": reason, "quantities": quantities(str(quantity))})


@then("the credit note's reason names the return")
def reason_names(story: Story) -> None:
    number = story.world.api.get(f"/returns/{story.rma}")["document"]["number"]
    assert story.document("credit note")["reason"] == f"Return {number}"


@then("both invoices are credited in full")
def both_credited(story: Story) -> None:
    items: list[dict[str, Any]] = story.world.api.get("/invoices")["items"]
    assert [one["state"] for one in items] == ["credited", "credited"]


@then(parsers.parse("there are {count:d} returns of the order"))
def returns(story: Story, count: int) -> None:
    assert len(story.world.api.get("/returns", order_id=story.order)["items"]) == count
