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
