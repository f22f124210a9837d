"""Steps of the policies."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from uuid import UUID

from pytest_bdd import given, scenarios, then, when

from application.quoting import AcceptQuote
from application.unit_of_work import Envelope
from domain.quoting import AcceptanceEvidence
from features.api import SetClock
from features.world import Story
from infrastructure.catching_up import catch_up
from infrastructure.database import connect
from infrastructure.wiring import System

scenarios("policies.feature")

LATER = SetClock(datetime(2100, 1, 1, tzinfo=UTC))
"""When every event is long past the time that the process which appended it has to react."""


def system_of(story: Story) -> System:
    """The system behind the interface."""
    system: System = story.world.api.client.app.state.system  # type: ignore[attr-defined]
    return system


def in_its_loop(story: Story, work: Callable[[], Awaitable[None]]) -> None:
    """Run it where the system lives."""
    portal = story.world.api.client.portal
    assert portal is not None
    portal.call(work)


@given("it is paid")
def paid(story: Story) -> None:
    invoice = story.document("invoice")
    story.world.pay(invoice["total_amount"], invoice["number"])


@when("the process stops working on the acceptance as soon as it is recorded")
def stops(story: Story) -> None:
    system = system_of(story)
    accepted = story.world.acceptance(story.quote)
    evidence = AcceptanceEvidence(**accepted["evidence"])
    command = AcceptQuote(revision=1, document_sha256=accepted["document_sha256"], evidence=evidence)
    envelope = Envelope(key="cut short", actor="ann", at=system.clock.now())

    async def cut_short() -> None:
        head = await system.log.head()
        working = asyncio.create_task(system.application.execute(command, envelope, UUID(story.quote)))
        await system.log.wait_beyond(head, 10)
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)

    in_its_loop(story, cut_short)


@when("the worker catches up")
@when("all policies are gone through again", target_fixture="heads")
def goes_through_again(story: Story, database_url: str) -> tuple[int, int]:
    system, heads = system_of(story), [0, 0]

    async def again() -> None:
        heads[0] = await system.log.head()
        async with await connect(database_url, None, "policies again") as connection:
            await connection.execute("update policies.position set position = 0")
        catching_up = asyncio.create_task(catch_up(system.application, system.log, system.policies, LATER))
        async with asyncio.timeout(20):
            while await system.policies.position() < await system.log.head():
                await asyncio.sleep(0.01)
        catching_up.cancel()
        heads[1] = await system.log.head()

    in_its_loop(story, again)
    story.world.api.position = heads[1]
    return heads[0], heads[1]


@then("nothing was appended")
def nothing_appended(heads: tuple[int, int]) -> None:
    assert heads[0] == heads[1]
