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
    story.order = contract_order(story)
    story.world.api.done(f"/orders/{story.order}/fulfil")


def contract_order(story: Story) -> str:
    """The order of 3 lamps by a contract whose schedule bills it."""
    story.world.accept(story.world.sent_quote([("LAMP", "3")], contract_terms=MONTHLY))
    contract = story.document("contract")["document_id"]
    signatories = [{"name": "N. Licht", "side": "seller"}, {"name": "I. Müller", "side": "buyer"}]
    story.world.api.done(f"/contracts/{contract}/sign", {"signatories": signatories})
    return str(story.document("order")["document_id"])


@given("a contract of 3 months billed every month, of which a lamp too many is delivered")
def overdelivered_contract(story: Story) -> None:
    story.order = contract_order(story)
    story.world.api.done(f"/orders/{story.order}/agree-tolerance", {"over_percent": "40", "under_percent": "0"})
    story.world.api.done(f"/orders/{story.order}/fulfil", {"quantities": quantities("4")})


@when("the invoice is credited by hand", target_fixture="note")
def credited_by_hand(story: Story) -> str:
    body = {"invoice_id": story.document("invoice")["document_id"], "reason": "broken"}
    return story.world.api.done("/credit-notes", body).id


@when("the credit note by hand is named as its credit note")
def named(story: Story, note: str) -> None:
    story.world.api.done(f"/returns/{story.rma}/credit", {"credit_note_id": note})


@when("a rejected credit note of another customer is named as its credit note")
def rejected_named(story: Story) -> None:
    api = story.world.api
    other = api.done("/customers", {"name": "Licht KG", "address": {"country_code": "DE", "city": "Kiel"}}).id
    line = {"item_name": "Bonus", "quantity": "1", "net_price": "10.00"}
    bonus = {
        "seller_id": story.world.seller,
        "customer_id": other,
        "currency": "EUR",
        "kind": "volume_bonus",
        "period": {"first": "2025-01-01", "last": "2025-12-31"},
        "lines": [line],
        "reason": "bonus",
    }
    note = api.done("/credit-notes/request", bonus).id
    api.done(f"/credit-notes/{note}/reject", {"reason": "no"}, actor="bob")
    story.tries(f"/returns/{story.rma}/credit", {"credit_note_id": note})


@then(parsers.parse("there are {count:d} credit notes"))
def credit_notes(story: Story, count: int) -> None:
    assert len(story.world.api.get("/credit-notes")["items"]) == count


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
