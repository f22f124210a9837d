"""Steps for receivables."""

from __future__ import annotations

import asyncio
from datetime import date
from decimal import Decimal

import pytest
from pytest_bdd import given, parsers, scenarios, then, when

from features.api import Json
from features.world import World
from infrastructure.event_log import EventLog
from infrastructure.projecting import verify
from projections.receivables import Receivables
from projections.receivables.count_back import count_back

scenarios("receivables.feature")

NET_30: Json = {"note": "Net 30", "lines": [{"percent": "100", "days": 30}]}
TWICE_HALF: Json = {"note": "Half", "lines": [{"percent": "50", "days": 30}, {"percent": "50", "days": 60}]}


@pytest.fixture
def invoices() -> list[Json]:
    """The invoices of the scenario, in order."""
    return []


@pytest.fixture
def payments() -> list[str]:
    """The ids of its payments, in order."""
    return []


def issue(world: World, amount: str, issued: str, terms: Json = NET_30, currency: str = "EUR") -> Json:
    """An invoice without tax, written by hand and issued on that day."""
    untaxed = {"category": "Z", "rate": "0", "jurisdiction": "DE"}
    body = {
        "seller_id": world.seller,
        "customer_id": world.customer,
        "currency": currency,
        "lines": [{"item_name": "Advice", "quantity": "1", "net_price": amount, "tax": untaxed}],
        "payment_terms": terms,
        "held": True,
    }
    invoice = world.api.done("/invoices", body).id
    world.api.done(f"/invoices/{invoice}/issue", {"issue_date": issued})
    document: Json = world.api.get(f"/invoices/{invoice}")["document"]
    return document


def pay(world: World, amount: str, booked: str, reference: str) -> str:
    """Money that arrived on that day."""
    body = {
        "seller_id": world.seller,
        "customer_id": world.customer,
        "amount": amount,
        "currency": "EUR",
        "booking_date": booked,
        "remittance_information": reference,
    }
    return world.api.done("/payments", body).id


@given("it is 20 March 2026")
def _(world: World) -> None:
    world.api.clock.pass_days(18)


@given(parsers.parse("a seller in {time_zone}, where it is 21 March already"))
def _(world: World, time_zone: str) -> None:
    world.api.clock.pass_seconds(8 * 60 * 60)
    address = {"country_code": "JP", "street": "1-1", "city": "Tokyo", "post_code": "100-0001"}
    body: Json = {"name": "East", "address": address, "currency": "EUR", "time_zone": time_zone, "series_prefix": "E"}
    world.seller = world.api.done("/legal-entities", body).id


@given("these invoices, payable within 30 days")
def _(world: World, invoices: list[Json], datatable: list[list[str]]) -> None:
    invoices += [issue(world, amount, issued) for issued, amount in datatable[1:]]


@given(parsers.parse("an invoice of {amount} issued on {issued}, half of it due after 30 and half after 60 days"))
def _(world: World, invoices: list[Json], amount: str, issued: str) -> None:
    invoices.append(issue(world, amount, issued, TWICE_HALF))


@given("these payments")
def _(world: World, invoices: list[Json], payments: list[str], datatable: list[list[str]]) -> None:
    for booked, amount, place in datatable[1:]:
        number = invoices[int(place) - 1]["number"] if place else ""
        payments.append(pay(world, amount, booked, number))


@when(parsers.parse("invoice {place:d} is credited"))
def _(world: World, invoices: list[Json], place: int) -> None:
    body = {"invoice_id": invoices[place - 1]["document_id"], "reason": "not delivered"}
    world.api.done("/credit-notes", body)


@when(parsers.parse("{amount} of payment {place:d} are refunded"))
def _(world: World, payments: list[str], amount: str, place: int) -> None:
    world.api.done(f"/payments/{payments[place - 1]}/refund", {"amount": amount, "reason": "paid too much"})


@when(parsers.parse("{days:d} days pass"))
def _(world: World, days: int) -> None:
    world.api.clock.pass_days(days)


@when(parsers.parse("payment {place:d} is reversed"))
def _(world: World, payments: list[str], place: int) -> None:
    world.api.done(f"/payments/{payments[place - 1]}/reverse", {"reason": "the bank took it back"})


def same(shown: list[Json], datatable: list[list[str]]) -> None:
    """The columns of the table, row by row."""
    assert [[str(row[column]) for column in datatable[0]] for row in shown] == datatable[1:]


@then(parsers.parse("the ageing as of {day} is"))
def _(world: World, day: str, datatable: list[list[str]]) -> None:
    report = world.api.get("/receivables/ageing", as_of=day)
    assert report["as_of"] == day
    same(report["currencies"], datatable)


@then(parsers.parse("the days sales outstanding as of {day} are"))
def _(world: World, day: str, datatable: list[list[str]]) -> None:
    report = world.api.get("/receivables/dso", as_of=day)
    assert [(row["seller_id"], row["seller_name"]) for row in report["rows"]] == [(world.seller, "Nordlicht GmbH")]
    same(report["rows"], datatable)


@then(parsers.parse("the open items as of {day} are"))
def _(world: World, day: str, datatable: list[list[str]]) -> None:
    items = world.api.get("/receivables/open-items", as_of=day)["items"]
    assert {item["customer_name"] for item in items} == {"Müller & Söhne KG"}
    same(items, datatable)
    assert world.api.get("/receivables/open-items", as_of=day, customer_id=world.seller)["items"] == []


