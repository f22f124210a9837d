"""What `q2c bench` measures of support's box: mistyped names among very many customers."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from random import Random
from typing import Any
from uuid import UUID, uuid5

from domain.crm import Customer
from domain.shared.party import Address
from domain.shared.terms import NET_30
from infrastructure.event_log import EventLog, Save
from infrastructure.projecting import Readers, rebuild
from interfaces.cli._companies import company_names, mistyped
from interfaces.cli._measuring import Figure
from projections.support import Support, find

ASKED = 200
FIRST = 3
"""The right customer is to be among so many."""
SAVE = 500
"""Customers that are saved at once."""
NAMESPACE = UUID("7f0c7c4c-3f6f-5d1c-9a39-0b7d6d5f7a11")


def finds(url: str, customers: int) -> list[Figure]:
    """Mistyped names, one after another, among so many customers with near-duplicates."""
    return asyncio.run(_finds(url, customers))


async def _finds(url: str, customers: int) -> list[Figure]:
    names = company_names(customers)
    random = Random(2)  # noqa: S311  as above
    async with EventLog(url, name="q2c bench") as log:
        await register_customers(log, names)
        begun = time.monotonic()
        await rebuild(Support, log, url)
        projected = customers / (time.monotonic() - begun)
    asked = [(name, mistyped(name, random)) for name in random.sample(names, ASKED)]
    missed, took = await _asked(url, asked)
    among = f"among {customers:,} customers"
    return [
        Figure(
            "found", ASKED - len(missed), f"of {ASKED}", f"names with one random mistake, {among}, in the first {FIRST}"
        ),
        Figure("find", statistics.median(took) * 1000, "ms", f"median {among}"),
        Figure("find, p95", statistics.quantiles(took, n=20)[-1] * 1000, "ms", f"the slowest twentieth {among}"),
        Figure("names taken in", projected, "/s", "customers that can be found by then"),
    ]


async def _asked(url: str, asked: Sequence[tuple[str, str]]) -> tuple[list[tuple[str, str]], list[float]]:
    """Which were not found, and how long each took in seconds."""
    readers = Readers(url)
    missed, took = [], []
    try:
        reader = await readers.reader_for(Support.NAME)
        for name, typed in [asked[0], *asked]:
            begun = time.monotonic()
            hits = await find(reader, typed, FIRST)
            took.append(time.monotonic() - begun)
            if name not in [hit.customer_name for hit in hits.items]:
                missed.append((name, typed))
    finally:
        await readers.aclose()
    return missed, took[1:]


async def register_customers(log: EventLog, names: Sequence[str]) -> None:
    """Straight into the log: what is measured is finding them."""
    now = datetime.now(UTC)
    for start in range(0, len(names), SAVE):
        events = [_registered(name, now) for name in names[start : start + SAVE]]
        await log.append(
            Save(key=f"customers {start}", actor="bench", digest=b"", events=events, metadata={"actor": "bench"})
        )


def _registered(name: str, at: datetime) -> Customer.Registered:
    details: dict[str, Any] = {"name": name, "address": Address(country_code="DE"), "payment_terms": NET_30}
    details |= {"region": "", "segment": "", "vat_id": None, "external_id": None, "representative": None}
    details |= {"contacts": (), "one_time": False}
    return Customer.Registered(originator_id=uuid5(NAMESPACE, name), originator_version=1, timestamp=at, **details)
