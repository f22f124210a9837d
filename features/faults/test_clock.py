"""Clocks jump: that of the application, to and fro, and the machine's own, back after it was ahead. Time goes on in the
log all the same, every instant has its position, and nothing is refused for it."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, LiteralString

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from domain.billing import Invoice
from features.api import Api, SetClock
from features.world import World
from infrastructure.catching_up import catch_up
from infrastructure.clock import SystemClock
from infrastructure.event_log import EventLog, RecordedEvent
from infrastructure.servers.postgres import SUPERUSER, Cluster
from infrastructure.wiring import System

JUMPS = (30, -20, 400, -800, 5_000, -4_610, 1)
"""Days."""
AHEAD = timedelta(days=2)
"""By how much the machine's clock was ahead, until somebody set it right."""
MOMENT = timedelta(microseconds=1)

SET_AHEAD: LiteralString = """
    UPDATE log.events SET recorded_at = recorded_at + %s WHERE position = (SELECT max(position) FROM log.events)"""
RECORD_NOW: LiteralString = """
    INSERT INTO log.events (position, originator_id, originator_version, recorded_at, topic, state, metadata)
    SELECT position + 1, gen_random_uuid(), 1, clock_timestamp(), topic, state, metadata
    FROM log.events ORDER BY position DESC LIMIT 1"""
"""As a log would that trusts the clock."""
RECORD_ALL: LiteralString = """
    INSERT INTO log.events (position, originator_id, originator_version, recorded_at, topic, state, metadata)
    SELECT n, gen_random_uuid(), 1, at, 'test', '{}', '{}' FROM unnest(%s::timestamptz[]) WITH ORDINALITY AS it (at, n)
    """


async def judge(log: EventLog) -> None:
    """Time never goes back in the log, and what is asked for as of any instant is what was recorded by then."""
    recorded = await log.read(0, 100_000)
    times = [each.recorded_at for each in recorded]
    assert times == sorted(times), "time goes back"
    for at in times:
        assert await log.position_at(at) == sum(time <= at for time in times)
        assert await log.position_at(at - MOMENT) == sum(time < at for time in times)


def issued(recorded: list[RecordedEvent]) -> dict[str, list[Any]]:
    """The issue dates of each series, in the order of its numbers."""
    series: dict[str, list[Any]] = defaultdict(list)
    for each in recorded:
        if each.topic == Invoice.Issued.TOPIC:
            number, day = vars(each.event)["number"], vars(each.event)["issue_date"]
            series[number[:-6]].append(day)
            assert int(number[-6:]) == len(series[number[:-6]])
    return dict(series)


@contextmanager
def behind_the_logs_back(cluster: Cluster, database_url: str) -> Iterator[psycopg.Connection[Any]]:
    """As nobody but the owner of the server can, who takes the guards away."""
    database = str(conninfo_to_dict(database_url)["dbname"])
    with psycopg.connect(cluster.url(database, SUPERUSER)) as connection:
        connection.execute("ALTER TABLE log.events DISABLE TRIGGER append_only")
        yield connection
        connection.execute("ALTER TABLE log.events ENABLE ALWAYS TRIGGER append_only")


def test_the_clock_of_the_application_jumps(api: Api, world: World, clock: SetClock, database_url: str) -> None:
    async def look() -> list[RecordedEvent]:
        async with EventLog(database_url) as log:
            await judge(log)
            return await log.read(0, 100_000)

    who = {"seller_id": world.seller, "customer_id": world.customer, "currency": "EUR"}
    lines, address = [{"item_name": "Advice", "quantity": "2", "net_price": "80.00"}], {"country_code": "DE"}
    for days in JUMPS:
        clock.pass_days(days)
        api.done("/invoices", {**who, "lines": lines})
        api.done(f"/customers/{world.customer}/change", {"name": f"Müller after {days} days", "address": address})
    series = issued(asyncio.run(look()))
    assert sum(map(len, series.values())) == len(JUMPS)
    assert all(days == sorted(days) for days in series.values()), "an issue date precedes its series' last"
    print("", *series.items(), sep="\n")


