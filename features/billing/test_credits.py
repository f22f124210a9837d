"""Steps of the untidy cases of billing."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import uuid4

from pytest_bdd import given, parsers, scenarios, then, when

from features.api import Json
from features.billing.conftest import by_hand
from features.world import Story

scenarios("credits.feature")

BONUS = {"kind": "volume_bonus", "period": {"first": "2025-01-01", "last": "2025-12-31"}, "reason": "volume of 2025"}
HEAD = "head-of-finance"


def other_customer(story: Story, **more: object) -> str:
    address = {"country_code": "DE", "city": "Emden"}
    return story.world.api.done("/customers", {"name": "Petersen", "address": address, **more}).id


def note(story: Story) -> str:
    found: str = story.world.the_only("/credit-notes")["document"]["document_id"]
    return found


def notes(story: Story) -> list[Json]:
    """The newest first."""
    items: list[Json] = story.world.api.get("/credit-notes")["items"]
    return items


def ask_for_bonus(story: Story, amount: str, **headers: Any) -> None:
    who = {"seller_id": story.world.seller, "customer_id": story.world.customer, "currency": "EUR"}
    line = {"item_name": "Bonus", "quantity": "1", "net_price": amount}
    story.tries("/credit-notes/request", {**who, **BONUS, "lines": [line]}, **headers)


@given(parsers.re(r"finance credits (?P<quantity>\d+) pieces? of line (?P<line_id>\d+)"))
@when(parsers.re(r"finance credits (?P<quantity>\d+) pieces? of line (?P<line_id>\d+)"))
def credits_pieces(story: Story, quantity: str, line_id: str) -> None:
    lines = [{"line_id": line_id, "quantity": quantity}]
    story.tries("/credit-notes", {"invoice_id": story.invoice, "reason": "sent back", "lines": lines})


@given(parsers.parse("{count:d} issued invoices for {quantity} lamps each"), target_fixture="invoices")
def several(story: Story, count: int, quantity: str) -> list[str]:
    api = story.world.api
    for _ in range(count):
        story.world.accept(story.world.sent_quote([("LAMP", quantity)]))
        order = api.get("/orders")["items"][0]["document_id"]
        api.done(f"/orders/{order}/fulfil")
    return [one["document_id"] for one in reversed(api.get("/invoices")["items"])]


@when("finance credits 1 piece of line 1 of each in one credit note")
def credits_each(story: Story, invoices: list[str]) -> None:
    taken = [{"invoice_id": invoice, "lines": [{"line_id": "1", "quantity": "1"}]} for invoice in invoices]
    story.world.api.done("/credit-notes/of-invoices", {"credits": taken, "reason": "a bad batch"})


@then(parsers.parse('each of them is credited with "{amount}"'))
def credited_with(story: Story, invoices: list[str], amount: str) -> None:
    for invoice in invoices:
        view = story.world.api.get(f"/invoices/{invoice}")
        assert view["document"]["credited_amount"] == amount
        assert ("credited_by", amount) in [(one["relation"], one["amount"]) for one in view["related"]]


@then(parsers.parse('the page of the credit note names "{first}" and "{second}"'))
def page_names(story: Story, first: str, second: str) -> None:
    page = story.world.api.query(f"/credit-notes/{note(story)}/page").text
    assert first in page
    assert second in page


@given("an issued invoice for another customer", target_fixture="other_invoice")
def other_invoice(story: Story) -> str:
    return story.world.api.done("/invoices", by_hand(story, customer_id=other_customer(story))).id


@when("finance credits both in one credit note")
def credits_both(story: Story, other_invoice: str) -> None:
    taken = [{"invoice_id": story.invoice}, {"invoice_id": other_invoice}]
    story.tries("/credit-notes/of-invoices", {"credits": taken, "reason": "mixed up"})


@then("there is no credit note")
def no_credit_note(story: Story) -> None:
    assert notes(story) == []


@then(parsers.parse('the credit note bears {quantity} piece at "{price}"'))
def bears(story: Story, quantity: str, price: str) -> None:
    (line,) = story.world.api.get(f"/credit-notes/{notes(story)[0]['document_id']}")["lines"]
    assert (line["quantity"], line["net_price"]) == (quantity, price)


@then(parsers.parse('the credit note\'s {field} is "{value}"'))
def newest_note(story: Story, field: str, value: str) -> None:
    newest = story.world.api.get(f"/credit-notes/{notes(story)[0]['document_id']}")["document"]
    assert str(newest[field.replace(" ", "_")]) == value


@then("the credit note has no number")
def no_number(story: Story) -> None:
    assert notes(story)[0]["number"] == ""


@when(parsers.parse("finance asks for a bonus of {amount} for 2025"))
def asks(story: Story, amount: str) -> None:
    ask_for_bonus(story, amount)


@when(parsers.parse("an assistant asks on behalf of the head of finance for a bonus of {amount}"))
def assistant_asks(story: Story, amount: str) -> None:
    story.world.api.delegate(HEAD, "assistant")
    ask_for_bonus(story, amount, **{"As": "assistant", "Q2C-On-Behalf-Of": HEAD})


@when("finance approves it")
def approves(story: Story) -> None:
    story.tries(f"/credit-notes/{note(story)}/approve")


@when("the head of finance approves it")
def head_approves(story: Story) -> None:
    story.tries(f"/credit-notes/{note(story)}/approve", {}, As=HEAD)


@when("the head of finance rejects it")
def head_rejects(story: Story) -> None:
    story.tries(f"/credit-notes/{note(story)}/reject", {"reason": "too much"}, As=HEAD)


@given(parsers.parse("an approved bonus of {amount}"), target_fixture="bonus")
def approved_bonus(story: Story, amount: str) -> str:
    ask_for_bonus(story, amount)
    head_approves(story)
    return note(story)


@then(parsers.parse("{amount} are in the customer's favour"))
def in_favour(story: Story, amount: str) -> None:
    """Three read models agree."""
    api = story.world.api
    open_items = api.get("/receivables/open-items", as_of="2026-12-31")["items"]
    held = sum((Decimal(one["open_amount"]) for one in open_items if one["kind"] == "credit_note"), Decimal(0))
    listed = sum((Decimal(one["open_amount"]) for one in notes(story) if one["state"] == "open"), Decimal(0))
    portal = api.get(f"/portal/customers/{story.world.customer}/credit-notes")["items"]
    assert -held == listed == sum(Decimal(one["open_amount"]) for one in portal) == Decimal(amount)


@when("the bonus is set off against the invoice")
def set_off(story: Story, bonus: str) -> None:
    story.world.api.done(f"/credit-notes/{bonus}/allocate", {"invoice_id": story.invoice})


@when(parsers.parse("{amount} of the bonus are set off against the invoice"))
def set_off_part(story: Story, bonus: str, amount: str) -> None:
    story.tries(f"/credit-notes/{bonus}/allocate", {"invoice_id": story.invoice, "amount": amount})


@when("the rest of the bonus is paid out")
def paid_out(story: Story, bonus: str) -> None:
    story.world.api.done(f"/credit-notes/{bonus}/refund", {"reason": "they asked for it"})


def rebill(story: Story, **more: object) -> None:
    story.tries("/invoices/rebill", {"invoice_id": story.invoice, "reason": "billed wrongly", **more})


@when("finance bills it anew with 2 hours of advice at 120.00")
def rebills_lines(story: Story) -> None:
    rebill(story, lines=[{"item_name": "Advice", "quantity": "2", "net_price": "120.00", "goods": False}])


@given("it was billed anew for another purchase order")
@when("it is billed anew for another purchase order")
def rebilled_reference(story: Story) -> None:
    rebill(story, purchase_order_reference="PO-2")


@when("finance bills it anew to another customer", target_fixture="right_customer")
def rebills_customer(story: Story) -> str:
    customer = other_customer(story)
    rebill(story, customer_id=customer)
    return customer


@when("finance bills it anew to a customer that does not exist")
def rebills_nobody(story: Story) -> None:
    rebill(story, customer_id=str(uuid4()))


def new_invoice(story: Story) -> Json:
    assert story.response is not None
    view: Json = story.world.api.get(f"/invoices/{story.response.json()['id']}")
    return view


@then(parsers.parse('the wrong invoice is "{state}"'))
def wrong_invoice(story: Story, state: str) -> None:
    assert story.document("invoice")["state"] == state


@then(parsers.parse('the new invoice\'s {field} is "{value}"'))
def new_field(story: Story, field: str, value: str) -> None:
    assert new_invoice(story)["document"][field.replace(" ", "_")] == value


@then("the new invoice replaces the wrong one")
def replaces(story: Story) -> None:
    related = [(one["relation"], one["document_id"]) for one in new_invoice(story)["related"]]
    assert ("replaces", story.invoice) in related


@then("the new invoice is for the other customer")
def for_other(story: Story, right_customer: str) -> None:
    assert new_invoice(story)["document"]["customer_id"] == right_customer


@when("finance invoices a walk-in buyer in France")
def walk_in(story: Story) -> None:
    buyer = {"name": "Jeanne Passante", "address": {"country_code": "FR", "city": "Lille"}}
    tax = {"category": "O", "rate": "0", "jurisdiction": "FR"}
    lines = [{"item_name": "Lamp", "quantity": "1", "net_price": "9.00", "tax": tax}]
    customer = other_customer(story, one_time=True)
    story.invoice = story.world.api.done("/invoices", by_hand(story, customer_id=customer, buyer=buyer, lines=lines)).id


@when("finance invoices a registered customer under another name")
def other_name(story: Story) -> None:
    buyer = {"name": "Jeanne Passante", "address": {"country_code": "FR"}}
    story.tries("/invoices", by_hand(story, buyer=buyer))


@when(parsers.parse('finance takes over invoice "{number}" in the series "{series}"'))
def takes_over(story: Story, number: str, series: str) -> None:
    story.tries("/invoices", by_hand(story, external_reference=number, series=series))
    assert story.response is not None
    if story.response.is_success:
        story.invoice = story.response.json()["id"]


@then(parsers.parse('nothing is open but "{amount}"'))
def open_items(story: Story, amount: str) -> None:
    items = story.world.api.get("/receivables/open-items", as_of="2026-12-31")["items"]
    assert [one["open_amount"] for one in items] == [amount]


def to_walk_in(story: Story, customer: str, name: str) -> str:
    buyer = {"name": name, "address": {"country_code": "DE"}}
    return story.world.api.done("/invoices", by_hand(story, customer_id=customer, buyer=buyer)).id


@given("two invoices to walk-in buyers of one name each", target_fixture="other_invoice")
def walk_ins(story: Story) -> str:
    customer = other_customer(story, one_time=True)
    story.invoice = to_walk_in(story, customer, "Anna")
    return to_walk_in(story, customer, "Bert")


@when(parsers.parse('finance drafts invoice "{number}" and discards it'))
def drafts_and_discards(story: Story, number: str) -> None:
    draft = story.world.api.done("/invoices", by_hand(story, external_reference=number, held=True)).id
    story.world.api.done(f"/invoices/{draft}/discard", {"reason": "typed wrongly"})
