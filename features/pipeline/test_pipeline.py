"""Steps for the pipeline."""

from __future__ import annotations

import asyncio

from pytest_bdd import given, parsers, scenarios, then, when

from features.api import Json
from features.world import Story, World
from infrastructure.event_log import EventLog
from infrastructure.projecting import verify
from projections.pipeline import Pipeline

scenarios("pipeline.feature")

LATER = "2026-04-30"
TERMS = {"starts_on": "2026-03-02", "ends_on": "2026-12-31", "billing_trigger": "schedule"}


def the_deal(world: World, number: int = 0) -> Json:
    """The newest deal."""
    deal: Json = world.api.get("/pipeline/deals")["items"][number]
    return deal


@given(parsers.parse('a draft for {quantity:d} lamps owned by "{owner}"'))
def _(story: Story, quantity: int, owner: str) -> None:
    body = story.world.quote([("LAMP", str(quantity))], owner=owner)
    story.quote = story.world.api.done("/quotes", body).id


@given(parsers.parse('a draft for {quantity:d} lamps for a term owned by "{owner}"'))
def _(story: Story, quantity: int, owner: str) -> None:
    body = story.world.quote([("LAMP", str(quantity))], owner=owner, contract_terms=TERMS)
    story.quote = story.world.api.done("/quotes", body).id


@when("it is sent")
def _(story: Story) -> None:
    story.world.api.done(f"/quotes/{story.quote}/send")


@when("it is accepted")
def _(story: Story) -> None:
    story.world.accept(story.quote)


@when("it is declined")
def _(story: Story) -> None:
    story.world.api.done(f"/quotes/{story.quote}/decline", {"reason": "too dear"})


@when(parsers.parse("it is revised to {quantity} lamps"))
def _(story: Story, quantity: str) -> None:
    api = story.world.api
    api.done(f"/quotes/{story.quote}/revise", {"valid_until": "2026-04-30"})
    line = {"product_id": story.world.products["LAMP"], "quantity": quantity, "line_id": "1"}
    api.done(f"/quotes/{story.quote}/change-line", {"line": line})


@when("the contract is signed")
def _(story: Story) -> None:
    contract = the_deal(story.world)["contract_id"]
    signatories = [{"name": "Ida Müller", "side": "buyer"}, {"name": "Ann", "side": "seller"}]
    story.world.api.done(f"/contracts/{contract}/sign", {"signatories": signatories})


@when("its order is cancelled")
def _(story: Story) -> None:
    story.world.api.done(f"/orders/{the_deal(story.world)['order_id']}/cancel", {"reason": "no longer wanted"})


@then(parsers.parse('the deal is in stage "{stage}", for {amount} EUR'))
def _(story: Story, stage: str, amount: str) -> None:
    deal = the_deal(story.world)
    assert (deal["deal_id"], deal["stage"], deal["amount"], deal["currency"]) == (story.quote, stage, amount, "EUR")


@then(parsers.parse("the deal took {days:d} days"))
def _(story: Story, days: int) -> None:
    story.world.api.clock.pass_days(100)
    assert the_deal(story.world)["age_days"] == days


@then("the stages are")
def _(world: World, datatable: list[list[str]]) -> None:
    same(world.api.get("/pipeline/stages"), datatable)


@then(parsers.parse('"{owner}" has a deal of {amount} in stage "{stage}"'))
def _(world: World, owner: str, amount: str, stage: str) -> None:
    (deal,) = world.api.get("/pipeline/deals", owner=owner, stage=stage)["items"]
    assert (deal["owner"], deal["amount"], deal["age_days"]) == (owner, amount, 3)


@then("the metrics are")
def _(world: World, datatable: list[list[str]]) -> None:
    same(world.api.get("/pipeline/metrics"), datatable)


@then(parsers.parse('the metrics of "{owner}" are'))
def _(world: World, owner: str, datatable: list[list[str]]) -> None:
    same(world.api.get("/pipeline/metrics", owner=owner), datatable)


@then(parsers.parse("from {day} on {won:d} was won"))
def _(world: World, day: str, won: int) -> None:
    (row,) = world.api.get("/pipeline/metrics", **{"from": day})
    assert row["won"] == won


def same(shown: list[Json], datatable: list[list[str]]) -> None:
    """The columns of the table, row by row."""
    assert [[str(row[column]) for column in datatable[0]] for row in shown] == datatable[1:]


def test_pages_follow_one_another(world: World) -> None:
    quotes = [world.api.done("/quotes", world.quote()).id for _ in range(3)]
    first = world.api.get("/pipeline/deals", limit=2)
    second = world.api.get("/pipeline/deals", limit=2, cursor=first["next_cursor"])
    assert [deal["deal_id"] for deal in first["items"] + second["items"]] == quotes[::-1]
    assert second["next_cursor"] is None
    assert world.api.query("/pipeline/deals", stage="lost").status_code == 422


def work_together(world: World) -> None:
    """Something in every table: an opportunity that is won, reversed and lost, what was said about it, a hand-over."""
    api = world.api
    stages = [
        {"name": "Contact", "forecast_category": "pipeline", "probability": "20", "asks_for": ["need"]},
        {"name": "Sold", "forecast_category": "closed", "probability": "100", "reached_by": "won"},
    ]
    path = api.done("/stage-paths", {"name": "Short", "stages": stages}).id
    opportunity = api.done("/opportunities", {"name": "Lamps", "stage_path_id": path}).id
    act = f"/opportunities/{opportunity}"
    api.done(f"{act}/move", {"stage": "Contact", "details": [{"name": "need", "value": "light"}]})
    quote = world.sent_quote(opportunity_id=opportunity)
    world.accept(quote)
    order = api.get("/pipeline/hand-overs")["items"][0]
    api.done(f"/hand-overs/{order['hand_over_id']}/return", {"question": "Why?"})
    api.done(f"/orders/{order['order_id']}/cancel", {"reason": "too late"})
    api.done(f"{act}/lose", {"reason": "too late"})
    api.done(f"{act}/reopen")
    subject = {"kind": "quote", "id": quote}
    comment = api.done("/comments", {"subject": subject, "body": "Look", "mentions": ["bob", "cleo"]}).id
    api.done(f"/comments/{comment}/edit", {"body": "Look!", "mentions": ["bob", "ann"]})
    api.done(f"/comments/{comment}/read-mention")
    task = {"kind": "task", "subject": subject, "summary": "Call", "due_date": LATER}
    planned = api.done("/activities/planned", task).id
    api.done(f"/activities/{planned}/complete")
    api.done(f"/customers/{world.customer}/add-contact", {"contact": {"name": "Ida"}})


def test_a_rebuild_gives_the_same_rows(database_url: str, world: World) -> None:
    api = world.api
    world.paid_deal()
    for end in ("withdraw", "decline"):
        api.done(f"/quotes/{world.sent_quote()}/{end}", {"reason": "changed our minds"})
    world.accept(world.sent_quote(contract_terms=TERMS))
    expired = world.sent_quote(valid_until="2026-03-03")
    api.clock.pass_days(3)
    api.done(f"/quotes/{expired}/expire")
    api.done(f"/quotes/{expired}/revise", {"valid_until": "2026-04-30"})
    api.done(f"/quotes/{expired}/remove-line", {"line_id": "1"})
    work_together(world)
    world.alias()
    api.get("/pipeline/stages")

    async def compare() -> None:
        async with EventLog(database_url) as log:
            tables = await verify(Pipeline, log, database_url)
        assert all(table.same and table.live and table.live.rows for table in tables), tables

    asyncio.run(compare())
