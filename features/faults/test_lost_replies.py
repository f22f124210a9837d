"""The reply to a COMMIT is lost: what was written is found by its key, is not written again, and is no conflict."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

import psycopg
import pytest

from features.event_log.counters import counted, save
from features.faults.client import Business, Client
from features.faults.load import invoicing, judge_invoices
from features.faults.proxy import Proxy, none, proxied
from features.faults.service import FULL, processes
from features.house.processes import eventually, signed
from infrastructure.database import DatabaseUnavailable, Role, connect, unavailable
from infrastructure.event_log import Appended, EventLog, LogBusy, LogUnavailable, RecordedEvent, Save, Stale
from infrastructure.event_log.statement import Appending, encode_save
from infrastructure.servers.postgres import Cluster

COMMANDS = 500 if FULL else 60
WRITERS = 4


@dataclass(frozen=True)
class Command:
    """Odd ones count on in the writer's own counter, even ones begin a counter that is named by their key."""

    writer: str
    counter: UUID
    number: int

    @property
    def name(self) -> str:
        return f"{self.writer} {self.number}"

    def save(self, key: str) -> Save:
        """What it comes to when it is asked for under that key."""
        if self.number % 2:
            events = counted(self.counter, (self.number + 1) // 2, note=self.name)
        else:
            events = counted(uuid5(NAMESPACE_URL, key), 1, note=self.name)
        return save(events, key=key, actor=self.writer)


Ask = Callable[[Command], Awaitable[Appended]]


@dataclass
class Told:
    """What was asked for, and which of it was refused because others were said to have written."""

    commands: list[str] = field(default_factory=list)
    conflicts: list[str] = field(default_factory=list)

    async def write(self, ask: Ask, commands: int) -> None:
        """A writer's commands, one after another."""
        counter = uuid4()
        for number in range(1, commands + 1):
            command = Command(f"writer-{counter}", counter, number)
            self.commands.append(command.name)
            try:
                await ask(command)
            except Stale:
                self.conflicts.append(command.name)

    def judge(self, recorded: list[RecordedEvent]) -> None:
        """Everything has its effect, once; and as no two wrote the same, there was no conflict."""
        assert not self.conflicts, "a conflict with oneself"
        assert Counter(vars(each.event)["note"] for each in recorded) == Counter(self.commands)
        assert [each.position for each in recorded] == list(range(1, len(recorded) + 1))


def patiently(log: EventLog) -> Ask:
    """As clients do that are told to ask again: with the same key."""

    async def ask(command: Command) -> Appended:
        while True:
            try:
                return await log.append(command.save(command.name))
            except (LogBusy, LogUnavailable):
                pass

    return ask


class SentOnce:
    """A log that sends a statement once, and does then what it must not do."""

    def __init__(self, database_url: str, log: EventLog) -> None:
        self._database_url, self._log = database_url, log

    async def ask(self, command: Command) -> Appended:
        """Carry it out under its own key."""
        return await self._ask(command, command.name)

    async def _ask(self, command: Command, key: str) -> Appended:
        given = command.save(key)
        try:
            return await self._send(given)
        except DatabaseUnavailable:
            return await self.not_answered(command, given)

    async def not_answered(self, command: Command, given: Save) -> Appended:
        """Take it for not written, and do it anew."""
        return await self._ask(command, f"{given.key} again")

    async def _send(self, given: Save) -> Appended:
        with unavailable():
            async with await connect(self._database_url, Role.WRITER, "careless append") as connection:
                (verdict,) = await (await Appending.on(connection)).execute([encode_save(given)])
        if isinstance(verdict, Appended):
            return verdict
        assert verdict is not None
        raise verdict


class LookedUp(SentOnce):
    """It looks whether there is something under the key, and believes that what is not there will not come."""

    async def not_answered(self, command: Command, given: Save) -> Appended:
        found = await self._log.find(given.actor, given.key)
        if found is not None:
            return Appended(found.position, given.events[-1].timestamp, True)
        return await super().not_answered(command, given)


@pytest.fixture
def network(cluster: Cluster) -> Iterator[Proxy]:
    with proxied(cluster.socket) as proxy:
        yield proxy


async def replies_lost(ask: Ask, network: Proxy) -> Told:
    """Every third reply, and now and then the connection of a request that arrives."""
    told = Told()
    network.loses_reply = lambda number: number % 3 == 0
    network.loses_sender = lambda number: number % 7 == 0
    await asyncio.gather(*(told.write(ask, COMMANDS // WRITERS) for _ in range(WRITERS)))
    return told


async def sender_lost_in_the_queue(ask: Ask, network: Proxy, database_url: str) -> Told:
    """The connection is lost while its append waits for others: it is not there yet, and comes all the same."""
    told = Told()
    network.loses_sender = lambda number: number == 1
    async with _others_writing(database_url):
        asking = asyncio.create_task(told.write(ask, 4))
        await asyncio.to_thread(eventually, lambda: network.requests > 1, "it is asked for again")
    await asking
    return told


@asynccontextmanager
async def _others_writing(database_url: str) -> AsyncIterator[None]:
    async with await psycopg.AsyncConnection.connect(database_url) as connection:
        await connection.execute("SELECT pg_advisory_xact_lock(1903, 1)")
        yield


async def recorded(database_url: str) -> list[RecordedEvent]:
    async with EventLog(database_url) as log:
        return await log.read(0, 1_000_000)


def test_every_command_has_one_effect_whichever_replies_are_lost(database_url: str, network: Proxy) -> None:
    async def run() -> None:
        async with EventLog(network.url(database_url)) as log:
            told = await replies_lost(patiently(log), network)
        told.judge(await recorded(database_url))
        print(f"\n{len(told.commands)} commands, {network.lost} connections lost of {network.requests} appends")

    asyncio.run(run())
    assert network.lost > COMMANDS // WRITERS // 4


def test_what_comes_after_its_sender_is_gone_comes_once(database_url: str, network: Proxy) -> None:
    async def run() -> None:
        async with EventLog(network.url(database_url)) as log:
            told = await sender_lost_in_the_queue(patiently(log), network, database_url)
        told.judge(await recorded(database_url))

    asyncio.run(run())
    assert network.lost == 1


def test_a_log_that_does_anew_what_had_no_answer_is_found_out(database_url: str, network: Proxy) -> None:
    async def run() -> None:
        async with EventLog(database_url) as log:
            told = await replies_lost(SentOnce(network.url(database_url), log).ask, network)
        found = await recorded(database_url)
        with pytest.raises(AssertionError, match="a conflict with oneself"):
            told.judge(found)
        told.conflicts.clear()
        with pytest.raises(AssertionError, match="Counter"):
            told.judge(found)

    asyncio.run(run())


def test_a_log_that_looks_up_and_concludes_is_found_out(database_url: str, network: Proxy) -> None:
    async def run() -> None:
        async with EventLog(database_url) as log:
            careless = LookedUp(network.url(database_url), log)
            told = await sender_lost_in_the_queue(careless.ask, network, database_url)
        with pytest.raises(AssertionError, match="a conflict with oneself"):
            told.judge(await recorded(database_url))

    asyncio.run(run())


class Renewing(Client):
    """A client that does not do what clients are told to: where it has no answer, it asks with another key."""

    def _ask(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> tuple[int, bytes]:
        another = {"Idempotency-Key": f"{headers['Idempotency-Key']} {self.repeated}"}
        return super()._ask(method, path, body, {**headers, **another})


def test_rest_has_one_effect_of_each_command_and_finds_out_who_asks_with_another_key(
    state: Path, cluster: Cluster, database_url: str, network: Proxy
) -> None:
    with processes(state, cluster, database_url, api=network) as running:
        with closing(running.client("owner")) as owner:
            business = Business.made(owner)
        clients = [running.client(f"client-{number}") for number in range(8)]
        network.loses_reply = lambda number: number % 3 == 0
        with invoicing(clients, business) as load:
            load.go_on(COMMANDS)
        network.loses_reply = none
        invoices = judge_invoices(database_url, clients)
        print(f"\n{invoices} invoices, {network.lost} replies lost, {load.repeated()} requests sent again")
        assert network.lost > 0

        renewing = Renewing(running.port, "renewing", signed(database_url, "renewing"))
        network.loses_reply = lambda _: True
        with ThreadPoolExecutor(1) as thread, closing(renewing):
            asked = thread.submit(renewing.post, "/invoices", business.invoice())
            eventually(lambda: renewing.repeated, "it is told that nobody knows")
            network.loses_reply = none
            asked.result()
        with pytest.raises(AssertionError, match="not what was acknowledged"):
            judge_invoices(database_url, [*clients, renewing])


HELD_COMMIT = """
    CREATE FUNCTION public.held() RETURNS trigger LANGUAGE plpgsql SET lock_timeout = 0 AS
        $$ BEGIN PERFORM pg_advisory_xact_lock(1); RETURN NULL; END $$;
    CREATE CONSTRAINT TRIGGER held AFTER INSERT ON log.events DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION public.held()"""
"""A commit ends when nobody holds this lock any more, as it would when a busy disk gets round to it."""


def test_nobody_is_told_that_nothing_was_written_while_it_is_being_written(database_url: str, cluster: Cluster) -> None:
    """A commit takes its time, and its connection is lost meanwhile: what is sent again waits for it in vain."""
    with psycopg.connect(database_url) as connection:
        connection.execute(HELD_COMMIT)

    async def feature() -> None:
        with proxied(cluster.socket) as network:
            async with EventLog(network.url(database_url)) as log:
                network.loses_sender = lambda number: number == 1
                async with await connect(database_url, None, "a busy disk") as disk:
                    await disk.execute("SELECT pg_advisory_lock(1)")
                    with pytest.raises(LogUnavailable):
                        await log.append(save(counted(uuid4(), 1), key="slow"))
                    assert await log.find("alice", "slow") is None
                async with asyncio.timeout(30):
                    while await log.find("alice", "slow") is None:
                        pass  # each look is a round trip to the server

    asyncio.run(feature())
