"""Steps for opportunities."""

from __future__ import annotations

from pytest_bdd import given, parsers, scenarios, then, when

from features.api import Json
from features.crm.conftest import Pursuit, same
from features.world import World

scenarios("opportunities.feature")

SIGNATORIES = [{"name": "Ida Müller", "side": "buyer"}, {"name": "Ann", "side": "seller"}]


@when("the last quote is chosen as the primary one")
def _(pursuit: Pursuit) -> None:
    pursuit.act("choose-primary-quote", {"quote_id": pursuit.quotes[-1]})


@when("the contract is signed")
def _(pursuit: Pursuit) -> None:
    contract = pursuit.deal()["contract_id"]
    pursuit.story.world.api.done(f"/contracts/{contract}/sign", {"signatories": SIGNATORIES})


@when("1 lamp of its order is cancelled")
def _(pursuit: Pursuit) -> None:
    _cancel(pursuit, quantities=[{"line_id": "1", "quantity": "1"}])


@when("all of its order is cancelled")
def _(pursuit: Pursuit) -> None:
    _cancel(pursuit)


@given(parsers.parse('it is moved to "{stage}"'))
@when(parsers.re(r'it is moved to "(?P<stage>\w+)"'))
def _(pursuit: Pursuit, stage: str) -> None:
    pursuit.act("move", {"stage": stage})


@when(parsers.re(r'it is moved to "(?P<stage>\w+)" with "(?P<name>.*)" being "(?P<value>.*)"'))
def _(pursuit: Pursuit, stage: str, name: str, value: str) -> None:
    pursuit.act("move", {"stage": stage, "details": [{"name": name, "value": value}]})


@given("it is won")
@when("it is won")
def _(pursuit: Pursuit) -> None:
    pursuit.act("win")


@given("it is abandoned")
def _(pursuit: Pursuit) -> None:
    pursuit.act("abandon", {"reason": "no budget"})


@given(parsers.parse('it is lost to "{competitor}" because of "{reason}"'))
@when(parsers.parse('it is lost to "{competitor}" because of "{reason}"'))
def _(pursuit: Pursuit, competitor: str, reason: str) -> None:
    pursuit.act("lose", {"reason": reason, "competitor": competitor})
    row = pursuit.row()
    assert (row["reason"], row["competitor"]) == (reason, competitor)


@when(parsers.parse("it is reopened until {day}"))
def _(pursuit: Pursuit, day: str) -> None:
    pursuit.act("reopen", {"close_date": day})


@given(parsers.parse("{days:d} days pass"))
def _(pursuit: Pursuit, days: int) -> None:
    pursuit.story.world.api.clock.pass_days(days)


@when("a call about it is logged")
def _(pursuit: Pursuit) -> None:
    today = pursuit.story.world.api.clock.now().date().isoformat()
    subject = {"kind": "opportunity", "id": pursuit.id}
    body = {"kind": "call", "subject": subject, "summary": "Still interested?", "happened_on": today}
    pursuit.story.world.api.done("/activities", body)


@when("a path is defined with the stages", target_fixture="path")
def _(pursuit: Pursuit, datatable: list[list[str]]) -> str:
    stages = [dict(zip(datatable[0], row, strict=True)) for row in datatable[1:]]
    body = {"name": "Hardware", "stages": [{**stage, "reached_by": stage["reached_by"] or None} for stage in stages]}
    pursuit.story.tries("/stage-paths", body)
    assert pursuit.story.response is not None
    return str(pursuit.story.response.json().get("id"))


@when("an opportunity is opened on that path")
def _(pursuit: Pursuit, path: str) -> None:
    api = pursuit.story.world.api
    pursuit.id = api.done("/opportunities", {"name": "Server", "stage_path_id": path}).id
    preset, defined = api.get("/pipeline/stage-paths")
    assert (preset["stage_path_id"], len(preset["stages"])) == (None, 6)
    assert (defined["stage_path_id"], defined["stages"][1]["reached_by"]) == (path, "quote_sent")


@then(parsers.parse('it is "{state}" in stage "{stage}" and category "{category}"'))
def _(pursuit: Pursuit, state: str, stage: str, category: str) -> None:
    row = pursuit.row()
    assert (row["state"], row["stage"], row["forecast_category"]) == (state, stage, category)


@then(parsers.parse("it is worth {amount} EUR, weighted {weighted}"))
def _(pursuit: Pursuit, amount: str, weighted: str) -> None:
    row = pursuit.row()
    assert (row["amount"], row["weighted_amount"], row["currency"]) == (amount, weighted, "EUR")


