"""A slow, broken or swallowing network between the API and Postgres: every request is answered within ten seconds, if
only that it is to be asked again; once the network is back all goes on by itself, and everything is there once."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import count

import pytest

from features.api import Json
from features.conftest import WORKER, administration, clone
from features.faults.client import Business, Client
from features.faults.load import Load, invoicing, judge_invoices
from features.faults.proxy import Proxy, proxied
from features.faults.service import API, FULL, Service, processes
from features.house.processes import eventually, signed
from infrastructure.servers.postgres import Cluster

LONGEST = 10.0
"""Seconds that any request may take."""
CLIENTS = 8 if FULL else 4
ROUNDS = 5 if FULL else 1
PROGRESS = 40 if FULL else 8


@dataclass(frozen=True)
class Answer:
    """What a request was answered, and when."""

    asked: str
    status: int
    retry_after: str | None
    seconds: float


class Asking:
    """One of each kind of request at once."""

    def __init__(self, port: int, signed: Mapping[str, str], business: Business, after: int) -> None:
        self._port, self._signed, self._quote = port, signed, business.quote()
        self._keys = count(1)
        self._queries = {
            "one": f"/customers/{business.customer}",
            "one after": f"/customers/{business.customer}?after={after}",
            "list": "/invoices?limit=5",
            "list after": f"/quotes?after={after}",
            "sums": "/receivables/ageing",
            "history": f"/history/{business.customer}",
            "ready": "/health/ready",
            "projections": "/health/projections",
        }

    def all(self) -> list[Answer]:
        """What they are answered. Raises TimeoutError where one is not answered in time."""
        with ThreadPoolExecutor(len(self._queries) + 1) as threads:
            asked = [threads.submit(self._ask, name, "GET", path) for name, path in self._queries.items()]
            asked.append(threads.submit(self._ask, "command", "POST", "/quotes", self._quote))
            return [each.result() for each in asked]

    def is_live(self) -> bool:
        """Whether the process itself answers."""
        return self._ask("live", "GET", "/health/live").status == 200

    def _ask(self, name: str, method: str, path: str, body: Json | None = None) -> Answer:
        headers = {"Idempotency-Key": f"key {next(self._keys)}", **self._signed}
        begun = time.monotonic()
        with closing(http.client.HTTPConnection("127.0.0.1", self._port, timeout=LONGEST)) as connection:
            connection.request(method, path, json.dumps(body) if body else None, headers)
            response = connection.getresponse()
            response.read()
        return Answer(name, response.status, response.headers["Retry-After"], round(time.monotonic() - begun, 2))


@dataclass
class Served:
    """API and worker, with a network before the API."""

    running: Service
    network: Proxy
    business: Business
    asking: Asking
    clients: list[Client]

    @contextmanager
    def under_load(self) -> Iterator[Load]:
        """Clients at work, who have invoiced something when it begins, and as much again when all is well again."""
        clients = [self.running.client(f"asker-{len(self.clients) + n}", seconds=LONGEST) for n in range(CLIENTS)]
        self.clients += clients
        with invoicing(clients, self.business) as load:
            load.go_on(PROGRESS)
            yield load
            begun = time.monotonic()
            eventually(
                lambda: {each.status for each in self.asking.all()} <= {200, 201}, "everything is answered again"
            )
            load.go_on(PROGRESS)
            print(f"\nall is well {time.monotonic() - begun:.1f} s later; {load.repeated()} requests sent again")
        load.assert_answered()
        judge_invoices(self.running.url, self.clients)


@pytest.fixture(scope="module")
def served(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    state, name = tmp_path_factory.mktemp("network"), f"network_{WORKER}"
    with administration(cluster) as connection:
        clone(connection, name)
    url = cluster.url(name)
    with proxied(cluster.socket) as network, processes(state, cluster, url, api=network) as running:
        with closing(running.client("owner")) as owner:
            business = Business.made(owner)
        asking = Asking(running.port, signed(url, "asking"), business, owner.acknowledged[-1].position)
        yield Served(running, network, business, asking, [])


def told_to_ask_again(answers: list[Answer]) -> bool:
    """Whether all were refused for now, and told when to come back."""
    print(*answers, sep="\n")
    return all(each.status == 503 and each.retry_after for each in answers)


def told_something(answers: list[Answer]) -> bool:
    """Whether all were either answered, or told when to come back."""
    print(*answers, sep="\n")
    return all(each.status in (200, 201) or (each.status == 503 and each.retry_after) for each in answers)


def test_a_slow_network_is_slow_and_no_more(served: Served) -> None:
    with served.under_load() as load:
        served.network.delay = 0.02
        assert told_something(served.asking.all())
        load.go_on(PROGRESS)
        served.network.delay = 0


@pytest.mark.skipif(not FULL, reason="takes a while; Q2C_FULL=1 runs it")
def test_a_network_slower_than_anybody_waits(served: Served) -> None:
    with served.under_load():
        served.network.delay = 4
        for _ in range(ROUNDS):
            assert told_something(served.asking.all())
        served.network.delay = 0


def test_connections_that_break_under_way(served: Served) -> None:
    with served.under_load() as load:
        for _ in range(4 * ROUNDS):
            served.network.reset()
            assert told_something(served.asking.all())
            load.go_on(1)


def test_nobody_at_the_other_end(served: Served) -> None:
    with served.under_load():
        served.network.refuse()
        for _ in range(ROUNDS):
            assert told_to_ask_again(served.asking.all())
            assert served.asking.is_live()
        served.network.mend()


def test_a_black_hole(served: Served) -> None:
    with served.under_load():
        served.network.swallow()
        for _ in range(ROUNDS):
            assert told_to_ask_again(served.asking.all())
            assert served.asking.is_live()
        served.network.mend()


def test_whoever_waits_for_a_black_hole_is_caught(served: Served) -> None:
    running, network = served.running, served.network
    running.end(API)
    running.start(API, "trusting")
    try:
        assert {each.status for each in served.asking.all()} <= {200, 201}
        network.swallow()
        with pytest.raises(TimeoutError):
            served.asking.all()
    finally:
        network.mend()
        running.kill(API)
        running.start(API)
