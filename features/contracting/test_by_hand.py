"""Steps of contracts without a quote."""

from __future__ import annotations

from decimal import Decimal

from pytest_bdd import parsers, scenarios, then, when

from features.api import Json
from features.world import Story

scenarios("by_hand.feature")

SIGNATORIES = [{"name": "N. Licht", "side": "seller"}, {"name": "I. Müller", "side": "buyer"}]
MONTHLY = {
    "starts_on": "2026-03-02",
    "ends_on": "2026-06-01",
    "billing_trigger": "schedule",
    "recurrence": {"rule": "monthly"},
}


def body(story: Story, source: Json) -> Json:
    """A contract for 10 lamps."""
    world = story.world
    return {
        "seller_id": world.seller,
        "customer_id": world.customer,
        "price_book_id": world.price_book,
        "lines": [{"product_id": world.products["LAMP"], "quantity": "10"}],
        "contract_terms": MONTHLY,
        "source_document": source,
    }


@when(parsers.parse('ann drafts a contract of 3 months for 10 lamps from the document "{reference}"'))
def drafts(story: Story, reference: str) -> None:
    source = {"reference": reference, "sha256": "ab" * 32, "location": "archive:/2026/17.pdf"}
    story.contract = story.world.api.done("/contracts/by-hand", body(story, source)).id


@when("ann drafts a contract from a document that nobody can find")
def drafts_from_nothing(story: Story) -> None:
    story.tries("/contracts/by-hand", body(story, {"reference": "Framework 2026"}))


@when(parsers.parse("{actor} approves it"))
def approves(story: Story, actor: str) -> None:
    story.world.api.actor = actor
    story.tries(f"/contracts/{story.contract}/approve")


@when(parsers.parse('{actor} rejects it because "{reason}"'))
def rejects(story: Story, actor: str, reason: str) -> None:
    story.world.api.actor = actor
    story.tries(f"/contracts/{story.contract}/reject", {"reason": reason})


@when("both sides try to sign it")
def try_to_sign(story: Story) -> None:
    story.tries(f"/contracts/{story.contract}/sign", {"signatories": SIGNATORIES})


@when("both sides sign it")
def sign(story: Story) -> None:
    story.world.api.done(f"/contracts/{story.contract}/sign", {"signatories": SIGNATORIES})


@then(parsers.parse('the contract has {count:d} instalments that add up to "{amount}"'))
def instalments(story: Story, count: int, amount: str) -> None:
    schedule = story.world.api.get(f"/contracts/{story.contract}")["instalments"]
    assert len(schedule) == count
    assert sum(Decimal(one["amount"]) for one in schedule) == Decimal(amount)
