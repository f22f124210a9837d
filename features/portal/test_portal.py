"""Steps for the customer portal."""

from __future__ import annotations

import asyncio
import re

from pytest_bdd import given, parsers, scenarios, then, when

from features.api import Json
from features.world import Story, World
from infrastructure.event_log import EventLog
from infrastructure.projecting import verify
from projections.portal import Portal

scenarios("portal.feature")

AMOUNT = re.compile(r'amount":"\d+\.?(\d*)"')
"""The decimals of each amount in an answer."""


def portal(world: World, path: str = "") -> str:
    """Where the customer looks."""
    return f"/portal/customers/{world.customer}{path}"


def the_only(world: World, path: str) -> Json:
    """The one thing that the customer sees there."""
    (item,) = world.api.get(portal(world, path))["items"]
    found: Json = item
    return found


@given(parsers.parse("a drafted quote for {quantity} lamps"))
def _(story: Story, quantity: str) -> None:
    story.quote = story.world.api.done("/quotes", story.world.quote([("LAMP", quantity)])).id


@given(parsers.parse("an accepted quote for {quantity} lamps"))
def _(story: Story, quantity: str) -> None:
    story.quote = story.world.sent_quote([("LAMP", quantity)])
    story.world.accept(story.quote)
    story.order = story.world.the_only("/orders")["document"]["document_id"]


@when("the quote is sent")
def _(story: Story) -> None:
    story.world.api.done(f"/quotes/{story.quote}/send")


@when(parsers.parse("the seller revises it to {quantity} lamps without sending that"))
def _(story: Story, quantity: str) -> None:
    api, lamp = story.world.api, story.world.products["LAMP"]
    api.done(f"/quotes/{story.quote}/revise", {"valid_until": "2026-04-30"})
    line = {"product_id": lamp, "quantity": quantity}
    api.done(f"/quotes/{story.quote}/add-line", {"line": {**line, "line_id": "more"}})
    api.done(f"/quotes/{story.quote}/change-line", {"line": {**line, "line_id": "1"}})
    api.done(f"/quotes/{story.quote}/remove-line", {"line_id": "more"})


@when("the customer accepts what the portal shows")
def _(story: Story) -> None:
    api = story.world.api
    shown = api.query(portal(story.world, f"/quotes/{story.quote}"))
    body = {
        "revision": shown.json()["quote"]["revision"],
        "document_sha256": shown.json()["quote"]["document_sha256"],
        "evidence": {"consent_text": "We order.", "accepted_by": "Ida Müller", "identified_by": "portal login"},
    }
    api.done(f"/quotes/{story.quote}/accept", body, if_match=shown.headers["ETag"])


@when(parsers.parse("{quantity} lamps are delivered"))
def _(story: Story, quantity: str) -> None:
    story.world.api.done(f"/orders/{story.order}/fulfil", {"quantities": [{"line_id": "1", "quantity": quantity}]})


@when("the rest of the order is cancelled")
def _(story: Story) -> None:
    story.world.api.done(f"/orders/{story.order}/cancel", {"reason": "no longer needed"})


@when("the order is put on hold")
def _(story: Story) -> None:
    story.world.api.done(f"/orders/{story.order}/hold", {"kind": "compliance", "reason": "export papers"})


@when("the hold is released")
def _(story: Story) -> None:
    story.world.api.done(f"/orders/{story.order}/release-hold", {"reason": "papers are here"})


@given(parsers.parse("a contract by hand for {quantity} lamps"))
def _(story: Story, quantity: str) -> None:
    quote = story.world.quote([("LAMP", quantity)])
    del quote["valid_until"]
    terms = {"starts_on": "2026-03-02", "ends_on": "2026-06-01", "billing_trigger": "schedule"}
    source = {"reference": "Framework 2026", "sha256": "ab" * 32, "location": "archive:/2026/17.pdf"}
    body = {**quote, "contract_terms": terms, "source_document": source}
    story.contract = story.world.api.done("/contracts/by-hand", body).id
    story.world.api.actor = "bob"


@when(parsers.re("the contract is (?P<done>approved|rejected|sent for signature)"))
def _(story: Story, done: str) -> None:
    command = {"approved": "approve", "rejected": "reject", "sent for signature": "send-for-signature"}[done]
    story.world.api.done(f"/contracts/{story.contract}/{command}", {"reason": "no"} if done == "rejected" else {})


@when(parsers.parse("{amount} EUR arrive for that invoice"))
def _(story: Story, amount: str) -> None:
    story.world.pay(amount, the_only(story.world, "/invoices")["number"])


@when("the invoice is credited")
def _(story: Story) -> None:
    invoice = the_only(story.world, "/invoices")["invoice_id"]
    story.world.api.done("/credit-notes", {"invoice_id": invoice, "reason": "sent back"})


@then("the customer sees no quote")
def _(story: Story) -> None:
    api = story.world.api
    assert api.get(portal(story.world, "/quotes"))["items"] == []
    assert api.query(portal(story.world, f"/quotes/{story.quote}")).status_code == 404


@then(parsers.parse("the customer sees a quote of {total} EUR with {quantity} lamps, which it may accept or decline"))
def _(story: Story, total: str, quantity: str) -> None:
    quote = _shown_quote(story, total, quantity)
    assert (quote["state"], quote["available_actions"]) == ("sent", ["accept", "decline"])
    assert story.world.api.get(portal(story.world))["quotes_to_answer"] == 1


@then(parsers.parse('the customer sees a quote of {total} EUR with {quantity} lamps, which is "{state}"'))
def _(story: Story, total: str, quantity: str, state: str) -> None:
    quote = _shown_quote(story, total, quantity)
    assert (quote["state"], quote["available_actions"]) == (state, [])
    assert story.world.api.get(portal(story.world))["quotes_to_answer"] == 0


