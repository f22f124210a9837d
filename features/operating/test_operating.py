"""What cannot be processed, as readers and operators see it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import pytest
from httpx2 import Response
from pytest_bdd import given, parsers, scenarios, then, when
from typer.testing import CliRunner, Result

from domain.crm import Customer
from features.api import Api
from features.operating.poison import mend, poison
from features.projecting.bookkeeping import happened
from features.world import World
from infrastructure.event_log.codec import encode
from interfaces.cli import application

scenarios("operating.feature")

TOPIC = "crm.Customer.RepresentativeAssigned"
BROKEN = b'{"representative": '


@dataclass
class Parking:
    """What this scenario is about."""

    database_url: str
    customer: str
    position: int
    changed_at: int
    others: list[str] = field(default_factory=list)


def q2c(*arguments: str) -> Result:
    """The command line, on the scenario's database."""
    return CliRunner().invoke(application(), arguments)


@given("a customer whose latest change cannot be read", target_fixture="parking")
def unreadable(world: World, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Parking:
    monkeypatch.setenv("DATABASE_URL", database_url)
    position = poison(database_url, world.customer, TOPIC, BROKEN)
    return Parking(database_url, world.customer, position, position)


@when("another customer is registered")
def another(parking: Parking, api: Api) -> None:
    address = {"country_code": "DE", "city": "Kiel"}
    parking.others.append(api.done("/customers", {"name": "Ida Larsen KG", "address": address}).id)


@when("the customer is changed once more")
def changed_again(parking: Parking, api: Api) -> None:
    parking.changed_at = poison(parking.database_url, parking.customer, TOPIC, _assigned(api, parking, 3, "ben"))


@when("the change is mended")
def mended(parking: Parking, api: Api) -> None:
    mend(parking.database_url, parking.position, _assigned(api, parking, 2, "cid"))


@when("the operator lets the read model try again")
def retried(parking: Parking, api: Api) -> None:
    api.query("/customers", after=parking.changed_at)
    q2c("projection", "retry", "directory", "--json")


@then("the list of customers shows the other one and says that it is not complete")
def list_is_incomplete(parking: Parking, api: Api) -> None:
    page = api.get("/customers")
    assert parking.others[0] in {item["customer_id"] for item in page["items"]}
    assert page["complete"] is False


@then('waiting for the unreadable change is answered with 503 "read_model_parked"')
def wait_is_refused(parking: Parking, api: Api) -> None:
    response = api.query("/customers", after=parking.position)
    assert (response.status_code, response.json()["code"]) == (503, "read_model_parked")
    assert int(response.headers["Retry-After"]) > 0


@then("so is asking for the customer itself")
def shown_is_refused(parking: Parking, api: Api) -> None:
    response = api.query(f"/customers/{parking.customer}", after=0)
    assert (response.status_code, response.json()["code"]) == (503, "read_model_parked")


@then("the list of products says that it is not complete, the list of orders that it is")
def other_lists(api: Api) -> None:
    # Products stand in the same read model; orders in another, which takes no interest in representatives.
    products, orders = api.query("/products"), api.query("/orders")
    assert (products.json()["complete"], products.headers["Q2C-Incomplete"]) == (False, "directory")
    assert orders.json()["complete"] is True
    assert "Q2C-Incomplete" not in orders.headers


@then(parsers.parse('the service is ready and says that "{model}" lacks {count:d} thing'))
def ready(parking: Parking, api: Api, model: str, count: int) -> None:
    assert api.query("/customers", after=parking.changed_at).status_code == 503
    answer = api.query("/health/ready")
    assert (answer.status_code, answer.json()["status"]) == (200, "ready")
    assert answer.json()["parked"][model] == count


@then("the health of the read models says so")
def health(parking: Parking, api: Api) -> None:
    found = {each["name"]: each for each in api.get("/health/projections")}
    assert (found["directory"]["parked"], found["directory"]["state"], found["directory"]["lag"]) == (1, "current", 0)
    assert found["directory"]["position"] == parking.changed_at


@then("so do the metrics")
def measured(parking: Parking, api: Api) -> None:
    text = api.query("/metrics").text
    assert 'q2c_read_model_parked{model="directory"} 1.0' in text
    assert f"q2c_log_head {float(parking.changed_at)}" in text
    assert re.search(r'q2c_commands_total\{command="RegisterCustomer",outcome="done"\} [1-9]', text)
    assert re.search(r'q2c_requests_total\{method="GET",route="/health/ready",status="200"\} [1-9]', text)
    assert parking.customer not in text


@then('"q2c projection status" names the event, the problem and how many wait behind it, and exits with 1')
def status_tells(parking: Parking) -> None:
    told = q2c("projection", "status", "directory", "--json")
    assert told.exit_code == 1
    (directory,) = json.loads(told.stdout)
    (parked,) = directory["parked"]
    assert parked == {
        "originator_id": parking.customer,
        "position": parking.position,
        "topic": TOPIC,
        "problem": "effects: Undecodable",
        "later": int(parking.changed_at > parking.position),
    }
    assert TOPIC in q2c("projection", "status", "directory").stdout


@then('"q2c status" shows it beside the log, the workers and what policies asked for in vain')
def everything_tells(parking: Parking) -> None:
    told = q2c("status", "--json")
    assert told.exit_code == 1
    seen = json.loads(told.stdout)
    assert (seen["head"], seen["workers"], seen["refusals"]) == (parking.changed_at, 0, 0)
    assert {each["name"]: len(each["parked"]) for each in seen["models"]}["directory"] == 1
    assert f"position {parking.changed_at}" in q2c("status").stdout


@then("the list of customers is complete, and the customer shows its last change")
def whole_again(parking: Parking, api: Api) -> None:
    assert api.get("/customers", after=parking.changed_at)["complete"] is True
    assert api.get(f"/customers/{parking.customer}")["customer"]["representative"] == "ben"


@then('"q2c projection status" exits with 0')
def nothing_parked() -> None:
    assert q2c("projection", "status", "directory").exit_code == 0


@then("every table is what the log gives anew")
def verified() -> None:
    told = q2c("projection", "verify", "directory", "--json")
    assert told.exit_code == 0, told.stdout


@when("somebody has asked for the customers as of then")
def past_was_asked_for(parking: Parking, api: Api) -> None:
    assert _as_of(api, "/customers", parking.changed_at).json()["complete"] is False


@then("the customers as of the unreadable change are not complete, and those before it are")
def past_is_incomplete(parking: Parking, api: Api) -> None:
    then, before = (_as_of(api, "/customers", position) for position in (parking.position, parking.position - 1))
    assert (then.json()["complete"], then.headers["Q2C-Incomplete"]) == (False, "directory")
    assert before.json()["complete"] is True
    assert "Q2C-Incomplete" not in before.headers


@then('asking for the customer as of then is answered with 503 "read_model_parked"')
def past_is_refused(parking: Parking, api: Api) -> None:
    response = _as_of(api, f"/customers/{parking.customer}", parking.position)
    assert (response.status_code, response.json()["code"]) == (503, "read_model_parked")


@then("the customers as of then are complete, and the customer shows its last change")
def past_is_whole(parking: Parking, api: Api) -> None:
    assert _as_of(api, "/customers", parking.changed_at).json()["complete"] is True
    shown = _as_of(api, f"/customers/{parking.customer}", parking.changed_at).json()
    assert shown["customer"]["representative"] == "ben"


@then("the whole history tells that it cannot be read, and what came after it")
def history_goes_on(parking: Parking, api: Api) -> None:
    for wanted in ({}, {"kind": "crm.Customer"}, {"aggregate_id": parking.customer}):
        items = api.get("/history", after=0, limit=200, **wanted)["items"]
        told = {item["position"]: item for item in items}
        assert [item["position"] for item in items if item["unreadable"]] == [parking.position]
        assert told[parking.position]["happened"].endswith("(cannot be read)")
        assert (told[parking.position]["actor"], told[parking.position]["fields"]) == ("ada", {})
        assert told[parking.changed_at]["fields"] == {"representative": "ben"}
    assert api.get("/history", after=0, reason="ada")["items"] == []


@then("so do files and the command line")
def files_go_on(parking: Parking, api: Api, tmp_path: Path) -> None:
    for form in ("csv", "jsonl"):
        assert "(cannot be read)" in api.client.get("/history", params={"format": form}).text
    told = q2c("history", "export", str(tmp_path / "history"))
    assert told.exit_code == 0, told.output
    assert len((tmp_path / "history").read_text().splitlines()) == parking.changed_at
    assert "(cannot be read)" in q2c("history", parking.customer, "--json").output


@then("the history of the customer tells how it stood before")
def stood_before(parking: Parking, api: Api) -> None:
    for parameters in ({}, {"effective": "2199-01-01"}):
        history = api.get(f"/history/{parking.customer}", **parameters)
        assert (history["version"], history["state"]["representative"]) == (1, "ann")
        assert [entry["unreadable"] for entry in history["entries"]] == [False, True, False]
    difference = api.get(f"/history/{parking.customer}/difference", from_position=parking.position - 1)
    assert (difference["from_version"], difference["to_version"], difference["changes"]) == (1, 1, [])


def _as_of(api: Api, path: str, position: int) -> Response:
    return api.client.get(path, params={"position": position})


def _assigned(api: Api, parking: Parking, version: int, representative: str) -> bytes:
    changed, customer, now = Customer.RepresentativeAssigned, UUID(parking.customer), api.clock.now()
    return encode(happened(changed, customer, version, representative=representative, timestamp=now))
