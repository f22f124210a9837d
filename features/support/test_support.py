"""Steps for customer support."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import psycopg
from httpx2 import Response
from pytest_bdd import given, parsers, scenarios, then, when

from features.api import Json
from features.world import Story

scenarios("support.feature")

REFERENCE = re.compile(r"\b(Q|C|SO|PAY|CN)-[0-9A-Z]{5}-[0-9A-Z]{5}\b")
"""Numbers that follow from an identity: the kind of document is enough to tell them apart."""


def looked_for(story: Story, text: str) -> Response:
    """The box, whatever it answers."""
    return story.world.api.query("/support/find", q=text)


def hits(story: Story, text: str) -> list[Json]:
    """What the box finds."""
    found: list[Json] = story.world.api.get("/support/find", q=text)["items"]
    return found


def card(story: Story, customer: str = "") -> Json:
    """The customer's card."""
    found: Json = story.world.api.get(f"/support/customers/{customer or story.world.customer}")
    return found


def timeline(story: Story, customer: str = "", **more: Any) -> Json:
    """A page of the customer's timeline."""
    page: Json = story.world.api.get(f"/support/customers/{customer or story.world.customer}/timeline", **more)
    return page


def register(story: Story, name: str, **more: Any) -> str:
    """One more customer."""
    return story.world.api.done("/customers", {"name": name, "address": {"country_code": "DE"}, **more}).id


@given("a credit note for the invoice")
def _(story: Story) -> None:
    story.world.api.done("/credit-notes", {"invoice_id": story.invoice, "reason": "sent back"})


@given(parsers.parse("{amount} EUR arrive for the invoice"))
def _(story: Story, amount: str) -> None:
    number = story.world.api.get(f"/invoices/{story.invoice}")["document"]["number"]
    story.payment = story.world.pay(amount, number).id


@given(parsers.re(r"a payment of (?P<amount>[\d.]+) EUR$"))
def _(story: Story, amount: str) -> None:
    story.payment = story.world.pay(amount).id


@given(parsers.parse('a payment of {amount} EUR with end-to-end id "{end_to_end}" and bank reference "{bank}"'))
def _(story: Story, amount: str, end_to_end: str, bank: str) -> None:
    who = {"seller_id": story.world.seller, "customer_id": story.world.customer, "currency": "EUR"}
    told = {"end_to_end_id": end_to_end, "account_servicer_reference": bank}
    story.payment = story.world.api.done("/payments", {**who, **told, "amount": amount}).id


@given(parsers.parse("a contract for {quantity} lamps"))
def _(story: Story, quantity: str) -> None:
    terms = {"starts_on": "2026-03-02", "ends_on": "2026-12-31", "billing_trigger": "schedule"}
    story.world.accept(story.world.sent_quote([("LAMP", quantity)], contract_terms=terms))


@given(parsers.parse('an order under the purchase order "{number}" for {quantity} lamps'))
def _(story: Story, number: str, quantity: str) -> None:
    story.world.accept(story.world.sent_quote([("LAMP", quantity)]), purchase_order_reference=number)
    story.order = story.world.the_only("/orders")["document"]["document_id"]


@given(parsers.parse('another customer "{name}" with an invoice for {quantity} lamps'))
def _(story: Story, name: str, quantity: str) -> None:
    world, customer = story.world, register(story, name)
    quote = world.sent_quote([("LAMP", quantity)], customer_id=customer)
    world.accept(quote)
    (order,) = world.api.get("/orders", customer_id=customer)["items"]
    world.api.done(f"/orders/{order['document_id']}/fulfil")


@given(parsers.parse('the customer is known as "{external_id}", with the VAT number "{vat_id}"'))
def _(story: Story, external_id: str, vat_id: str) -> None:
    story.world.customer = register(story, "Ostwind AG", external_id=external_id, vat_id=vat_id)


