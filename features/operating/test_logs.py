"""Logs say what was done and what came of it, and nothing about anybody."""

from __future__ import annotations

import http.client
import itertools
import json
import logging
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlencode

import pytest

from features.api import Json
from features.house.processes import command, environment, eventually, free_port, is_ready, q2c, signed
from features.operating.poison import poison
from infrastructure.logs import formatter
from infrastructure.migrate import migrate
from infrastructure.servers.postgres import running

CUSTOMER: Json = {
    "name": "Canaria Sparrow KG",
    "address": {"country_code": "DE", "city": "Canaryville", "street": "Canary Row 17"},
    "external_id": "CANARY-1",
}
CONTACT: Json = {"contact": {"name": "Canario Finch", "email": "canario@example.org", "phone": "+49 431 CANARY"}}
HEADERS = {"Q2C-Reason": "a canary asked for it", "If-Match": "*"}
CANARY = re.compile("canar|sparrow|finch", re.IGNORECASE)
"""What stands in every value that is sent."""
NUMBERS = itertools.count(1)


def test_what_people_send_is_not_in_the_log(state: Path) -> None:
    with running(state) as cluster:
        migrate(cluster.url())
        port, said = free_port(), state / "said.log"
        env = environment(state, Q2C_PORT=str(port), DATABASE_URL=cluster.url(), Q2C_LOG_LEVEL="info")
        with said.open("ab") as stream, _process("worker", env, stream), _process("api", env, stream) as api:
            eventually(lambda: is_ready(api, port), "the API is ready")
            HEADERS.update(signed(cluster.url(), "canary.the-actor"))
            _talk(port, cluster.url())
            eventually(lambda: "cannot process" in said.read_text(), "the worker has parked something")
            eventually(lambda: "Policies cannot read" in said.read_text(), "policies have passed it, too")
            refused = [each["code"] for each in _overview(env)["latest_refusals"]]
            assert refused == ["unreadable"]
    lines: list[Json] = [json.loads(line) for line in said.read_text().splitlines()]
    assert [line for line in lines if CANARY.search(json.dumps(line))] == []
    _commands_are_told(lines)
    requests = {(each["method"], each["route"], each["status"]) for each in lines if each["event"] == "request"}
    assert requests >= {
        ("GET", "/customers", 200),
        ("POST", "/customers", 422),
        ("POST", "/customers/{customer_id}/add-contact", 500),
        ("GET", "other", 404),
    }
    assert any(line.get("error") == "Undecodable" for line in lines), "of an error its type is told"


def _commands_are_told(lines: list[Json]) -> None:
    commands = [line for line in lines if line["event"] == "command"]
    done = commands[0]
    assert (done["command"], done["outcome"], done["by"]) == ("RegisterCustomer", "done", "somebody")
    assert {"target", "position", "correlation", "ms", "request_id", "timestamp", "level", "logger"} <= done.keys()
    assert {(each["command"], each["outcome"]) for each in commands} >= {
        ("AddContact", "done"),
        ("RegisterCustomer", "already_taken"),
        ("AddContact", "failed"),
    }


def _talk(port: int, database_url: str) -> None:
    """Commands that are carried out, refused, malformed or break, and queries; all of them full of somebody."""
    customer = _ask(port, "POST", "/customers", CUSTOMER)["id"]
    _ask(port, "POST", f"/customers/{customer}/add-contact", CONTACT)
    _ask(port, "POST", "/customers", CUSTOMER)
    _ask(port, "POST", "/customers", {"name": "Canaria", "canary": "canary"})
    _ask(port, "GET", "/customers?" + urlencode({"name": "Canaria"}))
    _ask(port, "GET", "/canary/row/17")
    poison(database_url, customer, "crm.Customer.ContactAdded", b'{"contact": "Canario Finch"}')
    _ask(port, "POST", f"/customers/{customer}/add-contact", {"contact": CONTACT["contact"] | {"phone": "CANARY 2"}})


def _overview(env: dict[str, str]) -> Json:
    found: Json = json.loads(q2c("status", "--json", env=env).stdout)
    assert found["workers"] == 1
    return found


def _ask(port: int, method: str, path: str, body: Json | None = None) -> Json:
    key = {"Idempotency-Key": f"canary {next(NUMBERS)}"}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request(method, path, json.dumps(body) if body else None, HEADERS | key)
    answer: Json = json.loads(connection.getresponse().read())
    connection.close()
    return answer


@contextmanager
def _process(part: str, env: dict[str, str], stream: BinaryIO) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(command(part), env=env, stdin=subprocess.DEVNULL, stderr=stream, stdout=stream) as process:
        try:
            yield process
        finally:
            process.terminate()


@pytest.mark.parametrize("as_json", [True, False])
def test_an_exception_is_told_by_its_type_and_where_it_happened(as_json: bool) -> None:
    try:
        raise ValueError(CUSTOMER["name"])
    except ValueError as error:
        told = _formatted("asyncio", f"Task failed\nfuture: {error!r}", as_json=as_json)
    assert "ValueError" in told
    assert "test_logs.py" in told
    assert not CANARY.search(told)


def test_on_a_terminal_lines_are_for_people() -> None:
    told = _formatted("q2c.commands", "command", as_json=False)
    assert "command" in told
    with pytest.raises(json.JSONDecodeError):
        json.loads(told)


def _formatted(name: str, message: str, *, as_json: bool) -> str:
    record = logging.LogRecord(name, logging.ERROR, __file__, 1, message, None, sys.exc_info())
    return formatter(as_json=as_json).format(record)
