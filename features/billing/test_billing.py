"""Steps of the invoices and credit notes."""

from __future__ import annotations

from decimal import Decimal

from pytest_bdd import given, parsers, scenarios, then, when

from features.billing.conftest import by_hand
from features.world import Story

scenarios("billing.feature")


@when("finance drafts a held invoice")
def drafts_held(story: Story) -> None:
    story.invoice = story.world.api.done("/invoices", by_hand(story, held=True)).id


@when("it is released")
def released(story: Story) -> None:
    story.world.api.done(f"/invoices/{story.invoice}/release")


@when("it is discarded")
def discarded(story: Story) -> None:
    story.tries(f"/invoices/{story.invoice}/discard", {"reason": "written twice"})


@when(parsers.parse("it is issued on {day}"))
def issued_on(story: Story, day: str) -> None:
    story.tries(f"/invoices/{story.invoice}/issue", {"issue_date": day})


@then("the invoice has no number")
def no_number(story: Story) -> None:
    assert story.document("invoice")["number"] == ""


@then(parsers.parse('the credit notes bear "{tax}" of tax in all'))
def credit_tax(story: Story, tax: str) -> None:
    api = story.world.api
    notes = [api.get(f"/credit-notes/{one['document_id']}") for one in api.get("/credit-notes")["items"]]
    assert sum(Decimal(one["document"]["tax_amount"]) for one in notes) == Decimal(tax)


@given("a customer in the United States")
def abroad(story: Story) -> None:
    body = {"name": "Acme Inc", "address": {"country_code": "US"}}
    story.world.customer = story.world.api.done("/customers", body).id


@when(parsers.parse("finance writes an invoice of advice for it, with travel of {amount}"))
def writes_with_travel(story: Story, amount: str) -> None:
    body = by_hand(story, charges=[{"reason": "Travel", "amount": amount}])
    story.invoice = story.world.api.done("/invoices", body).id


@then(parsers.parse('all of it is taxed by category "{category}"'))
def taxed_by(story: Story, category: str) -> None:
    taxes = story.world.api.get(f"/invoices/{story.invoice}")["taxes"]
    assert [each["vat_category_code"] for each in taxes] == [category]


@when("everything is delivered")
def everything_delivered(story: Story) -> None:
    story.world.api.done(f"/orders/{story.order}/fulfil")
