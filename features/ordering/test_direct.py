"""Steps of orders without a quote."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from pytest_bdd import given, parsers, scenarios, then, when

from domain.ordering import Debtor
from domain.shared.aggregate import Event
from features.api import Json, SetClock, running_api
from features.ordering.conftest import quantities
from features.world import Story
from infrastructure.event_log import EventLog, Save

scenarios("direct.feature")


def body(story: Story, quantity: str) -> Json:
    """An order for lamps."""
    world = story.world
    return {
        "seller_id": world.seller,
        "customer_id": world.customer,
        "price_book_id": world.price_book,
        "lines": [{"product_id": world.products["LAMP"], "quantity": quantity}],
    }


@given(parsers.parse('the customer may owe "{limit}"'))
@when(parsers.parse('the limit is lowered to "{limit}"'))
def may_owe(story: Story, limit: str) -> None:
    who = {"seller_id": story.world.seller, "customer_id": story.world.customer}
    story.world.api.done("/credit-limits", {**who, "limit": limit, "currency": "EUR"})


def sets_limit(story: Story, actor: str, limit: str, customer: str = "", **headers: str) -> None:
    who = {"seller_id": story.world.seller, "customer_id": customer or story.world.customer}
    story.tries("/credit-limits", {**who, "limit": limit, "currency": "EUR"}, **{"As": actor, **headers})


@when(parsers.parse('{actor} tries to set the limit to "{limit}"'))
def tries_limit(story: Story, actor: str, limit: str) -> None:
    sets_limit(story, actor, limit)


@when(parsers.parse('an assistant tries to set the limit to "{limit}" for ann'))
def tries_limit_for_ann(story: Story, limit: str) -> None:
    story.world.api.delegate("ann", "assistant")
    sets_limit(story, "assistant", limit, **{"Q2C-On-Behalf-Of": "ann"})


@when(parsers.parse('somebody tries to set the limit of the merged customer to "{limit}"'))
def tries_merged_limit(story: Story, limit: str) -> None:
    sets_limit(story, "cid", limit)


@when("the customer is merged into another one", target_fixture="survivor")
def merged(story: Story) -> str:
    address = {"country_code": "DE", "city": "Bremen"}
    survivor = story.world.api.done("/customers", {"name": "Müller Licht KG", "address": address}).id
    story.world.api.done(f"/customers/{story.world.customer}/merge", {"into": survivor})
    return survivor


@when(parsers.parse('{actor} tries to set the survivor\'s limit to "{limit}"'))
def tries_survivors_limit(story: Story, survivor: str, actor: str, limit: str) -> None:
    sets_limit(story, actor, limit, survivor)


@when("the invoice is billed anew for another purchase order")
def billed_anew(story: Story) -> None:
    body = {"invoice_id": story.document("invoice")["document_id"], "reason": "wrong", "purchase_order_reference": "X"}
    story.world.api.done("/invoices/rebill", body)


@given("4 sent quotes for 1 lamp each", target_fixture="quotes")
def sent_quotes(story: Story) -> list[str]:
    return [story.world.sent_quote([("LAMP", "1")]) for _ in range(4)]


@when(parsers.parse('the customer accepts all of them at once with purchase order "{number}"'))
def accepts_at_once(story: Story, quotes: list[str], number: str) -> None:
    bodies = [(quote, story.world.acceptance(quote, purchase_order_reference=number)) for quote in quotes]
    with ThreadPoolExecutor(len(bodies)) as customers:
        answers = [
            customers.submit(story.world.api.post, f"/quotes/{quote}/accept", body, key=quote) for quote, body in bodies
        ]
    assert all(answer.result().is_success for answer in answers)


@then(parsers.parse('there are 4 orders by "{number}", and 3 of them are warned'))
def all_ordered(story: Story, number: str) -> None:
    items = story.world.api.get("/orders")["items"]
    orders = [story.world.api.get(f"/orders/{one['document_id']}")["document"] for one in items]
    assert [order["purchase_order_reference"] for order in orders] == [number] * 4
    assert sum(bool(order["warnings"]) for order in orders) == 3


@then("it is not refused")
def not_refused(story: Story) -> None:
    assert story.response is not None
    assert story.response.is_success, story.response.text


@when(parsers.re(r'ann places a direct order for (?P<quantity>\d+) lamps by purchase order "(?P<number>[^"]+)"$'))
def places(story: Story, quantity: str, number: str) -> None:
    order = {**body(story, quantity), "purchase_order": {"number": number}}
    story.order = story.world.api.done("/orders/direct", order).id


@when(
    parsers.parse(
        'ann places a direct order for {quantity} lamps by purchase order "{number}" over "{amount}" '
        "for {wanted} lamps at {price}"
    )
)
def places_otherwise(story: Story, quantity: str, number: str, amount: str, wanted: str, price: str) -> None:
    lines = [{"line_id": "1", "quantity": wanted, "net_price": price}]
    purchase_order = {"number": number, "issue_date": "2026-03-01", "amount": amount, "lines": lines}
    story.order = story.world.api.done("/orders/direct", {**body(story, quantity), "purchase_order": purchase_order}).id


@when(parsers.parse("ann places a direct order for {quantity} lamps without a purchase order"))
def places_without(story: Story, quantity: str) -> None:
    story.tries("/orders/direct", body(story, quantity))


@when(parsers.parse("{actor} releases the hold"))
def releases(story: Story, actor: str) -> None:
    story.world.api.actor = actor
    story.tries(f"/orders/{story.order}/release-hold", {"reason": "looked at"})
    story.world.api.actor = "ann"


@when(parsers.parse('the customer pays "{amount}" for the invoice'))
def pays(story: Story, amount: str) -> None:
    story.world.pay(amount, story.document("invoice")["number"])


@when(parsers.parse("a change to {quantity} lamps is asked for and confirmed"))
def changed(story: Story, quantity: str) -> None:
    change = {"quantities": quantities(quantity), "reason": "more"}
    story.world.api.done(f"/orders/{story.order}/request-change", change)
    story.tries(f"/orders/{story.order}/confirm-change")


@when("it is reopened")
def reopened(story: Story) -> None:
    story.tries(f"/orders/{story.order}/reopen", {"reason": "one more"})


@then(parsers.parse('it is warned that "{warning}"'))
def warned(story: Story, warning: str) -> None:
    warnings = story.world.api.get(f"/orders/{story.order}")["document"]["warnings"]
    assert any(warning in one for one in warnings), warnings


@when(parsers.parse('the customer accepts it with purchase order "{number}" over "{amount}"'))
def accepts(story: Story, number: str, amount: str) -> None:
    story.world.accept(story.quote, purchase_order={"number": number, "amount": amount})


@then(parsers.parse('the order of the quote is on hold, as it is over "{amount}"'))
def on_hold(story: Story, amount: str) -> None:
    order = story.document("order")
    assert (order["state"], order["hold"], order["purchase_order_reference"]) == ("on_hold", "information", "PO-9")
    assert order["warnings"] == [f"The purchase order is over 250.00, this order over {amount}."]


@then("it waits for the credit limit")
def waits(story: Story) -> None:
    assert _waiting(story) == [story.order]


@then("nothing waits for the credit limit")
def waits_no_longer(story: Story) -> None:
    assert _waiting(story) == []


def _waiting(story: Story) -> list[str]:
    (limit,) = story.world.api.get("/credit-limits", customer_id=story.world.customer)["items"]
    waiting: list[str] = limit["waiting"]
    return waiting


@then(parsers.parse('"{amount}" of the customer\'s credit limit are used'))
def used(story: Story, amount: str) -> None:
    (limit,) = story.world.api.get("/credit-limits", customer_id=story.world.customer)["items"]
    assert limit["exposure"] == amount


def something() -> list[Event]:
    """A save has an event."""
    debtor = Debtor(uuid4())
    debtor.gain(uuid4(), uuid4(), datetime(2026, 3, 2, tzinfo=UTC))
    return debtor.collect_events()


def test_whoever_is_overtaken_with_a_purchase_order_number_is_warned_not_refused(
    story: Story, database_url: str, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = story.world.api.done("/orders/direct", {**body(story, "1"), "purchase_order": {"number": "PO-1"}}).id
    with running_api(database_url, clock) as late:  # a process that has kept nothing, so trusts no copy
        log: EventLog = late.client.app.state.system.log  # type: ignore[attr-defined]
        look_up = log.owner_of

        async def overtaken(scope: str, value: str) -> UUID | None:
            owner = await look_up(scope, value)
            if owner is None:
                claims = [(scope, value, UUID(first))]
                await log.append(
                    Save(key="earlier", actor="bob", digest=b"", events=something(), metadata={}, claims=claims)
                )
            return owner

        monkeypatch.setattr(log, "owner_of", overtaken)
        placed = late.done("/orders/direct", {**body(story, "1"), "purchase_order": {"number": "PO-2"}}, key="late")
        (warning,) = late.get(f"/orders/{placed.id}")["document"]["warnings"]
        assert "bears purchase order PO-2 already" in warning
