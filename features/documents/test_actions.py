"""Steps of what may be done next."""

from __future__ import annotations

from pytest_bdd import parsers, scenarios, then, when

from features.world import Story

scenarios("actions.feature")


@when(parsers.parse("a change of the order to {quantity} lamps is requested"))
def _(story: Story, quantity: str) -> None:
    wish = {"quantities": [{"line_id": "1", "quantity": quantity}], "reason": "they called"}
    story.world.api.done(f"/orders/{story.order}/request-change", wish)


@when(parsers.re("the change is (?P<answer>declined|confirmed)"))
def _(story: Story, answer: str) -> None:
    command, reason = ("decline", {"reason": "too late"}) if answer == "declined" else ("confirm", {})
    story.world.api.done(f"/orders/{story.order}/{command}-change", reason)


@when("it is allocated to the invoice")
def _(story: Story) -> None:
    story.world.api.done(f"/payments/{story.payment}/allocate", {"allocations": [{"invoice_id": story.invoice}]})


@when(parsers.parse("{amount} EUR of it are taken back from the invoice"))
def _(story: Story, amount: str) -> None:
    body = {"invoice_id": story.invoice, "amount": amount}
    story.world.api.done(f"/payments/{story.payment}/unallocate", body)


@when(parsers.parse("{amount} EUR of it are refunded"))
def _(story: Story, amount: str) -> None:
    story.world.api.done(f"/payments/{story.payment}/refund", {"amount": amount, "reason": "paid too much"})


@when(parsers.parse("{amount} EUR of the bonus are set off against the invoice"))
def _(story: Story, amount: str) -> None:
    note = story.document("credit note")["document_id"]
    story.world.api.done(f"/credit-notes/{note}/allocate", {"invoice_id": story.invoice, "amount": amount})


@then(parsers.re(r"the (?P<kind>[a-z ]+)'s actions are \"(?P<actions>.+)\""))
def _(story: Story, kind: str, actions: str) -> None:
    """In its view, where support finds it, and on the customer's card while it is open."""
    api, document = story.world.api, story.document(kind)
    document_id = document.get("document_id") or document["payment_id"]
    total = document.get("total_amount") or document["amount"]
    view = api.get(f"/{kind.replace(' ', '-')}s/{document_id}")
    hits = api.get("/support/find", q=f"EUR {total}", limit=50)["items"]
    listed = api.get(f"/support/customers/{story.world.customer}")["open_documents"]
    said = [one["available_actions"] for one in (*hits, *listed) if one["id"] == document_id]
    assert all(one == actions.split(", ") for one in (view["available_actions"], *said)), (view, said)
    assert said
