"""Steps that the features of documents share."""

from __future__ import annotations

from pytest_bdd import given, parsers, when

from features.world import Story


@given(parsers.parse("{amount} EUR arrive for the invoice"))
@when(parsers.parse("{amount} EUR arrive for the invoice"))
def paid(story: Story, amount: str) -> None:
    number = story.world.api.get(f"/invoices/{story.invoice}")["document"]["number"]
    story.payment = story.world.pay(amount, number).id


@when("the invoice is credited")
def credited(story: Story) -> None:
    story.world.api.done("/credit-notes", {"invoice_id": story.invoice, "reason": "sent back"})


@when(parsers.re(r"(?P<quantity>\d+) of its lamps (is|are) credited"))
def credited_in_part(story: Story, quantity: str) -> None:
    lines = [{"line_id": "1", "quantity": quantity}]
    story.world.api.done("/credit-notes", {"invoice_id": story.invoice, "reason": "sent back", "lines": lines})


@when(parsers.parse("{amount} EUR arrive without a word"))
def arrived(story: Story, amount: str) -> None:
    story.payment = story.world.pay(amount).id


@given("a bonus of 59.50 that waits for approval")
def asked_for_bonus(story: Story) -> None:
    who = {"seller_id": story.world.seller, "customer_id": story.world.customer, "currency": "EUR"}
    period = {"first": "2025-01-01", "last": "2025-12-31"}
    line = {"item_name": "Bonus", "quantity": "1", "net_price": "50.00"}
    bonus = {"kind": "volume_bonus", "period": period, "reason": "volume of 2025", "lines": [line]}
    story.world.api.done("/credit-notes/request", {**who, **bonus})


@given("the bonus is approved")
@when("the bonus is approved")
def approved(story: Story) -> None:
    note = story.document("credit note")["document_id"]
    story.world.api.done(f"/credit-notes/{note}/approve", actor="head-of-finance")
