"""Clients that invoice without end, and the judgement of what has become of it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from threading import Event

from domain.billing import Invoice
from features.faults.client import Business, Client
from features.house.processes import eventually
from infrastructure.event_log import EventLog


class Load:
    """Some clients at work."""

    def __init__(self, clients: Sequence[Client], work: Sequence[Future[None]]) -> None:
        self.clients = clients
        self._work = work

    def acknowledged(self) -> int:
        """How many invoices the clients have been told of."""
        for done in self._work:
            if done.done():
                done.result()  # clients end only by what they should not have been told
        return sum(len(client.acknowledged) for client in self.clients)

    def repeated(self) -> int:
        """How many requests the clients have sent again."""
        return sum(client.repeated for client in self.clients)

    def go_on(self, invoices: int) -> None:
        """Wait for so many more."""
        goal = self.acknowledged() + invoices
        eventually(lambda: self.acknowledged() >= goal, f"{invoices} more invoices")

    def assert_answered(self) -> None:
        """Whatever happened, every request had an answer, if only that it should be asked again."""
        assert [client.unanswered for client in self.clients] == [0] * len(self.clients)


@contextmanager
def invoicing(clients: Sequence[Client], business: Business) -> Iterator[Load]:
    """The clients at work until the end of the context, and until the last of their requests is answered."""
    enough = Event()

    def work(client: Client) -> None:
        with closing(client):
            while not enough.is_set():
                client.post("/invoices", business.invoice())

    with ThreadPoolExecutor(len(clients)) as threads:
        started = [threads.submit(work, client) for client in clients]
        try:
            yield Load(clients, started)
        finally:
            enough.set()
        for done in started:
            done.result()


def judge_invoices(url: str, clients: Sequence[Client]) -> int:
    """Each acknowledged invoice was issued once, nothing else was, and numbers have no gap; how many there are."""
    acknowledged = [one.id for client in clients for one in client.acknowledged]
    issued = asyncio.run(_issued(url))
    numbers = [number for _, number in issued]
    assert sorted(invoice for invoice, _ in issued) == sorted(acknowledged), "not what was acknowledged"
    assert numbers == [numbers[0][:-6] + f"{n:06}" for n in range(1, len(acknowledged) + 1)]
    return len(acknowledged)


async def _issued(url: str) -> list[tuple[str, str]]:
    """Each issued invoice with its number, in the order of the log, whose positions have no gap."""
    async with EventLog(url) as log:
        recorded = await log.read(0, 1_000_000)
    assert [each.position for each in recorded] == list(range(1, len(recorded) + 1))
    issued = [each for each in recorded if each.topic == Invoice.Issued.TOPIC]
    return [(str(each.originator_id), vars(each.event)["number"]) for each in issued]
