"""Invoices of one series, whose numbers have no gaps: issued by one process and by four."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import uvloop

from application.billing import DraftInvoice, InvoiceLine, IssueInvoice
from application.crm import RegisterCustomer
from application.organisation import RegisterLegalEntity, SetTaxRates
from application.unit_of_work import Envelope
from domain.billing import Invoice
from domain.shared.party import Address
from domain.shared.tax import TaxRate
from infrastructure.wiring import System, open_system
from interfaces.benchmark.clients import Run, at_once
from interfaces.benchmark.figures import Figure, slowest
from interfaces.benchmark.servers import Server
from interfaces.benchmark.sharing import several

CLIENTS = 16
BAR = 600.0
EACH, FEW = 5_000, 1_000
"""Drafts for a second of measuring, and to begin with: more than can be issued in it."""
KIEL = Address(country_code="DE", city="Kiel")


def numbers(server: Server, seconds: float) -> list[Figure]:
    """16 clients that issue drafts of one series, in one process and in four."""
    return [figure for processes in (1, 4) for figure in _numbers(server, processes, seconds)]


def _numbers(server: Server, processes: int, seconds: float) -> list[Figure]:
    with server.database() as url:
        drafts = uvloop.run(_drafted(url, int(EACH * seconds) + FEW))
        shares = [drafts[number::processes] for number in range(processes)]
        clients = str(CLIENTS // processes)
        runs = several("numbering:issuing", [[url, clients, str(seconds), *share] for share in shares])
        issued = uvloop.run(_issued(url))
    took = [each for run in runs for each in run.took]
    if issued < len(took):
        raise AssertionError(f"{issued} invoices were issued, of {len(took)} that were said to be")
    name = f"invoices of one series, {processes} process{'es' if processes > 1 else ''}, {server.disk}"
    slow = server.disk == "1 ms"
    return [
        Figure(name, sum(run.rate for run in runs), "/s", f"{CLIENTS} clients", least=BAR if slow else None),
        Figure(f"{name}, longest", 1000 * slowest(took, 1), "ms", "no command is starved", most=1000 if slow else None),
    ]


async def issuing(wait: Callable[[], Awaitable[None]], url: str, clients: str, seconds: str, *drafts: str) -> Run:
    """One process's share."""
    async with open_system(url, "q2c bench") as system:
        waiting: Iterator[str] = iter(drafts)

        async def issue() -> None:
            await _done(system, IssueInvoice(), UUID(next(waiting)))

        await at_once([issue] * int(clients), 0.1)
        await wait()
        return await at_once([issue] * int(clients), float(seconds))


async def _drafted(url: str, number: int) -> list[str]:
    """So many drafts of one seller, held back until somebody issues them."""
    async with open_system(url, "q2c bench") as system:
        entity = RegisterLegalEntity(
            name="Nordlicht GmbH",
            address=KIEL,
            currency="EUR",
            time_zone="Europe/Berlin",
            series_prefix="BENCH",
            vat_id="DE136695976",
        )
        seller = await _done(system, entity)
        rate = TaxRate(jurisdiction="DE", category="S", rate=Decimal(19), valid_from=date(2007, 1, 1))
        await _done(system, SetTaxRates(tax_rates=(rate,)), seller)
        customer = await _done(system, RegisterCustomer(name="Müller & Söhne KG", address=KIEL))
        line = InvoiceLine(item_name="Advice", quantity=Decimal(2), net_price=Decimal("80.00"))
        draft = DraftInvoice(seller_id=seller, customer_id=customer, currency="EUR", lines=(line,), held=True)
        return [str(id) for id in await asyncio.gather(*(_done(system, draft) for _ in range(number)))]


async def _done(system: System, command: Any, on: UUID | None = None) -> UUID:
    envelope = Envelope(key=uuid4().hex, actor="bench", at=datetime.now(UTC))
    return (await system.application.execute(command, envelope, on)).id


async def _issued(url: str) -> int:
    async with open_system(url, "q2c bench") as system:
        rows = await system.log.rows(b"SELECT count(*) FROM log.events WHERE topic = %s", [Invoice.Issued.TOPIC])
    return int(rows[0][0])
