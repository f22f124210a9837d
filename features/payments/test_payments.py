"""Steps of the payments."""

from __future__ import annotations

from typing import Any

from pytest_bdd import parsers, scenarios, when

from features.world import Story

scenarios("payments.feature")


def arrives(story: Story, amount: str, **more: Any) -> None:
    """Money, possibly refused."""
    world = story.world
    body = {"seller_id": world.seller, "customer_id": world.customer, "amount": amount, "currency": "EUR", **more}
    story.tries("/payments", body)
    assert story.response is not None
    if story.response.is_success:
        story.payment = story.response.json()["id"]


@when(parsers.parse("{amount} arrive for it"))
def arrives_for_it(story: Story, amount: str) -> None:
    arrives(story, amount, remittance_information=f"your {story.document('invoice')['number']}")


@when(parsers.parse("{amount} arrive for it from another customer"))
def arrives_from_another(story: Story, amount: str) -> None:
    another = {"name": "Someone else", "address": {"country_code": "DE"}}
    customer = story.world.api.done("/customers", another).id
    arrives(story, amount, customer_id=customer, remittance_information=story.document("invoice")["number"])


@when(parsers.parse("{amount} arrive without a word"))
def arrives_silently(story: Story, amount: str) -> None:
    arrives(story, amount)


@when(parsers.parse('{amount} arrive with reference "{reference}"'))
def arrives_with_reference(story: Story, amount: str, reference: str) -> None:
    arrives(story, amount, account_servicer_reference=reference)


@when(parsers.parse("{amount} of it are refunded"))
def refunded(story: Story, amount: str) -> None:
    story.tries(f"/payments/{story.payment}/refund", {"amount": amount, "reason": "paid too much"})


@when("it is allocated to the invoice")
def allocated(story: Story) -> None:
    story.tries(f"/payments/{story.payment}/allocate", {"allocations": [{"invoice_id": story.invoice}]})


@when(parsers.parse("{amount} of it are allocated to the invoice"))
def allocated_amount(story: Story, amount: str) -> None:
    allocations = [{"invoice_id": story.invoice, "amount": amount}]
    story.tries(f"/payments/{story.payment}/allocate", {"allocations": allocations})


@when("the payment is reversed")
def reversed_payment(story: Story) -> None:
    story.world.api.done(f"/payments/{story.payment}/reverse", {"reason": "debit bounced"})


@when(parsers.parse("{amount} of it are taken back from the invoice"))
def taken_back(story: Story, amount: str) -> None:
    body = {"invoice_id": story.invoice, "amount": amount}
    story.world.api.done(f"/payments/{story.payment}/unallocate", body)
