"""Limits of requests, on a real Valkey that is killed, emptied, filled and stopped."""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import redis
from fastapi.testclient import TestClient
from httpx2 import Response
from pytest_bdd import given, parsers, scenarios, then, when

from features.api import NOBODY, Api, SetClock, running_api
from infrastructure.credentials.attempts import OF_ACCOUNT
from infrastructure.limits import SIGN_INS_OF_LOGIN, WINDOW
from infrastructure.servers import valkey

scenarios("limits.feature")

RIGHT, WRONG = "correct horse battery staple", "a guess that is none of it"
GUESSES = 10_000 if os.environ.get("Q2C_FULL") else 80
LATE = 8
"""Guesses that are tried because the wait after those before them is over: 15 seconds, then 30, then 60 …"""


@dataclass
class Shop:
    """The interface, its Valkey, and what was answered."""

    server: valkey.Valkey
    api: Api
    closing: contextlib.ExitStack
    other: Api | None = None
    answers: list[Response] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def ask(self, api: Api, times: int, **headers: str) -> None:
        self.answers += [api.client.get("/products", headers=headers or {"As": "ann"}) for _ in range(times)]

    def statuses(self) -> list[int]:
        return [answer.status_code for answer in self.answers]


@pytest.fixture
def server(state: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[valkey.Valkey]:
    """A Valkey of one test."""
    with valkey.running(state) as server:
        monkeypatch.setenv("REDIS_URL", server.url)
        yield server


@pytest.fixture
def opened(server: valkey.Valkey, database_url: str, clock: SetClock) -> Iterator[contextlib.ExitStack]:
    """What is to be closed again."""
    with contextlib.ExitStack() as stack:
        yield stack


def shop_of(stack: contextlib.ExitStack, server: valkey.Valkey, database_url: str, clock: SetClock) -> Shop:
    return Shop(server, stack.enter_context(running_api(database_url, clock)), stack)


@given(parsers.parse("a user may ask {quota:d} queries a minute"), target_fixture="shop")
def queries_limited(
    quota: int,
    opened: contextlib.ExitStack,
    server: valkey.Valkey,
    database_url: str,
    clock: SetClock,
    monkeypatch: pytest.MonkeyPatch,
) -> Shop:
    monkeypatch.setenv("Q2C_QUERIES_PER_MINUTE", str(quota))
    return shop_of(opened, server, database_url, clock)


@given(parsers.parse("an address may ask {quota:d} times a minute without signing in"), target_fixture="shop")
def unsigned_limited(
    quota: int,
    opened: contextlib.ExitStack,
    server: valkey.Valkey,
    database_url: str,
    clock: SetClock,
    monkeypatch: pytest.MonkeyPatch,
) -> Shop:
    monkeypatch.setenv("Q2C_UNSIGNED_PER_MINUTE", str(quota))
    return shop_of(opened, server, database_url, clock)


@given("bob, who has a password", target_fixture="shop")
def bob(opened: contextlib.ExitStack, server: valkey.Valkey, database_url: str, clock: SetClock) -> Shop:
    shop = shop_of(opened, server, database_url, clock)
    user = shop.api.done("/users", {"login": "bob", "roles": ["support"]}).id
    shop.api.done(f"/users/{user}/reset-password")
    return shop


@given("another API process")
def another(shop: Shop, database_url: str, clock: SetClock) -> None:
    shop.other = shop.closing.enter_context(running_api(database_url, clock))


@when(parsers.parse("ann asks {times:d} times"))
def asks(shop: Shop, times: int) -> None:
    shop.ask(shop.api, times)


@when(parsers.parse("ann asks the other process {times:d} times"))
def asks_the_other(shop: Shop, times: int) -> None:
    assert shop.other is not None
    token = shop.answers[0].request.headers["Authorization"]
    shop.ask(shop.other, times, Authorization=token)


@when(parsers.parse("Valkey {fate}"))
def meets(shop: Shop, fate: str) -> None:
    with redis.Redis.from_url(shop.server.url) as client:
        pid = int(client.info("server")["process_id"])
        if fate == "is killed":
            os.kill(pid, signal.SIGKILL)
        elif fate == "is emptied":
            client.flushall()
        elif fate == "is full":
            client.config_set("maxmemory", 1)
        elif fate == "stands still":
            os.kill(pid, signal.SIGSTOP)
            shop.closing.callback(os.kill, pid, signal.SIGCONT)


@when(parsers.parse("somebody asks {made_up:d} times with a made-up key, and {none:d} times with none"))
def strangers(shop: Shop, made_up: int, none: int) -> None:
    for number in range(made_up):
        shop.ask(shop.api, 1, Authorization=f"Bearer q2c_key_{number}")
    shop.ask(shop.api, none, As=NOBODY)


@when("somebody asks twice with the same made-up key")
def stranger_again(shop: Shop) -> None:
    shop.ask(shop.api, 2, Authorization="Bearer q2c_key_again")


@when("it is guessed from ever new addresses")
@when("it is guessed again from ever new addresses")
def guessed(shop: Shop) -> None:
    shop.answers += guesses(shop, "bob")


def guesses(shop: Shop, login: str) -> list[Response]:
    app, portal = shop.api.client.app, shop.api.client.portal
    answers = []
    for _ in range(GUESSES // 2):
        number = next(shop.numbers)
        client = TestClient(app, client=(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}", 1))
        client.portal = portal
        answers.append(client.post("/sessions", json={"login": login, "password": WRONG}))
    return answers


@then(parsers.parse('she is answered {times:d} times, and then refused as "{code}"'))
def answered(shop: Shop, times: int, code: str) -> None:
    refused = len(shop.answers) - times
    assert shop.statuses() == [200] * times + [429] * refused
    assert {answer.json()["code"] for answer in shop.answers[times:]} == {code}


@then("she is told how long to wait")
def told(shop: Shop) -> None:
    left = [answer.headers["RateLimit"].split(";")[1] for answer in shop.answers]
    assert left == ["r=4", "r=3", "r=2", "r=1", "r=0", "r=0"]
    last = shop.answers[-1]
    assert last.headers["RateLimit-Policy"] == f'"queries";q=5;w={WINDOW}'
    assert 0 < int(last.headers["Retry-After"]) <= WINDOW
    assert last.headers["RateLimit"].endswith(f";t={last.headers['Retry-After']}")


@then("bob is answered")
def somebody_else(shop: Shop) -> None:
    assert shop.api.client.get("/products", headers={"As": "bob"}).status_code == 200


@given("ann has asked before")
@then("ann is answered")
def ann_is_answered(shop: Shop) -> None:
    assert shop.api.client.get("/products", headers={"As": "ann"}).status_code == 200


@then(parsers.parse("the service says that limits are {counted}"))
def says(shop: Shop, counted: str) -> None:
    assert shop.api.client.get("/health/ready", headers={"As": NOBODY}).json()["limits"] == counted


@then(parsers.parse('{times:d} of them are answered as nobody\'s, and the rest is refused as "{code}"'))
def strangers_answered(shop: Shop, times: int, code: str) -> None:
    assert shop.statuses() == [401] * times + [429] * 3
    assert {answer.json()["code"] for answer in shop.answers[times:]} == {code}


@then(
    parsers.parse(
        'hardly more than {tried:d} guesses are tried, and after {most:d} in a minute all are refused as "{code}"'
    )
)
def few_are_tried(shop: Shop, tried: int, most: int, code: str) -> None:
    assert (tried, most) == (OF_ACCOUNT, SIGN_INS_OF_LOGIN)
    assert shop.statuses()[:tried] == [401] * tried
    assert shop.statuses().count(401) <= tried + LATE
    assert shop.statuses().count(429) == GUESSES - shop.statuses().count(401)
    if GUESSES < 1000:  # otherwise it takes longer than a minute
        assert {answer.json()["code"] for answer in shop.answers[most:]} == {code}


@then("a login that does not exist is answered alike")
def told_alike(shop: Shop) -> None:
    told = [{(one.status_code, one.content) for one in answers} for answers in (guesses(shop, "nobody"), shop.answers)]
    assert told[0] == told[1]
