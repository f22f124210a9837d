"""Invoice numbers have no gap and no twin, however often the process that gives them is killed."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from pathlib import Path

from domain.billing import Invoice
from features.faults.client import Business, Client
from features.faults.service import API, FULL, Service, service
from features.house.processes import eventually
from infrastructure.event_log import EventLog

WRITERS = 16
INVOICES = 2000 if FULL else 160
KILLS = 5 if FULL else 2
STEP = 20
"""Invoices whose writing is waited for at a time."""


def test_sixteen_writers_on_one_series_while_the_api_is_killed(state: Path) -> None:
    with service(state) as running:
        with closing(running.client("owner")) as owner:
            business = Business.made(owner)
        clients = [running.client(f"writer-{number}") for number in range(WRITERS)]
        with ThreadPoolExecutor(WRITERS) as writers:
            work = [writers.submit(_write, client, business) for client in clients]
            for goal in range(STEP, INVOICES - STEP, STEP):
                eventually(partial(_have_written, clients, goal), f"{goal} invoices")
                if goal % (INVOICES // KILLS) == STEP:
                    running.kill(API)
                    running.start(API)
            for done in work:
                done.result()
        _judge(running, clients)


def _write(client: Client, business: Business) -> None:
    with closing(client):
        for _ in range(INVOICES // WRITERS):
            client.post("/invoices", business.invoice())


def _have_written(clients: list[Client], invoices: int) -> bool:
    return sum(len(client.acknowledged) for client in clients) >= invoices


def _judge(running: Service, clients: list[Client]) -> None:
    acknowledged = [one.id for client in clients for one in client.acknowledged]
    assert len(acknowledged) == len(set(acknowledged)) == INVOICES
    issued = asyncio.run(_issued(running.url))
    print(f"\n{INVOICES} invoices, {KILLS} kills, {sum(client.repeated for client in clients)} requests sent again")
    assert [number for _, number in issued] == [issued[0][1][:-6] + f"{n:06}" for n in range(1, INVOICES + 1)]
    assert sorted(invoice for invoice, _ in issued) == sorted(acknowledged)


async def _issued(url: str) -> list[tuple[str, str]]:
    """Each issued invoice with its number, in the order of the log."""
    async with EventLog(url) as log:
        recorded = await log.read(0, 1_000_000)
    issued = [each for each in recorded if each.topic == Invoice.Issued.TOPIC]
    return [(str(each.originator_id), vars(each.event)["number"]) for each in issued]
