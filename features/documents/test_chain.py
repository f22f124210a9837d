"""Steps of the chain of documents."""

from __future__ import annotations

from pytest_bdd import given, parsers, scenarios, then, when

from features.rest.shop import SIGNATURES
from features.world import Story

scenarios("chain.feature")


@given("a contract that bills 3 lamps by schedule")
def _(story: Story) -> None:
    terms = {"starts_on": "2026-03-02", "ends_on": "2026-06-01", "billing_trigger": "schedule"}
    story.quote = story.world.sent_quote([("LAMP", "3")], contract_terms=terms)
    story.world.accept(story.quote)
    story.contract = story.world.the_only("/contracts")["document"]["document_id"]
    story.world.api.done(f"/contracts/{story.contract}/sign", SIGNATURES)
    story.world.api.done("/invoices/of-instalment", {"contract_id": story.contract, "number": 1})


@when("1 of its lamps comes back and is credited")
def _(story: Story) -> None:
    api, line = story.world.api, {"line_id": "1", "quantity": "1"}
    story.rma = api.done("/returns", {"order_id": story.order, "reason": "broken", "quantities": [line]}).id
    api.done(f"/returns/{story.rma}/receive")
    api.done(f"/returns/{story.rma}/inspect", {"settlement": "credit"})


@when("the payment is reversed")
def _(story: Story) -> None:
    story.world.api.done(f"/payments/{story.payment}/reverse", {"reason": "bounced"})


@then(parsers.re(r"the (?P<kind>[a-z ]+) names \"(?P<names>.+)\""))
def _(story: Story, kind: str, names: str) -> None:
    """Each by its kind, how it is related, and its amount where there is one; and each can be read."""
    api, path = story.world.api, f"/{kind.replace(' ', '-')}s"
    related = api.get(f"{path}/{story.document(kind)['document_id']}")["related"]
    named = [" ".join(filter(None, (one["kind"], one["relation"], one["amount"]))) for one in related]
    assert sorted(named) == names.split(", ")
    for one in related:
        view = api.get(f"/{one['kind'].replace('_', '-')}s/{one['document_id']}")
        assert (view.get("document") or view["payment"])["number"] == one["number"]


@then("the return says which order and which credit note")
def _(story: Story) -> None:
    rma = story.world.api.get(f"/returns/{story.rma}")["document"]
    note = story.document("credit note")["document_id"]
    assert (rma["order_id"], rma["credit_note_id"]) == (story.order, note)