def _shown_quote(story: Story, total: str, quantity: str) -> Json:
    view = story.world.api.get(portal(story.world, f"/quotes/{story.quote}"))
    quote: Json = view["quote"]
    assert quote == the_only(story.world, "/quotes")
    assert (quote["total_amount"], quote["currency"]) == (total, "EUR")
    assert [(line["seller_item_id"], line["quantity"]) for line in view["lines"]] == [("LAMP", quantity)]
    return quote


@then(parsers.parse('the customer sees an order that is "{state}"'))
def _(story: Story, state: str) -> None:
    assert the_only(story.world, "/orders")["state"] == state


@then(parsers.parse("{count:d} order is under way"))
def _(story: Story, count: int) -> None:
    assert story.world.api.get(portal(story.world))["orders_under_way"] == count


@then("the customer sees no contract")
def _(story: Story) -> None:
    assert story.world.api.get(portal(story.world, "/contracts"))["items"] == []


@then(parsers.parse('the customer sees a contract that is "{state}"'))
def _(story: Story, state: str) -> None:
    assert the_only(story.world, "/contracts")["state"] == state


@then(parsers.parse('the support sees an open contract that is "{state}"'))
def _(story: Story, state: str) -> None:
    card = story.world.api.get(f"/support/customers/{story.world.customer}")
    assert [(one["kind"], one["state"]) for one in card["open_documents"]] == [("contract", state)]


@then(parsers.parse("of {ordered} ordered lamps {delivered} are delivered and {left} are open"))
def _(story: Story, ordered: str, delivered: str, left: str) -> None:
    (line,) = story.world.api.get(portal(story.world, f"/orders/{story.order}"))["lines"]
    shown = (line["ordered_quantity"], line["delivered_quantity"], line["open_quantity"])
    assert shown == (ordered, delivered, left)


@then(parsers.parse('the customer sees an invoice of {total} that is "{state}", with {left} to pay'))
def _(story: Story, total: str, state: str, left: str) -> None:
    invoice = the_only(story.world, "/invoices")
    assert (invoice["total_amount"], invoice["state"], invoice["open_amount"]) == (total, state, left)


@then(parsers.parse("the account says {owed} owed, {overdue} overdue and {in_hand} in hand"))
def _(story: Story, owed: str, overdue: str, in_hand: str) -> None:
    (account,) = story.world.api.get(portal(story.world))["account"]
    assert account == {
        "currency": "EUR",
        "owed_amount": owed,
        "overdue_amount": overdue,
        "unapplied_amount": in_hand,
    }


@then("the payments settle that invoice")
def _(story: Story) -> None:
    number = the_only(story.world, "/invoices")["number"]
    paid = story.world.api.get(portal(story.world, "/payments"))["items"]
    assert [(one["amount"], one["settled_invoices"]) for one in paid] == [("400.00", [number]), ("300.00", [number])]


@then("every amount that the customer sees has the decimals of its currency")
def _(story: Story) -> None:
    for path in ("", "/orders", "/invoices", "/payments"):
        shown = story.world.api.query(portal(story.world, path)).text
        assert set(AMOUNT.findall(shown)) >= {"00"}
        assert {len(decimals) for decimals in AMOUNT.findall(shown)} == {2}, shown


@then(parsers.parse("the customer sees a credit note of {total} for that invoice"))
def _(story: Story, total: str) -> None:
    note, invoice = the_only(story.world, "/credit-notes"), the_only(story.world, "/invoices")
    assert (note["total_amount"], note["invoice_numbers"]) == (total, [invoice["number"]])


@then("another customer finds neither the quote nor the order, and no invoice")
def _(story: Story) -> None:
    api = story.world.api
    other = api.done("/customers", {"name": "Ostwind AG", "address": {"country_code": "DE"}}).id
    assert api.query(f"/portal/customers/{other}/quotes/{story.quote}").status_code == 404
    assert api.query(f"/portal/customers/{other}/orders/{story.order}").status_code == 404
    for path in ("quotes", "contracts", "orders", "invoices", "credit-notes", "payments"):
        assert api.get(f"/portal/customers/{other}/{path}")["items"] == []
    assert api.query("/portal/customers/00000000-0000-0000-0000-000000000000").status_code == 404


def test_a_rebuild_gives_the_same_rows(database_url: str, world: World) -> None:
    api = world.api
    invoice = world.paid_deal()["document"]["document_id"]
    api.done("/credit-notes", {"invoice_id": invoice, "reason": "sent back"})
    for end in ("withdraw", "decline"):
        api.done(f"/quotes/{world.sent_quote()}/{end}", {"reason": "changed our minds"})
    revised = world.sent_quote([("LAMP", "1"), ("CARE", "1")])
    api.done(f"/quotes/{revised}/revise", {"valid_until": "2026-04-30"})
    api.done(f"/quotes/{revised}/add-line", {"line": {"product_id": world.products["CARE"], "quantity": "2"}})
    api.done(f"/quotes/{revised}/send")
    terms = {"starts_on": "2026-03-02", "ends_on": "2026-12-31", "billing_trigger": "schedule"}
    world.accept(world.sent_quote(contract_terms=terms))
    refund = world.pay("50.00")
    api.done(f"/payments/{refund.id}/refund", {"amount": "20.00", "reason": "paid too much"})
    api.done(f"/payments/{refund.id}/reverse", {"reason": "the bank took it back"})
    world.alias()
    api.get(portal(world))

    async def compare() -> None:
        async with EventLog(database_url) as log:
            tables = await verify(Portal, log, database_url)
        assert all(table.same and table.live and table.live.rows for table in tables), tables

    asyncio.run(compare())
