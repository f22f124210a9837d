"""Steps for master data."""

from __future__ import annotations

import asyncio

import pytest
from pytest_bdd import given, parsers, scenarios, then, when

from features.api import Json
from features.world import World
from infrastructure.event_log import EventLog
from infrastructure.projecting import verify
from projections.directory import Directory

scenarios("master_data.feature")


@pytest.fixture
def found() -> list[Json]:
    """What a search gave."""
    return []


@given("a business with a seller, a customer, two products and a price book")
def _(world: World) -> None:
    """The world that every feature begins with."""


@given(parsers.parse('a customer "{name}" that another system calls "{external_id}"'))
def _(world: World, name: str, external_id: str) -> None:
    world.api.done("/customers", {"name": name, "address": {"country_code": "DE"}, "external_id": external_id})


@when(parsers.parse('somebody looks for customers named "{name}"'))
def _(world: World, found: list[Json], name: str) -> None:
    found += world.api.get("/customers", name=name)["items"]


@when(parsers.parse('somebody looks for the customer that another system calls "{external_id}"'))
def _(world: World, found: list[Json], external_id: str) -> None:
    found += world.api.get("/customers", external_id=external_id)["items"]


@then(parsers.re('"(?P<name>.*)" is found, with the region "(?P<region>.*)" and the segment "(?P<segment>.*)"'))
def _(found: list[Json], name: str, region: str, segment: str) -> None:
    assert [(one["name"], one["region"], one["segment"]) for one in found] == [(name, region, segment)]


@when(parsers.parse('the customer gets the contact "{name}" with the e-mail "{email}"'))
def _(world: World, name: str, email: str) -> None:
    world.api.done(f"/customers/{world.customer}/add-contact", {"contact": {"name": name, "email": email}})


@when(parsers.parse('"{representative}" looks after the customer'))
def _(world: World, representative: str) -> None:
    world.api.done(f"/customers/{world.customer}/assign-representative", {"representative": representative})


@then(parsers.parse('the customer has the contact "{name}" with the e-mail "{email}"'))
def _(world: World, name: str, email: str) -> None:
    assert world.api.get(f"/customers/{world.customer}")["contacts"] == [{"name": name, "email": email, "phone": ""}]


@then(parsers.parse('the customer\'s representative is "{representative}"'))
def _(world: World, representative: str) -> None:
    assert world.api.get(f"/customers/{world.customer}")["customer"]["representative"] == representative


@then("a change that names the version shown is accepted")
def _(world: World) -> None:
    shown = world.api.query(f"/customers/{world.customer}").headers["ETag"]
    roles = {"bill_to": world.customer, "ship_to": world.customer}
    world.api.done(f"/customers/{world.customer}/change-roles", roles, if_match=shown)


@when(parsers.parse("the lamp costs {price} from {day}, and {less} each above {quantity}"))
def _(world: World, price: str, day: str, less: str, quantity: str) -> None:
    tiers = [{"up_to": quantity, "unit_price": price}, {"up_to": None, "unit_price": less}]
    tiered = {"unit_price": price, "model": "volume", "tiers": tiers}
    prices = [{"product_id": world.products["LAMP"], "price": tiered, "valid_from": day}]
    world.api.done(f"/price-books/{world.price_book}/set-prices", {"prices": prices})


@then("the price book has these prices")
def _(world: World, datatable: list[list[str]]) -> None:
    view = world.api.get(f"/price-books/{world.price_book}")
    assert view["available_actions"] == ["set_prices", "close"]
    shown = [
        [
            *(price[column] for column in datatable[0][:4]),
            ", ".join(f"{tier['up_to'] or 'open'}: {tier['unit_price']}" for tier in price["tiers"]),
        ]
        for price in view["prices"]
    ]
    assert shown == datatable[1:]


@when("the lamp is discontinued")
def _(world: World) -> None:
    world.api.done(f"/products/{world.products['LAMP']}/discontinue")


@then("nothing may be done with the lamp")
def _(world: World) -> None:
    (lamp,) = world.api.get("/products", sku="LAMP")["items"]
    assert lamp["state"] == "discontinued"
    assert world.api.get(f"/products/{lamp['product_id']}")["available_actions"] == []


@then(parsers.parse('the legal entity\'s standard rate in "{country}" is {rate} percent'))
def _(world: World, country: str, rate: str) -> None:
    (listed,) = world.api.get("/legal-entities")["items"]
    view = world.api.get(f"/legal-entities/{listed['entity_id']}")
    assert [(one["jurisdiction"], one["category"], one["rate"]) for one in view["tax_rates"]] == [(country, "S", rate)]


def test_a_rebuild_gives_the_same_rows(database_url: str, world: World) -> None:
    api = world.api
    tiers = [{"up_to": "5", "unit_price": "9"}, {"up_to": None, "unit_price": "8"}]
    price = {"unit_price": "9", "model": "graduated", "tiers": tiers}
    prices = [{"product_id": world.products["LAMP"], "price": price, "valid_from": "2026-01-01"}]
    for email in ("old@example.com", "new@example.com"):
        api.done(f"/price-books/{world.price_book}/set-prices", {"prices": prices})
        api.done(f"/customers/{world.customer}/add-contact", {"contact": {"name": "Ida", "email": email}})
    api.done(f"/price-books/{world.price_book}/close", {"last_day": "2026-12-31"})
    assert api.get("/price-books")["items"][0]["state"] == "closed"
    api.done("/privacy/erasures", {"customer_id": world.customer, "reason": "wishes so"})
    assert api.get("/privacy/data-subjects")["items"][0]["state"] == "requested"

    async def compare() -> None:
        async with EventLog(database_url) as log:
            tables = await verify(Directory, log, database_url)
        assert all(table.same and table.live and table.live.rows for table in tables), tables

    asyncio.run(compare())


def test_what_is_not_there_is_not_found(world: World) -> None:
    for path in ("legal-entities", "customers", "products", "price-books"):
        assert world.api.query(f"/{path}/00000000-0000-0000-0000-000000000000").status_code == 404
    assert world.api.get("/customers", name="nobody") == {"items": [], "next_cursor": None, "complete": True}
    assert world.api.get("/products", sku="NONE") == {"items": [], "next_cursor": None, "complete": True}
