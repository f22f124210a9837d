"""Steps for sales."""

from __future__ import annotations

import asyncio

import pytest
from pytest_bdd import given, parsers, scenarios, then, when

from features.api import Json
from features.world import World
from infrastructure.event_log import EventLog
from infrastructure.projecting import verify
from projections.sales import Sales

scenarios("sales.feature")

ALL_YEAR = "2026-12-31"


def ordered(world: World, quote: Json) -> str:
    """The order that an accepted quote becomes."""
    known = {one["document_id"] for one in world.api.get("/orders")["items"]}
    sent = world.api.done("/quotes", quote | {"valid_until": ALL_YEAR}).id
    world.api.done(f"/quotes/{sent}/send")
    world.accept(sent)
    (order,) = {one["document_id"] for one in world.api.get("/orders")["items"]} - known
    return str(order)


def delivered(world: World, lines: list[tuple[str, str]], **more: object) -> None:
    """An order of these products, delivered and so invoiced."""
    world.api.done(f"/orders/{ordered(world, world.quote(lines, **more))}/fulfil")


@given(parsers.parse("in March 2 lamps and 1 maintenance are ordered and delivered, with freight of {freight}"))
def _(world: World, freight: str) -> None:
    charges = [{"reason": "Freight", "amount": freight}]
    delivered(world, [("LAMP", "1"), ("CARE", "1"), ("LAMP", "1")], charges=charges)


@given("in April 3 lamps are ordered and delivered")
def _(world: World) -> None:
    world.api.clock.pass_days(31)
    delivered(world, [("LAMP", "3")])


@given("it is May")
def _(world: World) -> None:
    world.api.clock.pass_days(30)


@when(parsers.parse("{amount} of the lamps of the first invoice are credited"))
def _(world: World, amount: str) -> None:
    first = world.api.get("/invoices")["items"][-1]["document_id"]
    body = {"invoice_id": first, "reason": "scratched", "lines": [{"line_id": "1", "amount": amount}]}
    world.api.done("/credit-notes", body)


@when("3 discounted lamps are ordered for 100.00 and cancelled one by one")
def _(world: World) -> None:
    product = world.products["LAMP"]
    line = {"product_id": product, "quantity": "3", "negotiated_price": "33.33333333"}
    order = ordered(world, world.quote() | {"lines": [line]})
    for _ in range(3):
        body = {"reason": "not wanted", "quantities": [{"line_id": "1", "quantity": "1"}]}
        world.api.done(f"/orders/{order}/cancel", body)


@when("10 lamps less 10.00 are ordered, 5 cancelled, and 10 wanted after all", target_fixture="order")
def _(world: World) -> str:
    line = {"product_id": world.products["LAMP"], "quantity": "10", "allowance": "10.00"}
    order = ordered(world, world.quote() | {"lines": [line]})
    lamps = [{"line_id": "1", "quantity": "5"}]
    world.api.done(f"/orders/{order}/cancel", {"reason": "not wanted", "quantities": lamps})
    change = {"reason": "wanted", "quantities": [{"line_id": "1", "quantity": "10"}]}
    world.api.done(f"/orders/{order}/request-change", change)
    world.api.done(f"/orders/{order}/confirm-change")
    return order


@when("all of them are cancelled")
def _(world: World, order: str) -> None:
    world.api.done(f"/orders/{order}/cancel", {"reason": "not wanted"})


@then(parsers.re(r"the sales by (?P<dimension>[\w-]+)( per (?P<period>\w+))?"
                 r"( from (?P<first>[\d-]+) to (?P<last>[\d-]+))? are"), target_fixture="report")  # fmt: skip
def _(
    world: World,
    dimension: str,
    period: str | None,
    first: str | None,
    last: str | None,
    datatable: list[list[str]],
) -> Json:
    asked = {name: value for name, value in {"period": period, "from": first, "to": last}.items() if value}
    report: Json = world.api.get(f"/sales/by-{dimension}", **asked)
    same(report["rows"], datatable)
    return report


@then("their totals are")
def _(report: Json, datatable: list[list[str]]) -> None:
    same(report["totals"], datatable)


def same(shown: list[Json], datatable: list[list[str]]) -> None:
    """The columns of the table, row by row."""
    assert [[str(row[column]) for column in datatable[0]] for row in shown] == datatable[1:]


@pytest.mark.parametrize(
    ("time_zone", "hour", "growth"),
    [("Pacific/Kiritimati", 27 * 24 + 2, "-50.0"), ("Pacific/Pago_Pago", 28 * 24, None)],
    ids=["30 April already", "29 April still"],
)
def test_a_month_ends_where_its_seller_is(world: World, time_zone: str, hour: int, growth: str | None) -> None:
    address = {"country_code": "KI", "street": "Main 1", "city": "London", "post_code": "1"}
    body: Json = {"name": "Far", "address": address, "currency": "EUR", "time_zone": time_zone, "series_prefix": "F"}
    world.seller = world.api.done("/legal-entities", body).id
    rates = [{"jurisdiction": "DE", "category": "S", "rate": "19", "valid_from": "2007-01-01"}]
    world.api.done(f"/legal-entities/{world.seller}/set-tax-rates", {"tax_rates": rates})
    delivered(world, [("LAMP", "2")])
    world.api.clock.pass_days(31)
    delivered(world, [("LAMP", "1")])
    world.api.clock.pass_seconds(hour * 60 * 60)
    assert [row["revenue_growth_percent"] for row in world.api.get("/sales/by-month")["rows"]] == [None, growth]


def test_days_that_are_in_no_order_are_refused(world: World) -> None:
    for dimension in ("month", "region", "product-line", "segment"):
        refused = world.api.query(f"/sales/by-{dimension}", **{"from": "2026-03-02", "to": "2026-03-01"})
        assert (refused.status_code, refused.json()["code"]) == (422, "parameter_invalid")


def test_a_rebuild_gives_the_same_rows(database_url: str, world: World) -> None:
    api = world.api
    delivered(world, [("LAMP", "2"), ("CARE", "1")])
    half = ordered(world, world.quote([("LAMP", "2"), ("CARE", "2")]))
    api.done(f"/orders/{half}/cancel", {"reason": "less", "quantities": [{"line_id": "2", "quantity": "1"}]})
    invoice = api.get("/invoices")["items"][0]["document_id"]
    api.done("/credit-notes", {"invoice_id": invoice, "reason": "sent back"})
    line = {"item_name": "Advice", "quantity": "1", "net_price": "80.00"}
    hand = {"seller_id": world.seller, "customer_id": world.customer, "currency": "EUR", "lines": [line], "held": True}
    api.done(f"/invoices/{api.done('/invoices', hand).id}/discard", {"reason": "a mistake"})
    api.done("/invoices", hand)
    assert api.get("/sales/by-month")["totals"][0]["revenue_amount"] == "0.00"

    async def compare() -> None:
        async with EventLog(database_url) as log:
            tables = await verify(Sales, log, database_url)
        assert all(table.same and table.live and table.live.rows for table in tables), tables

    asyncio.run(compare())