def test_the_machines_clock_was_ahead(api: Api, world: World, cluster: Cluster, database_url: str) -> None:
    async def look(before: int, now: datetime) -> None:
        async with EventLog(database_url) as log:
            await judge(log)
            assert await log.position_at(now) == before - 1
            assert await log.position_at(now + 2 * AHEAD) == await log.head()
            after = await log.read(before, 100_000)
            assert {each.recorded_at for each in after} == {(await log.read(before - 1, 1))[0].recorded_at}

    world.sent_quote()
    with behind_the_logs_back(cluster, database_url) as connection:
        connection.execute(SET_AHEAD, [AHEAD])
    before = api.position
    world.accept(world.sent_quote())
    order = world.the_only("/orders")["document"]
    api.done(f"/orders/{order['document_id']}/fulfil")
    assert world.the_only("/invoices")["document"]["state"] == "issued"
    asyncio.run(look(before, datetime.now(UTC)))


def test_policies_do_not_wait_for_what_was_recorded_ahead_of_its_time(
    api: Api, world: World, cluster: Cluster, database_url: str
) -> None:
    system: System = api.client.app.state.system  # type: ignore[attr-defined]

    async def catches_up() -> None:
        catching_up = asyncio.create_task(catch_up(system.application, system.log, system.policies, SystemClock()))
        async with asyncio.timeout(30):
            while await system.policies.position() < await system.log.head():
                pass  # each look is a round trip to the server
        catching_up.cancel()

    world.sent_quote()
    with behind_the_logs_back(cluster, database_url) as connection:
        connection.execute(SET_AHEAD, [AHEAD])
    world.sent_quote()
    assert api.client.portal is not None
    api.client.portal.call(catches_up)


def test_the_past_is_shown_though_the_clock_was_ahead_when_a_read_model_was_made(
    world: World, cluster: Cluster, database_url: str
) -> None:
    quote = world.sent_quote()
    then = world.api.position
    world.accept(quote)
    assert world.the_only("/orders")
    with behind_the_logs_back(cluster, database_url) as connection:
        connection.execute("UPDATE documents.position SET made_at = made_at + %s", [AHEAD])
    found = world.api.client.get(f"/quotes/{quote}", params={"position": then})
    assert found.status_code == 200, found.text
    assert found.json()["document"]["state"] == "sent"


def test_a_log_that_trusts_the_clock_is_found_out(api: Api, cluster: Cluster, database_url: str) -> None:
    async def look() -> None:
        async with EventLog(database_url) as log:
            with pytest.raises(AssertionError, match="time goes back"):
                await judge(log)

    for _ in range(2):
        api.done("/customers", {"name": "Ida Larsen KG", "address": {"country_code": "DE"}})
    with behind_the_logs_back(cluster, database_url) as connection:
        connection.execute(SET_AHEAD, [AHEAD])
        connection.execute(RECORD_NOW)
    asyncio.run(look())


def test_every_instant_has_its_position_in_a_log_with_milestones(cluster: Cluster, database_url: str) -> None:
    # Three events a second, and a rest after the 700th: a position is looked for between two milestones, before the
    # first, on one, after the last, and where many were recorded at once.
    begun = datetime(2026, 1, 1, tzinfo=UTC)
    times = [begun + timedelta(seconds=number // 3 + (number > 700) * 60) for number in range(900)]

    async def feature() -> None:
        async with EventLog(database_url, name="test") as log:
            for at in sorted({*times, begun - MOMENT, times[700] + timedelta(seconds=30), times[-1] + MOMENT}):
                assert await log.position_at(at) == sum(time <= at for time in times)

    with behind_the_logs_back(cluster, database_url) as connection:
        connection.execute(RECORD_ALL, [times])
    asyncio.run(feature())
