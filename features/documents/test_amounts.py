"""Steps of what is open of documents."""

from __future__ import annotations

from pytest_bdd import given, parsers, scenarios, then, when

from features.world import Story

scenarios("amounts.feature")


@when("the order is cancelled")
def _(story: Story) -> None:
    story.world.api.done(f"/orders/{story.order}/cancel", {"reason": "not needed"})


@when(parsers.parse("the quote is revised to {quantity} lamps"))
def _(story: Story, quantity: str) -> None:
    api = story.world.api
    api.done(f"/quotes/{story.quote}/revise", {"valid_until": "2026-04-30"})
    line = {"line_id": "1", "product_id": story.world.products["LAMP"], "quantity": quantity}
    api.done(f"/quotes/{story.quote}/change-line", {"line": line})


@when("the quote is withdrawn")
def _(story: Story) -> None:
    story.world.api.done(f"/quotes/{story.quote}/withdraw", {"reason": "changed our minds"})


@given("a held invoice over 119.00")
def _(story: Story) -> None:
    line = {"item_name": "Advice", "quantity": "1", "net_price": "100.00"}
    who = {"seller_id": story.world.seller, "customer_id": story.world.customer, "currency": "EUR"}
    story.invoice = story.world.api.done("/invoices", {**who, "lines": [line], "held": True}).id


@when("the invoice is discarded")
def _(story: Story) -> None:
    story.world.api.done(f"/invoices/{story.invoice}/discard", {"reason": "written twice"})


@when("the bonus is set off against the invoice")
def _(story: Story) -> None:
    note = story.document("credit note")["document_id"]
    story.world.api.done(f"/credit-notes/{note}/allocate", {"invoice_id": story.invoice})


@given("a credit limit of 1000.00 EUR")
def _(story: Story) -> None:
    who = {"seller_id": story.world.seller, "customer_id": story.world.customer}
    story.world.api.done("/credit-limits", {**who, "limit": "1000.00", "currency": "EUR"})


@then(parsers.parse("{amount} EUR of the credit limit are used"))
def _(story: Story, amount: str) -> None:
    (limit,) = story.world.api.get("/credit-limits")["items"]
    assert limit["exposure"] == amount


@then(parsers.parse("the card says {owed} EUR owed, {overdue} EUR overdue and {unapplied} EUR unapplied"))
def _(story: Story, owed: str, overdue: str, unapplied: str) -> None:
    (balance,) = story.world.api.get(f"/support/customers/{story.world.customer}")["balances"]
    shown = (balance["owed_amount"], balance["overdue_amount"], balance["unapplied_amount"])
    assert shown == (owed, overdue, unapplied)


@when("all of it is paid in advance, and delivered")
def _(story: Story) -> None:
    api = story.world.api
    api.done("/invoices/of-prepayment", {"order_id": story.order, "percent": "100"})
    prepayment = story.world.the_only("/invoices")["document"]
    story.world.pay(prepayment["total_amount"], prepayment["number"])
    api.done(f"/orders/{story.order}/fulfil")
    story.invoice = api.get("/invoices")["items"][0]["document_id"]


@then(parsers.parse('the customer sees the invoice "{state}"'))
def _(story: Story, state: str) -> None:
    seen = story.world.api.get(f"/portal/customers/{story.world.customer}/invoices/{story.invoice}")
    assert seen["state"] == state


@then("the invoice has no settlement")
def _(story: Story) -> None:
    (listed,) = story.world.api.get("/invoices")["items"]
    assert listed["settlement"] is story.document("invoice")["settlement"] is None


@then(parsers.re(r"of the (?P<kind>[a-z ]+) (?P<amount>[0-9.]+|null) is open$"))
def _(story: Story, kind: str, amount: str) -> None:
    """In the list of its kind, and where support finds it."""
    document = story.document(kind)
    path = f"/{kind.replace(' ', '-')}s"
    (listed,) = [one for one in story.world.api.get(path)["items"] if one["document_id"] == document["document_id"]]
    hits = story.world.api.get("/support/find", q=f"EUR {document['total_amount']}", limit=50)["items"]
    (found,) = [hit for hit in hits if hit["id"] == document["document_id"]]
    wanted = None if amount == "null" else amount
    assert (listed["open_amount"], found["open_amount"]) == (wanted, wanted)
