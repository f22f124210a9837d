"""Steps of prices that change while a quote is open."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from hypothesis import given as hypothesis_given
from hypothesis import strategies as st
from pytest_bdd import given, parsers, scenarios, then, when

from domain.quoting import asked_price, price_line, price_steps
from domain.shared.document import Item
from domain.shared.tax import Tax
from domain.shared.tiers import Price
from features.world import Story

scenarios("repricing.feature")

ITEM = Item(product_id=UUID(int=1), sku="S", name="Thing", product_line="", unit_code="C62", goods=True)


@given(parsers.parse("a drafted quote for {quantity:d} lamps"))
def drafted_quote(story: Story, quantity: int) -> None:
    story.quote = story.world.api.done("/quotes", story.world.quote([("LAMP", str(quantity))])).id


@given(parsers.parse("a drafted quote for {quantity} lamps with freight of {amount}"))
def drafted_with_freight(story: Story, quantity: str, amount: str) -> None:
    freight = [{"reason": "Freight", "amount": amount}]
    story.quote = story.world.api.done("/quotes", story.world.quote([("LAMP", quantity)], charges=freight)).id


@given("a drafted quote for 10 lamps at 90.00 each, less 5 %, less 4.50 on the line")
def drafted_negotiated(story: Story) -> None:
    terms = {"negotiated_price": "90.00", "discount_percent": "5", "allowance": "4.50"}
    line = {"product_id": story.world.products["LAMP"], "quantity": "10", **terms}
    story.quote = story.world.api.done("/quotes", {**story.world.quote(), "lines": [line]}).id


@when(parsers.parse("the lamp costs {price} from now on"))
def costs(story: Story, price: str) -> None:
    today = story.world.api.clock.now().date().isoformat()
    lamp = {"product_id": story.world.products["LAMP"], "price": {"unit_price": price}, "valid_from": today}
    story.world.api.done(f"/price-books/{story.world.price_book}/set-prices", {"prices": [lamp]})


@when("ann reprices it")
def reprices(story: Story) -> None:
    story.tries(f"/quotes/{story.quote}/reprice")


@when("ann revises it")
def revises(story: Story) -> None:
    story.world.api.done(f"/quotes/{story.quote}/revise", {"valid_until": "2026-04-30"})


@when("ann revises it at the prices of now")
def relists(story: Story) -> None:
    story.world.api.done(f"/quotes/{story.quote}/revise", {"valid_until": "2026-04-30", "prices": "relist"})


@when("ann sends it")
def sends(story: Story) -> None:
    story.world.api.done(f"/quotes/{story.quote}/send")


@when("the customer accepts it")
def accepts(story: Story) -> None:
    story.world.accept(story.quote)


@when("ann discontinues the lamp")
def discontinues(story: Story) -> None:
    story.world.api.done(f"/products/{story.world.products['LAMP']}/discontinue")


@when(parsers.re(r"ann extends it until (?P<day>\S+)"))
def extends(story: Story, day: str) -> None:
    story.tries(f"/quotes/{story.quote}/extend", {"valid_until": day})


@when(parsers.re(r"ann extends it until (?P<day>\S+) at the old prices"))
def extends_keeping(story: Story, day: str) -> None:
    story.world.api.done(f"/quotes/{story.quote}/extend", {"valid_until": day, "keep_prices": True})


@then(parsers.parse('it says "{detail}"'))
def says(story: Story, detail: str) -> None:
    assert story.problem()["detail"] == detail


@then(parsers.parse("its history tells that line 1 went from {before} to {after}"))
def history_tells(story: Story, before: str, after: str) -> None:
    history = story.world.api.get(f"/history/{story.quote}")["entries"]
    assert history[-1]["happened"] == "quote repriced"
    assert str(before) in str(history[-1]["changes"])
    assert str(after) in str(history[-1]["changes"])


@then(parsers.parse('revision 1 still costs "{net}" net'))
def revision_costs(story: Story, net: str) -> None:
    assert story.world.api.get(f"/quotes/{story.quote}", revision=1)["document"]["net_amount"] == net


@then(parsers.parse('the customer sees a total of "{total}"'))
def customer_sees(story: Story, total: str) -> None:
    (quote,) = story.world.api.get(f"/portal/customers/{story.world.customer}/quotes")["items"]
    assert quote["total_amount"] == total


@hypothesis_given(
    st.none() | st.decimals("0", "9999", places=4),
    st.decimals("0", "100", places=3),
    st.decimals("0.01", "9999", places=2),
)
def test_a_line_still_knows_what_was_asked_for(
    negotiated: Decimal | None, discount: Decimal, list_price: Decimal
) -> None:
    price = Price(list_price)
    line = price_line(
        "1",
        ITEM,
        Decimal(3),
        price,
        price_steps(price, Decimal(3), "List", negotiated, discount),
        allowance=Decimal(0),
        tax=Tax("S", Decimal(19), "DE"),
        tax_class=None,
        currency="EUR",
    )
    assert asked_price(line) == (negotiated, discount)
