"""Steps of the live changes, on real connections."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, LiteralString
from uuid import uuid4

import psycopg
import pytest
from pytest_bdd import given, parsers, scenarios, then, when

from features.api import SetClock
from features.changes.listening import Door, Heard, Listener, served
from features.history.test_past import portal, system
from features.house.processes import environment, eventually, free_port, is_ready, signed, started
from features.operating.poison import poison
from features.projecting.bookkeeping import book, keep_apart, make_known, open_account
from features.world import Story, World
from infrastructure import live_changes
from infrastructure.event_log import EventLog
from infrastructure.live_changes import Announced, LiveChanges, TooFarBehind

scenarios("changes.feature")


@pytest.fixture
def door(world: World, database_url: str, clock: SetClock) -> Iterator[Door]:
    with served(database_url, clock) as door:
        yield door


@given("a listener to the changes from now on", target_fixture="listener")
def listens_from_now(door: Door) -> Iterator[Listener]:
    listener = Listener(door)
    yield listener
    listener.close()


@given("a listener to all changes since the beginning", target_fixture="listener")
def listens_to_all(door: Door) -> Iterator[Listener]:
    listener = Listener(door, after=0)
    yield listener
    listener.close()


@when("ann drafts and sends a quote")
def drafts_and_sends(story: Story) -> None:
    story.quote = story.world.sent_quote()


@when("the listener goes away after the first half and comes back with the last id", target_fixture="heard")
def comes_back(story: Story, listener: Listener, door: Door) -> list[Heard]:
    head = story.world.api.position
    heard = listener.until(head // 2)
    listener.close()
    again = Listener(door, last_event_id=listener.last_event_id, after=0)
    heard += again.until(head)
    again.close()
    return heard


@when(parsers.parse("somebody listens {how}"), target_fixture="listener")
def listens_in_vain(door: Door, how: str) -> Listener:
    if how.startswith("after"):
        return Listener(door, after=how.rsplit(maxsplit=1)[-1])
    if how.startswith("with"):
        return Listener(door, last_event_id="x")
    return Listener(door, kind=how.split('"')[1])


@then(parsers.parse('the listener hears of "{a}" and "{b}", and nothing else'), target_fixture="heard")
def hears(story: Story, listener: Listener, a: str, b: str) -> list[Heard]:
    heard = listener.until(story.world.api.position)
    assert [each.event for each in heard] == [a, b]
    return heard


@then("what it hears has position, kind, version and time, and nothing of the content")
def has_no_content(story: Story, heard: list[Heard]) -> None:
    for version, each in enumerate(heard, 1):
        recorded = story.world.api.get(f"/history/{story.quote}")["entries"][version - 1]
        assert each.data == {
            "position": each.id,
            "event": each.event,
            "aggregate_id": story.quote,
            "kind": "quoting.Quote",
            "version": version,
            "happened": recorded["happened"],
            "recorded_at": recorded["recorded_at"],
        }


@then("it has heard of every event of the log once, in order")
def heard_all(story: Story, heard: list[Heard]) -> None:
    log = portal(story.world.api, system(story.world.api).log.read, 0, 10_000)
    told = [(each.id, each.event, each.data["aggregate_id"]) for each in heard]
    assert told == [(each.position, each.topic, str(each.originator_id)) for each in log]


@then(parsers.re(r'since the beginning there (is|are) (?P<count>\d+) changes? of the kind "(?P<kind>[^"]+)"'))
def of_kind(story: Story, door: Door, count: str, kind: str) -> None:
    heard = _until_something_new(story, door, after=0, kind=[kind, "catalogue.Product.Discontinued"])
    assert len(heard) == int(count)


@then("the changes of the quote alone are those of its history")
def of_one_thing(story: Story, door: Door) -> None:
    listener = Listener(door, after=0, aggregate_id=story.quote)
    entries = story.world.api.get(f"/history/{story.quote}")["entries"]
    assert [listener.next().id for _ in entries] == [entry["position"] for entry in entries]
    listener.close()


@then(parsers.parse('the answer is {status:d} and says "{words}"'))
def refused(listener: Listener, status: int, words: str) -> None:
    problem = json.loads(listener.rest())
    assert (listener.answer.status, words in problem["detail"]) == (status, True), problem
    listener.close()


def _until_something_new(story: Story, door: Door, **parameters: Any) -> list[Heard]:
    """All that is heard before a product is discontinued, which is the last thing of all."""
    product = story.world.api.done("/products", {"sku": f"X{parameters['kind']}"[:30], "name": "Chair"}).id
    last = story.world.api.done(f"/products/{product}/discontinue").position
    listener = Listener(door, **parameters)
    heard = [each for each in listener.until(last) if each.event != "catalogue.Product.Discontinued"]
    listener.close()
    return heard


def test_a_stream_ends_when_the_service_stops(database_url: str, state: Path) -> None:
    port = free_port()
    with started("api", env=environment(state, DATABASE_URL=database_url, Q2C_PORT=str(port))) as process:
        eventually(lambda: is_ready(process, port), "the API is ready")
        door = Door(port, signed(database_url, "listener"))
        listeners = [Listener(door) for _ in range(3)]
        process.terminate()
        assert all(b"id: " in listener.rest() for listener in listeners)
        assert process.wait(60) == 0, "it does not wait for those who listen"
        for listener in listeners:
            listener.close()


def test_many_listeners_share_one_reader(database_url: str) -> None:
    async def feature() -> None:
        make_known()
        async with EventLog(database_url) as log:
            live, reads = LiveChanges(log), 0
            read = live._read

            async def counted(position: int) -> list[Announced]:
                nonlocal reads
                reads += 1
                return await read(position)

            live._read = counted  # type: ignore[method-assign]
            hearing = [asyncio.create_task(_heard(live, 0, 61)) for _ in range(100)]
            account = await open_account(log)
            for version in range(1, 61):
                await book(log, account, version, Decimal(1))
            assert {tuple(one) for one in await asyncio.gather(*hearing)} == {tuple(range(1, 62))}
            assert reads <= 62 + 100, "one read a change at most, but for those who came before the window began"
            await live.aclose()
        keep_apart()

    asyncio.run(feature())


def test_what_the_database_refuses_for_a_while_is_told_later(
    database_url: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_changes, "_BACKOFF", 0.01)

    async def feature() -> None:
        make_known()
        async with EventLog(database_url) as log:
            live = LiveChanges(log, heartbeat=600)
            await open_account(log)
            heard = live.listen(0, lambda change: True)
            assert _position(await anext(heard)) == 1
            _owner(database_url, "revoke select on log.events from q2c_writer")
            _owner(database_url, "grant select (position) on log.events to q2c_writer")
            poison(database_url, uuid4(), "features.Account.Opened", b"{}")
            await asyncio.to_thread(eventually, lambda: "cannot be read" in caplog.text, "it is refused")
            _owner(database_url, "grant select on log.events to q2c_writer")
            assert _position(await anext(heard)) == 2
            await live.aclose()
        keep_apart()

    asyncio.run(feature())


def _owner(database_url: str, statement: LiteralString) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute(statement)


def test_who_is_too_slow_is_sent_away_and_may_come_back(database_url: str) -> None:
    async def feature() -> None:
        make_known()
        async with EventLog(database_url) as log:
            live = LiveChanges(log, window=10)
            account = await open_account(log)
            slow = (_position(change) async for change in live.listen(0, lambda change: True))
            heard = [await anext(slow)]
            await book(log, account, 1, Decimal(1))
            heard.append(await anext(slow))
            await book(log, account, 2, *[Decimal(1)] * 50)
            await _heard(live, 42, 10)
            with pytest.raises(TooFarBehind):
                heard += [position async for position in slow]
            heard += await _heard(live, heard[-1], 52 - heard[-1])
            assert heard == list(range(1, 53))
            await live.aclose()
        keep_apart()

    asyncio.run(feature())


def test_silence_is_told_with_the_position_reached(database_url: str) -> None:
    async def feature() -> None:
        make_known()
        async with EventLog(database_url) as log:
            await open_account(log)
            live = LiveChanges(log, heartbeat=0.01)
            assert await anext(live.listen(0, lambda change: False)) == 1
            await live.aclose()
        keep_apart()

    asyncio.run(feature())


async def _heard(live: LiveChanges, after: int, count: int) -> list[int]:
    """The positions of the next changes, so many."""
    positions: list[int] = []
    async for change in live.listen(after, lambda change: True):
        positions.append(_position(change))
        if len(positions) == count:
            break
    return positions


def _position(change: Announced | int) -> int:
    return change if isinstance(change, int) else change.position
