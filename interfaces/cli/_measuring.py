"""What `q2c bench` measures: appends against the limit of Postgres, deals over HTTP, imports and rebuilds."""

from __future__ import annotations

import asyncio
import itertools
import os
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from domain.catalogue import Product
from infrastructure.database import connect
from infrastructure.event_log import EventLog, Save
from infrastructure.projecting import read_models, rebuild
from interfaces.cli._dealing import Dealer

WRITERS = 16
DEALERS = 8
SECONDS = 3.0
"""How long each way of writing is measured, each round."""
ROUNDS = 2
"""Taken in turns, so that a machine that grows slower meanwhile is unfair to neither."""
DEALS = 80
LINES = 1000


@dataclass(frozen=True, slots=True)
class Figure:
    """One thing that was measured."""

    name: str
    value: float
    unit: str
    meaning: str


def appends(url: str) -> list[Figure]:
    """One-event saves of 16 clients of one process, beside 16 connections that insert and commit one row each."""
    return asyncio.run(_appends(url))


async def _appends(url: str) -> list[Figure]:
    rates: dict[str, list[float]] = {"log": [], "plain": []}
    async with EventLog(url, name="q2c bench") as log:
        await _prepare_plain(url)
        for _ in range(ROUNDS):
            rates["log"].append(await _rate([_saving(log)] * WRITERS))
            rates["plain"].append(await _plain(url))
    ours, limit = max(rates["log"]), max(rates["plain"])
    return [
        Figure("appends", ours, "/s", f"{WRITERS} clients, each save one event"),
        Figure(
            "inserts", limit, "/s", f"{WRITERS} connections, each a plain row and its commit: the limit of Postgres"
        ),
        Figure("appends to inserts", ours / limit, "", "above 1: several saves share a commit"),
    ]


def _saving(log: EventLog) -> Callable[[], Awaitable[object]]:
    async def save() -> object:
        return await log.append(
            Save(key=str(uuid4()), actor="bench", digest=b"", events=[_event()], metadata={"actor": "bench"})
        )

    return save


def _event() -> Product.Registered:
    details: dict[str, Any] = {"sku": "LAMP", "name": "Lamp", "kind": "goods", "unit_code": "C62"}
    details |= {"tax_class": "standard", "product_line": "Lighting"}
    return Product.Registered(originator_id=uuid4(), originator_version=1, timestamp=datetime.now(UTC), **details)


async def _prepare_plain(url: str) -> None:
    connection = await connect(url, None, "q2c bench")
    async with connection:
        await connection.execute("CREATE SCHEMA bench")
        await connection.execute("CREATE TABLE bench.rows (id uuid PRIMARY KEY, state bytea NOT NULL)")


async def _plain(url: str) -> float:
    connections = [await connect(url, None, f"q2c bench {number}") for number in range(WRITERS)]
    state = b"x" * 300

    def inserting(number: int) -> Callable[[], Awaitable[object]]:
        return lambda: connections[number].execute("INSERT INTO bench.rows VALUES (%s, %s)", [uuid4(), state])

    try:
        return await _rate([inserting(number) for number in range(WRITERS)])
    finally:
        for connection in connections:
            await connection.close()


async def _rate(writers: list[Callable[[], Awaitable[object]]]) -> float:
    """How often a second they write, all at once, each one thing after another."""
    begun = time.monotonic()
    written = itertools.count()

    async def write(once: Callable[[], Awaitable[object]]) -> None:
        while time.monotonic() - begun < SECONDS:
            await once()
            next(written)

    await asyncio.gather(*map(write, writers))
    return next(written) / (time.monotonic() - begun)


def deals(address: str) -> list[Figure]:
    """Over HTTP: a long quote, and whole deals of several clients at once."""
    dealer = Dealer(address, "bench")
    business = dealer.open_business()
    begun = time.monotonic()
    quote = dealer.post("/quotes", business.quote(LINES))
    dealer.post(f"/quotes/{quote}/send")
    long_quote = time.monotonic() - begun
    took = asyncio.run(_deals([Dealer(address, f"bench {number}") for number in range(DEALERS)], business))
    return [
        Figure("long quote", long_quote, "s", f"{LINES:,} lines drafted and priced, then sent: one request each"),
        Figure(
            "deals", DEALS / took, "/s", f"quote, acceptance, delivery, invoice, payment; {DEALERS} clients over HTTP"
        ),
    ]


async def _deals(dealers: list[Dealer], business: Any) -> float:
    begun = time.monotonic()
    await asyncio.gather(*(asyncio.to_thread(dealer.deal, business, DEALS // len(dealers)) for dealer in dealers))
    return time.monotonic() - begun


def imports(url: str, path: Path | None) -> list[Figure]:
    """An import by the command that a person uses: the sample, or a folder."""
    command = ["import", "sample"] if path is None else ["import", "adventureworks", str(path)]
    begun = time.monotonic()
    subprocess.run(
        [sys.executable, "-m", "interfaces.cli", *command, "--json"],
        check=True,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "DATABASE_URL": url},
    )
    took = time.monotonic() - begun
    events = asyncio.run(_events(url))
    name = "sample" if path is None else "AdventureWorks"
    return [
        Figure(f"import of {name}", took, "s", "from quote to cash through the application's commands"),
        Figure(f"import of {name}", events / took, "events/s", f"{events:,} events"),
    ]


async def _events(url: str) -> int:
    async with EventLog(url) as log:
        return await log.head()


def rebuilds(url: str) -> list[Figure]:
    """Every read model made from the log, one after another."""
    return asyncio.run(_rebuilds(url))


async def _rebuilds(url: str) -> list[Figure]:
    models = read_models()
    async with EventLog(url) as log:
        events = await log.head()
        begun = time.monotonic()
        for model in models.values():
            await rebuild(model, log, url)
        took = time.monotonic() - begun
    return [
        Figure("rebuild", events * len(models) / took, "events/s", f"{len(models)} read models of {events:,} events")
    ]