@then(parsers.parse("nothing is open as of {day}"))
def _(world: World, day: str) -> None:
    assert world.api.get("/receivables/open-items", as_of=day)["items"] == []
    assert world.api.get("/receivables/ageing", as_of=day)["currencies"] == []


@then(parsers.parse("the customer owes {amount}, as receivables, portal, payments and events tell"))
def _(world: World, payments: list[str], amount: str) -> None:
    api = world.api
    (aged,) = api.get("/receivables/ageing")["currencies"]
    assert (aged["open_amount"], aged["net_receivables"]) == (amount, amount)
    (account,) = api.get(f"/portal/customers/{world.customer}")["account"]
    assert (account["owed_amount"], account["unapplied_amount"]) == (amount, "0.00")
    payment = api.get(f"/payments/{payments[0]}")["payment"]
    taken_back = api.get(f"/history/{payments[0]}")["entries"][-1]["fields"]
    owed = api.get("/receivables/open-items")["items"][0]["open_amount"]
    assert (payment["state"], payment["refunded_amount"]) == ("reversed", owed)
    assert taken_back["shortfall"]["amount"] == account["overdue_amount"] == owed


@then(parsers.parse("today {amount} are open, as of {day}"))
def _(world: World, amount: str, day: str) -> None:
    report = world.api.get("/receivables/ageing")
    assert (report["as_of"], [row["open_amount"] for row in report["currencies"]]) == (day, [amount])
    assert [item["open_amount"] for item in world.api.get("/receivables/open-items")["items"]] == [amount]
    assert [row["billings"] for row in world.api.get("/receivables/dso")["rows"]] == [amount]


@then(parsers.parse("today {amount} are open, of which {late} are overdue"))
def _(world: World, amount: str, late: str) -> None:
    (row,) = world.api.get("/receivables/ageing")["currencies"]
    assert (row["open_amount"], row["days_1_to_30"]) == (amount, late)


@then(parsers.parse("paid on time from {first} to {last} is refused"))
def _(world: World, first: str, last: str) -> None:
    refused = world.api.query("/receivables/on-time", **{"from": first, "to": last})
    assert (refused.status_code, refused.json()["code"]) == (422, "parameter_invalid")


@then(parsers.parse("of {number:d} invoices paid {share} percent were paid on time, and {part} percent of {amount}"))
def _(world: World, number: int, share: str, part: str, amount: str) -> None:
    (row,) = world.api.get("/receivables/on-time")["rows"]
    assert (row["paid_invoices"], row["percent_of_invoices"]) == (number, share)
    assert (row["paid_amount"], row["percent_of_amount"]) == (amount, part)


@then(parsers.parse("of those paid from {day} on none was paid on time"))
def _(world: World, day: str) -> None:
    (row,) = world.api.get("/receivables/on-time", **{"from": day})["rows"]
    assert (row["paid_invoices"], row["paid_on_time"], row["percent_of_invoices"]) == (1, 0, "0.0")
    assert world.api.get("/receivables/on-time", to="2026-01-30")["rows"] == []


def test_currencies_are_told_apart(world: World) -> None:
    issue(world, "100.00", "2026-03-02")
    issue(world, "70.00", "2026-03-02", currency="USD")
    aged = world.api.get("/receivables/ageing")["currencies"]
    assert [(row["currency"], row["open_amount"]) for row in aged] == [("EUR", "100.00"), ("USD", "70.00")]
    waiting = world.api.get("/receivables/dso")["rows"]
    assert [(row["currency"], row["days_sales_outstanding"]) for row in waiting] == [("EUR", "2.0"), ("USD", "2.0")]


def test_a_month_without_billings_counts_its_days() -> None:
    # 300 outstanding on 10 March: nothing billed in March (10 days) and February (28), half of January's 600 (15.5).
    assert count_back(Decimal(300), {date(2026, 1, 1): Decimal(600)}, date(2026, 3, 10)) == Decimal("53.5")
    assert count_back(Decimal(0), {date(2026, 1, 1): Decimal(600)}, date(2026, 3, 10)) == 0
    assert count_back(Decimal(-5), {}, date(2026, 3, 10)) == 0


def test_a_rebuild_gives_the_same_rows(database_url: str, world: World) -> None:
    api = world.api
    first, second = issue(world, "100.00", "2026-01-02"), issue(world, "300.00", "2026-01-02", TWICE_HALF)
    pay(world, "100.00", "2026-01-15", first["number"])
    taken_back = pay(world, "500.00", "2026-01-15", second["number"])
    api.done(f"/payments/{taken_back}/refund", {"amount": "50.00", "reason": "paid too much"})
    api.done(f"/payments/{taken_back}/unallocate", {"invoice_id": second["document_id"], "amount": "10.00"})
    api.done(f"/payments/{taken_back}/reverse", {"reason": "the bank took it back"})
    api.done("/credit-notes", {"invoice_id": first["document_id"], "reason": "not delivered"})
    world.alias()
    api.get("/receivables/ageing")

    async def compare() -> None:
        async with EventLog(database_url) as log:
            tables = await verify(Receivables, log, database_url)
        assert all(table.same and table.live and table.live.rows for table in tables), tables

    asyncio.run(compare())