@given(parsers.re('the contact "(?P<name>.*)" with e-mail "(?P<email>.*)" and phone "(?P<phone>.*)"'))
def _(story: Story, name: str, email: str, phone: str) -> None:
    contact = {"name": name, "email": email, "phone": phone}
    story.world.api.done(f"/customers/{story.world.customer}/add-contact", {"contact": contact})


@given(parsers.parse('the customers "{one}", "{other}" and "{third}"'))
def _(story: Story, one: str, other: str, third: str) -> None:
    for name in (one, other, third):
        register(story, name)


@given(parsers.parse('a customer "{name}" into which the customer is merged'))
def _(story: Story, name: str) -> None:
    survivor = register(story, name)
    story.world.api.done(f"/customers/{story.world.customer}/merge", {"into": survivor})


@given("the readers may not read the log")
def _(story: Story, database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("revoke all on all tables in schema log from q2c_reader")
        connection.execute("revoke usage on schema log from q2c_reader")


@when(parsers.re('"(?P<text>.*)" is looked for'))
def _(story: Story, text: str) -> None:
    story.response = looked_for(story, text)


@then(parsers.re(r'"(?P<text>.+)" finds the (?P<kind>\w+) by its (?P<matched_on>[a-z ]+)$'))
def _(story: Story, text: str, kind: str, matched_on: str) -> None:
    found = [hit for hit in hits(story, text) if hit["kind"] == kind]
    assert found, text
    assert found[0]["matched_on"] == matched_on.replace(" ", "_")
    assert found[0]["id"] == (getattr(story, kind, None) or story.world.customer)


@then(parsers.re(r'"(?P<text>.+)" finds the customer "(?P<name>.+)" first'))
def _(story: Story, text: str, name: str) -> None:
    found = hits(story, text)
    assert found, text
    assert (found[0]["kind"], found[0]["customer_name"], found[0]["matched_on"]) == ("customer", name, "name")


@then(parsers.re(r'"(?P<text>.+)" finds the customers (?P<named>".+)'))
def _(story: Story, text: str, named: str) -> None:
    found = [f'"{hit["title"]}" {hit["match"]}' for hit in hits(story, text) if hit["matched_on"] == "name"]
    assert ", ".join(found) == named


@then(parsers.parse('the first of {limit:d} hits for "{text}" are "{kinds}"'))
def _(story: Story, limit: int, text: str, kinds: str) -> None:
    found = story.world.api.get("/support/find", q=text, limit=limit)["items"]
    assert [hit["kind"] for hit in found] == kinds.split(", ")


@then(parsers.re(r'"(?P<text>.+)" finds the invoice of "(?P<name>.+)"'))
def _(story: Story, text: str, name: str) -> None:
    assert [(hit["kind"], hit["customer_name"]) for hit in hits(story, text)] == [("invoice", name)]


@then(parsers.re(r'"(?P<text>.+)" finds nothing'))
def _(story: Story, text: str) -> None:
    assert hits(story, text) == []


@then(parsers.re(r'"(?P<text>.+)" finds (?P<count>\d+) invoices?$'))
def _(story: Story, text: str, count: str) -> None:
    assert [hit["kind"] for hit in hits(story, text) if hit["kind"] == "invoice"] == ["invoice"] * int(count)


@then("each document is found by its own number and by the tail of it")
def _(story: Story) -> None:
    for path in ("quotes", "contracts", "orders", "invoices", "credit-notes", "payments"):
        for item in story.world.api.get(f"/{path}")["items"]:
            for text in (item["number"], item["number"][-7:].lower()):
                link = f"/{path}/{item.get('document_id') or item['payment_id']}"
                assert (link, "number") in [(hit["link"], hit["matched_on"]) for hit in hits(story, text)], text
                assert story.world.api.query(link).is_success


@then(parsers.parse('the hits are matched on "{matched_on}"'))
def _(story: Story, matched_on: str) -> None:
    assert story.response is not None
    assert [hit["matched_on"] for hit in story.response.json()["items"]] == matched_on.split(", ")


@then(parsers.parse('the first hit is matched on "{first}", and the others on "{other}"'))
def _(story: Story, first: str, other: str) -> None:
    assert story.response is not None
    matched_on = [hit["matched_on"] for hit in story.response.json()["items"]]
    assert matched_on == [first] + [other] * (len(matched_on) - 1)


@then(parsers.parse('the quote is found with the actions "{actions}"'))
def _(story: Story, actions: str) -> None:
    number = story.world.api.get(f"/quotes/{story.quote}")["document"]["number"]
    (hit,) = hits(story, number)
    assert hit["available_actions"] == actions.split(", ")


@then("the card lists the quote with the same actions")
def _(story: Story) -> None:
    (quote,) = card(story)["open_documents"]
    assert quote["available_actions"] == story.world.api.get(quote["link"])["available_actions"]


@then(parsers.parse("the card counts 1 open quote over {quoted} EUR and 1 open invoice over {billed} EUR"))
def _(story: Story, quoted: str, billed: str) -> None:
    waiting = {one["kind"]: (one["count"], one["amount"]) for one in card(story)["open"] if one["currency"] == "EUR"}
    assert (waiting["quote"], waiting["invoice"]) == ((1, quoted), (1, billed))
    assert {one["kind"] for one in card(story)["open_documents"]} == set(waiting)


@then(parsers.parse("the card says {owed} owed, {overdue} overdue and {unapplied} unapplied"))
def _(story: Story, owed: str, overdue: str, unapplied: str) -> None:
    (balance,) = card(story)["balances"]
    assert balance == {
        "currency": "EUR",
        "owed_amount": owed,
        "overdue_amount": overdue,
        "unapplied_amount": unapplied,
    }


@then("the last contact was when the quote was sent")
def _(story: Story) -> None:
    sent = next(one for one in timeline(story)["items"] if one["happened"] == "quoting.Quote.Sent")
    assert card(story)["last_contact"] == sent["at"]


@then("the timeline reads, from the newest")
def _(story: Story, datatable: list[list[str]]) -> None:
    told = [REFERENCE.sub(r"\1", one["sentence"]) for one in timeline(story)["items"]]
    wanted = [row[0] for row in datatable[1:]]
    assert [sentence for sentence in told if sentence in wanted] == wanted, told


@then("each line of it says who, when, and where to read on")
def _(story: Story) -> None:
    for entry in timeline(story)["items"]:
        assert entry["actor"] in ("ann", "policy")
        assert datetime.fromisoformat(entry["at"]) <= story.world.api.clock.now()
        assert story.world.api.query(entry["link"]).is_success, entry["link"]


@then("page after page it is the same")
def _(story: Story) -> None:
    whole, pages = timeline(story)["items"], []
    cursor: dict[str, str] = {}
    while True:
        page = timeline(story, limit=2, **cursor)
        pages += page["items"]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert pages == whole


@then("the survivor's card and timeline hold what was the other's")
def _(story: Story) -> None:
    (hit,) = hits(story, "Müller und Sohn")[:1]
    survivor = card(story, hit["id"])
    assert [alias["customer_id"] for alias in survivor["aliases"]] == [story.world.customer]
    assert survivor["balances"][0]["owed_amount"] == "357.00"
    told = [entry["sentence"] for entry in timeline(story, hit["id"])["items"]]
    assert told[0] == "This customer is the same as Müller und Sohn."
    assert "Invoice NL-INV-2026-000001 over 357.00 EUR was issued, due on 2026-04-01." in told
    assert card(story)["customer"]["merged_into_id"] == hit["id"]


@then("the card and the timeline are answered")
def _(story: Story) -> None:
    assert card(story)["customer"]["name"] == "Müller & Söhne KG"
    assert timeline(story)["items"]
