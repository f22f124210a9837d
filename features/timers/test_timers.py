"""Steps for what is done because it is due."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from pytest_bdd import given, parsers, scenarios, then, when

from features.api import Api, Json, SetClock
from features.world import World
from infrastructure.database import connect
from infrastructure.event_log import EventLog
from infrastructure.projecting import verify
from infrastructure.projecting.schemas import projector
from infrastructure.timers import PutOff, run_due
from projections.timers import Timers

scenarios("timers.feature")

MONTHLY = {"rule": "monthly", "invoicing": "pre_paid"}


class MovedClock(SetClock):
    """Can be set to any instant."""

    def move_to(self, now: datetime) -> None:
        """It is now."""
        self._now = now.astimezone(UTC)


@pytest.fixture
def clock() -> MovedClock:
    """Monday 2 March 2026, 10:00 in Berlin."""
    return MovedClock()


def run(api: Api, put_off: PutOff | None = None) -> int:
    """One round of the worker's."""
    portal, system = api.client.portal, api.client.app.state.system  # type: ignore[attr-defined]
    assert portal is not None
    done: int = portal.call(run_due, system, put_off)
    api.position = portal.call(system.log.head)
    return done


def signed_contract(world: World, starts_on: str, ends_on: str, recurrence: Json = MONTHLY) -> str:
    """A contract for 12 lamps that both sides have signed."""
    terms = {"starts_on": starts_on, "ends_on": ends_on, "billing_trigger": "schedule", "recurrence": recurrence}
    world.accept(world.sent_quote([("LAMP", "12")], contract_terms=terms))
    contract: str = world.the_only("/contracts")["document"]["document_id"]
    signatories = [{"name": "Ida Müller", "side": "buyer"}, {"name": "Ann", "side": "seller"}]
    world.api.done(f"/contracts/{contract}/sign", {"signatories": signatories})
    return contract


@given(
    parsers.parse("a signed contract for 12 lamps from {starts_on} to {ends_on}, billed every month"),
    target_fixture="contract",
)
def _(world: World, starts_on: str, ends_on: str) -> str:
    return signed_contract(world, starts_on, ends_on)


@given(parsers.parse("a quote that is valid until {day}"), target_fixture="quote")
def _(world: World, day: str) -> str:
    return world.sent_quote(valid_until=day)


@when("the timers run")
def _(world: World) -> None:
    run(world.api)


@when("somebody bills instalment 1 by hand")
def _(world: World, contract: str) -> None:
    world.api.done("/invoices/of-instalment", {"contract_id": contract, "number": 1})


@when(parsers.parse("the contract is terminated with its last day on {day}"))
def _(world: World, contract: str, day: str) -> None:
    world.api.done(f"/contracts/{contract}/terminate", {"last_day": day, "reason": "no longer needed"})


@when(parsers.parse("it is {time} in Berlin on {day}"))
def _(clock: MovedClock, time: str, day: str) -> None:
    clock.move_to(datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=ZoneInfo("Europe/Berlin")))


@then("these invoices exist")
def _(world: World, datatable: list[list[str]]) -> None:
    listed = world.api.get("/invoices")["items"]
    documents = [world.api.get(f"/invoices/{one['document_id']}")["document"] for one in reversed(listed)]
    assert [[one[column] for column in datatable[0]] for one in documents] == datatable[1:]


@then(parsers.parse("{number:d} invoices exist"))
def _(world: World, number: int) -> None:
    assert len(world.api.get("/invoices")["items"]) == number


def test_what_is_refused_is_recorded_and_left_alone_for_a_while(world: World, database_url: str) -> None:
    quote = world.sent_quote(valid_until="2026-03-03")
    world.api.clock.pass_days(2)

    async def stray_timer() -> None:
        async with await projector(database_url) as connection:
            await connection.execute(
                "insert into timers.timers values"
                " (%s, 'expire_quote', 0, 1, '2026-03-01', '2026-02-28', 'Europe/Berlin', true, clock_timestamp())",
                [uuid4()],
            )

    async def refusals() -> list[tuple[object, ...]]:
        async with await connect(database_url, None, "a feature") as connection:
            cursor = await connection.execute("select command, code, refused_at from policies.refusals")
            return list(await cursor.fetchall())

    asyncio.run(stray_timer())
    put_off: PutOff = {}
    assert run(world.api, put_off) == 1
    assert world.api.get(f"/quotes/{quote}")["document"]["state"] == "expired"
    recorded = asyncio.run(refusals())
    assert [row[:2] for row in recorded] == [("ExpireQuote", "not_found")]
    assert run(world.api, put_off) == 0
    assert asyncio.run(refusals()) == recorded
    world.api.clock.pass_days(1)
    assert run(world.api, put_off) == 0
    assert asyncio.run(refusals()) != recorded


def test_a_rebuild_gives_the_same_rows(database_url: str, world: World) -> None:
    contract = signed_contract(world, "2026-03-02", "2026-12-31")
    for end in ("withdraw", "decline"):
        world.api.done(f"/quotes/{world.sent_quote()}/{end}", {"reason": "changed our minds"})
    extended = world.sent_quote(valid_until="2026-03-04")
    world.api.done(f"/quotes/{extended}/extend", {"valid_until": "2026-03-20"})
    world.api.clock.pass_days(40)
    assert run(world.api) == 3
    assert run(world.api) == 0
    world.api.done(f"/contracts/{contract}/terminate", {"last_day": "2026-06-02", "reason": "no longer needed"})
    world.api.get("/legal-entities")

    async def compare() -> None:
        async with EventLog(database_url) as log:
            tables = await verify(Timers, log, database_url)
        assert all(table.same and table.live and table.live.rows for table in tables), tables

    asyncio.run(compare())
