"""What scenarios of invoices and of credit notes have in common."""

from __future__ import annotations

from typing import Any

from pytest_bdd import given, parsers, when

from features.world import Story


def by_hand(story: Story, **more: Any) -> dict[str, Any]:
    """Two hours of advice."""
    return {
        "seller_id": story.world.seller,
        "customer_id": story.world.customer,
        "currency": "EUR",
        "lines": [
            {"item_name": "Advice", "quantity": "2", "net_price": "80.00", "unit_code": "HUR", "goods": False},
        ],
        **more,
    }


@given("it is paid")
def paid(story: Story) -> None:
    invoice = story.document("invoice")
    story.payment = story.world.pay(invoice["total_amount"], invoice["number"]).id


@when("finance credits it")
def credits_all(story: Story) -> None:
    story.tries("/credit-notes", {"invoice_id": story.invoice, "reason": "returned"})


@given(parsers.re(r"finance credits (?P<amount>\d+\.\d+) of line (?P<line_id>\d+)"))
@when(parsers.re(r"finance credits (?P<amount>\d+\.\d+) of line (?P<line_id>\d+)"))
def credits_part(story: Story, amount: str, line_id: str) -> None:
    body = {"invoice_id": story.invoice, "reason": "scratched", "lines": [{"line_id": line_id, "amount": amount}]}
    story.tries("/credit-notes", body)


@when("finance invoices 2 hours of advice at 80.00 with freight of 10.00")
def invoices_by_hand(story: Story) -> None:
    freight = [{"reason": "Freight", "amount": "10.00"}]
    story.invoice = story.world.api.done("/invoices", by_hand(story, charges=freight)).id
