"""What `q2c bench` measures of support's box: mistyped names among very many customers."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from random import Random
from typing import Any
from uuid import UUID, uuid5

from domain.crm import Customer
from domain.shared.party import Address
from domain.shared.terms import NET_30
from infrastructure.database import Role, connect
from infrastructure.event_log import EventLog, Save
from infrastructure.projecting import Readers, rebuild
from interfaces.benchmark.companies import company_names, mistyped
from interfaces.benchmark.figures import Figure
from projections.support import Support, find
from projections.support.keys import number_key

ASKED = 200
FIRST = 3
"""The right customer is to be among so many."""
COMMON = 48
"""Of the commonest words."""
ITEM = "LAMP-1"
INVOICES = """insert into records (record_id, kind, ordinal, customer_id, number, state, currency, total_amount,
        open_amount, document_date, time_zone)
    select gen_random_uuid(), 'invoice', ordinal + (select max(ordinal) from records), customer_id, ordinal, 'open',
        'EUR', 100, 100, current_date, 'UTC' from records"""
ITEMS = "insert into keys select 'item', %s, ordinal from records where kind = 'invoice'"
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
        await _add_invoices(url)
    asked = random.sample(names, ASKED)
    typos = [mistyped(name, random) for name in asked]
    found, took = await _asked(url, typos)
    missed = sum(name not in among for name, among in zip(asked, found, strict=True))
    common = _commonest(names)
    _, of_words = await _asked(url, common + [" ".join(common[at : at + 6]) for at in range(0, COMMON, 6)])
    _, of_items = await _asked(url, [f"{word} {ITEM}" for word in common])
    among = f"among {customers:,} customers"
    return [
        Figure("found", ASKED - missed, f"of {ASKED}", f"names with one random mistake, {among}, in the first {FIRST}"),
        Figure("find", statistics.median(took) * 1000, "ms", f"median {among}"),
        Figure("find, p95", _slowest(took), "ms", f"the slowest twentieth {among}"),
        Figure("find common, p95", _slowest(of_words), "ms", f"the commonest words, one and six at once, {among}"),
        Figure(
            "find item, p95",
            _slowest(of_items),
            "ms",
            f"a common word and an item that all {customers:,} invoices bear",
        ),
        Figure("names taken in", projected, "/s", "customers that can be found by then"),
    ]


def _commonest(names: Sequence[str]) -> list[str]:
    counted = Counter(word for name in names for word in name.split()[:-1] if len(word) > len("Co."))
    return sorted(counted, key=lambda word: (-counted[word], word))[:COMMON]


def _slowest(took: Sequence[float]) -> float:
    return statistics.quantiles(took, n=20)[-1] * 1000


async def _nobody(_: object) -> list[tuple[str, str, UUID]]:
    """Companies are looked for here, not their people."""
    return []


async def _asked(url: str, texts: Sequence[str]) -> tuple[list[list[str]], list[float]]:
    """The customers that each found, and how long each took in seconds."""
    readers = Readers(url)
    found, took = [], []
    try:
        reader = await readers.reader_for(Support.NAME)
        for text in [texts[0], *texts]:
            begun = time.monotonic()
            hits = await find(reader, _nobody, text, FIRST)
            took.append(time.monotonic() - begun)
            found.append([hit.customer_name for hit in hits.items])
    finally:
        await readers.aclose()
    return found[1:], took[1:]


async def _add_invoices(url: str) -> None:
    """One for each customer, straight into the read model, all with the same item."""
    connection = await connect(url, Role.PROJECTOR, "q2c bench", settings={"search_path": Support.NAME})
    async with connection:
        await connection.execute(INVOICES)
        await connection.execute(ITEMS, [number_key(ITEM)])
        await connection.execute("analyze records, keys, names, terms")


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