@then("it is with the customer")
def _(pursuit: Pursuit) -> None:
    world = pursuit.story.world
    assert (pursuit.row()["customer_id"], pursuit.row()["customer_name"]) == (world.customer, "Müller & Söhne KG")
    (found,) = world.api.get("/pipeline/opportunities", customer_id=world.customer)["items"]
    assert found["opportunity_id"] == pursuit.id


@then(parsers.parse("it has {count:d} quotes"))
def _(pursuit: Pursuit, count: int) -> None:
    quotes = pursuit.view()["quotes"]
    assert [quote["quote_id"] for quote in quotes] == pursuit.quotes
    assert [quote["primary"] for quote in quotes] == [False] * (count - 1) + [True]


@then("its history is")
def _(pursuit: Pursuit, datatable: list[list[str]]) -> None:
    same(pursuit.view()["stages"], datatable)


@then(parsers.parse('in "{stage}" its "{name}" is "{value}"'))
def _(pursuit: Pursuit, stage: str, name: str, value: str) -> None:
    assert pursuit.view()["details"] == [{"stage": stage, "name": name, "value": value}]


@then("nobody else is said to have won it")
def _(pursuit: Pursuit) -> None:
    row = pursuit.row()
    assert (row["reason"], row["competitor"], row["ended_at"], row["close_date"]) == (None, None, None, "2026-05-01")


@then(parsers.re(r"it is (?P<past_due>(not )?past due), and (?P<stale>(not )?stale)"))
def _(pursuit: Pursuit, past_due: str, stale: str) -> None:
    row = pursuit.row()
    assert (row["past_due"], row["stale"]) == (past_due == "past due", stale == "stale")
    found = pursuit.story.world.api.get("/pipeline/opportunities", stale=True)["items"]
    assert bool(found) == row["stale"]


@then(parsers.parse('"{owner}" has past due work'))
def _(pursuit: Pursuit, owner: str) -> None:
    work = pursuit.story.world.api.get("/pipeline/my-work", owner=owner)
    assert [one["opportunity_id"] for one in work["past_due"]] == [pursuit.id]
    assert work["stale"] == []


@then("the forecast categories are")
def _(world: World, datatable: list[list[str]]) -> None:
    same(world.api.get("/pipeline/forecast-categories"), datatable)


@then("everybody's outcomes are")
def _(world: World, datatable: list[list[str]]) -> None:
    same(world.api.get("/pipeline/outcomes"), datatable)


@then("the outcomes by owner are")
def _(world: World, datatable: list[list[str]]) -> None:
    same(world.api.get("/pipeline/outcomes", by="owner"), datatable)


def _cancel(pursuit: Pursuit, **which: object) -> None:
    body: Json = {"reason": "no longer wanted", **which}
    pursuit.story.world.api.done(f"/orders/{pursuit.deal()['order_id']}/cancel", body)


def test_the_opportunity_of_an_alias_goes_on_with_the_survivor(world: World) -> None:
    api, address = world.api, {"country_code": "DE"}
    alias = api.done("/customers", {"name": "Muller KG", "address": address}).id
    opportunity = api.done("/opportunities", {"name": "Lamps", "customer_id": alias}).id
    api.done(f"/customers/{alias}/merge", {"into": world.customer})
    for customer in (alias, world.customer):
        api.done("/quotes", world.quote(customer_id=customer, opportunity_id=opportunity))
    api.done(f"/opportunities/{opportunity}/change", {"name": "More lamps", "customer_id": alias})
    assert api.get(f"/pipeline/opportunities/{opportunity}")["opportunity"]["customer_id"] == world.customer
    (found,) = api.get("/pipeline/opportunities", customer_id=world.customer)["items"]
    assert (found["opportunity_id"], found["name"]) == (opportunity, "More lamps")


def test_a_quote_for_somebody_else_is_refused(world: World) -> None:
    other = world.api.done("/customers", {"name": "Other", "address": {"country_code": "DE"}}).id
    opportunity = world.api.done("/opportunities", {"name": "Lamps", "customer_id": other}).id
    refused = world.api.post("/quotes", world.quote(opportunity_id=opportunity))
    assert refused.json()["code"] == "quote_of_another_customer"
    assert world.api.get(f"/pipeline/opportunities/{opportunity}")["opportunity"]["customer_name"] == "Other"
