"""Whatever was acknowledged is there, exactly once, however often the API, the worker and Postgres are killed."""

from __future__ import annotations

import asyncio
import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any
from uuid import UUID

import psycopg
import pytest

from domain.billing import Invoice
from domain.ordering import Order
from features.faults.client import Business, Client
from features.faults.service import API, FULL, PARTS, Service, service
from features.house.processes import eventually
from infrastructure.event_log import EventLog
from infrastructure.projecting import Positions, read_models, verify
from infrastructure.servers.postgres import Cluster

CLIENTS = 8
CYCLES = 20 if FULL else 2
"""In each of them, Postgres, the API and the worker are killed, in some order."""
PROGRESS = 8
"""Commands acknowledged between a kill and the next."""

DEAL = {
    "quoting.Quote": ["Drafted", "Sent", "Accepted", "Converted"],
    "ordering.Order": ["Placed", "Confirmed", "Fulfilled", "DeliveryBilled"],
    "billing.Invoice": ["Drafted", "Issued", "PaymentApplied"],
    "payments.Payment": ["Settled", "Allocated", "ReferenceFollowed"],
}
"""What happens in one deal, each once."""


def test_what_was_acknowledged_is_there_exactly_once(state: Path) -> None:
    with service(state) as running:
        with closing(running.client("owner")) as owner:
            business = Business.made(owner)
        clients = [running.client(f"client-{number}") for number in range(CLIENTS)]
        enough = Event()
        with ThreadPoolExecutor(CLIENTS) as threads:
            work = [threads.submit(_trade, client, business, enough) for client in clients]
            try:
                for part in _parts_to_kill():
                    goal = _acknowledged(clients) + PROGRESS
                    running.kill(part)
                    running.start(part)
                    eventually(
                        partial(_has_gone_on, running, clients, goal, work), f"work goes on without the first {part}"
                    )
            finally:
                enough.set()
            deals = [deal for done in work for deal in done.result()]
        repeated = sum(client.repeated for client in clients)
        print(
            f"\n{CYCLES} cycles, {len(deals)} deals, {_acknowledged(clients)} commands, {repeated} requests sent again"
        )
        _judge_answers(running.url, [owner, *clients])
        asyncio.run(_judge_deals(running.url, deals))
        asyncio.run(_judge_read_models(running.url))


def test_what_is_acknowledged_before_it_is_there_is_caught(cluster: Cluster, database_url: str, tmp_path: Path) -> None:
    running = Service(tmp_path, cluster, database_url, {})
    customer = {"name": "Müller & Söhne KG", "address": {"country_code": "DE", "city": "Kiel"}}
    try:
        running.start(API, "hasty")
        with closing(running.client("hurried")) as client:
            client.post("/customers", customer)
            running.end(API)
            _judge_answers(database_url, [client])
            running.start(API, "hasty")
            client.post("/customers", customer)
            running.kill(API)
    finally:
        running.stop()
    with pytest.raises(AssertionError, match="acknowledged and not there"):
        _judge_answers(database_url, [client])


def _has_gone_on(running: Service, clients: list[Client], goal: int, work: list[Future[Any]]) -> bool:
    running.tend()
    for done in work:
        if done.done():
            done.result()  # clients end only by what they should not have been told
    return _acknowledged(clients) >= goal


def _parts_to_kill() -> Iterator[str]:
    chance = random.Random(7)
    for _ in range(CYCLES):
        yield from chance.sample(PARTS, len(PARTS))


def _acknowledged(clients: list[Client]) -> int:
    return sum(len(client.acknowledged) for client in clients)


def _trade(client: Client, business: Business, enough: Event) -> list[dict[str, UUID]]:
    """Deal after deal from quote to paid invoice; the documents of each."""
    deals = []
    with closing(client):
        while not enough.is_set():
            quote = client.post("/quotes", business.quote())
            client.post(f"/quotes/{quote}/send")
            shown = client.get(f"/quotes/{quote}")["document"]
            evidence = {"consent_text": "We order.", "accepted_by": "Ida", "identified_by": "e-mail"}
            sent = {"revision": shown["revision"], "document_sha256": shown["document_sha256"]}
            client.post(f"/quotes/{quote}/accept", {**sent, "evidence": evidence})
            order = Order.id_for(UUID(quote), 1)
            client.post(f"/orders/{order}/fulfil")
            invoice = Invoice.id_for(order, 1)
            number = client.get(f"/invoices/{invoice}")["document"]["number"]
            payment = client.post("/payments", business.payment(number))
            assert client.get(f"/invoices/{invoice}")["document"]["paid_amount"] == "357.00"
            ids = {"quoting.Quote": UUID(quote), "ordering.Order": order, "billing.Invoice": invoice}
            deals.append({**ids, "payments.Payment": UUID(payment)})
    return deals


def _judge_answers(url: str, clients: list[Client]) -> None:
    """Every acknowledged command has one save in the log, within what its answer said."""
    with psycopg.connect(url) as connection:
        rows = connection.execute("SELECT actor, key, position, originator_id FROM log.events WHERE key IS NOT NULL")
        saves = {(actor, key): (position, id) for actor, key, position, id in rows.fetchall()}
        found = connection.execute("SELECT count(*), max(position) FROM log.events").fetchone()
    assert found is not None
    assert found[0] == found[1], "positions have gaps"
    for one in (one for client in clients for one in client.acknowledged):
        assert (one.actor, one.key) in saves, "acknowledged and not there"
        position, id = saves[one.actor, one.key]
        assert position <= one.position
        assert one.id == str(id)


async def _judge_deals(url: str, deals: list[dict[str, UUID]]) -> None:
    """In every deal everything has happened once, and there are no others."""
    async with EventLog(url) as log:
        recorded = await log.read(0, 1_000_000)
    happened: dict[UUID, list[str]] = defaultdict(list)
    for each in recorded:
        happened[each.originator_id].append(each.topic)
    for deal in deals:
        for kind, events in DEAL.items():
            assert happened[deal[kind]] == [f"{kind}.{event}" for event in events]
    topics = Counter(each.topic for each in recorded)
    assert {topics[f"{kind}.{event}"] for kind, events in DEAL.items() for event in events} == {len(deals)}


async def _judge_read_models(url: str) -> None:
    models = read_models()
    positions = Positions(url, models)
    async with EventLog(url) as log:
        head = await log.head()
        for name, model in models.items():
            await positions.reached(name, head, 60)
            assert all(table.same for table in await verify(model, log, url)), name
    await positions.aclose()
