"""Whole deals over HTTP, and imports by the command that a person uses."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from infrastructure.event_log import EventLog
from interfaces.benchmark.dealer import Dealer
from interfaces.benchmark.figures import Figure
from interfaces.benchmark.installation import signed_in

DEALERS = 8
DEALS = 80
LINES = 1000


def deals(address: str, url: str) -> list[Figure]:
    """Over HTTP: a long quote, and whole deals of several clients at once."""
    dealer = Dealer(address, signed_in(url))
    business = dealer.open_business()
    begun = time.monotonic()
    quote = dealer.post("/quotes", business.quote(LINES))
    dealer.post(f"/quotes/{quote}/send")
    long_quote = time.monotonic() - begun
    took = asyncio.run(
        _deals([Dealer(address, signed_in(url, f"bench-{number}")) for number in range(DEALERS)], business)
    )
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
