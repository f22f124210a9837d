"""A command that is asked again, whatever became of the first time, has one effect; and nobody is refused because of
what a process still remembers. Builds that get either wrong are caught."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, Literal, LiteralString
from uuid import UUID, uuid4

import psycopg
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from application.quoting import AddQuoteLine, DraftQuote, RepriceQuote, ReviseQuote, SendQuote, WithdrawQuote
from domain.quoting import Quote
from domain.shared.refusal import Refusal
from features.event_log.holding import APPENDS, be_patient, held
from features.faults.negative_controls import LateKeys, TrustsCopies
from features.faults.service import FULL
from features.faults.write_side import Desk, desk
from features.world import World
from infrastructure.database import DatabaseUnavailable
from infrastructure.event_log import EventLog, LogBusy, RecordedEvent

LINES = 4
KEYS: LiteralString = "LOCK TABLE late.keys IN SHARE MODE"
"""Those who keep a key wait; those who look for one do not."""


async def _lines_added(
    world: World, database_url: str, log: EventLog, struck: LiteralString | None
) -> list[RecordedEvent]:
    """A quote to which lines were added, each asked for twice; where the first time waits for a lock, if one is named,
    the connection is lost."""
    async with desk(log, database_url, f"sam {uuid4()}") as sales:
        quote = (await sales.does(DraftQuote, world.quote())).id
        line = {"line": {"product_id": world.products["LAMP"], "quantity": "1"}}
        for number in range(LINES):
            key = f"line {number}"
            if struck:
                async with held(database_url, struck) as lock:
                    asked = asyncio.create_task(_until_answered(sales, line, quote, key))
                    await lock.kill_waiting()
                    await lock.let_go()
                    await asked
            else:
                await _until_answered(sales, line, quote, key)
            await _until_answered(sales, line, quote, key)
        return await log.events_of(quote)


async def _until_answered(sales: Desk, line: dict[str, Any], quote: UUID, key: str) -> None:
    """Ask with the same key until there is an answer."""
    while True:
        try:
            await sales.does(AddQuoteLine, line, quote, key=key)
            return
        except (DatabaseUnavailable, LogBusy):
            continue


def judge_keys(recorded: Sequence[RecordedEvent]) -> None:
    """Each line was added once."""
    keys = [each.metadata["correlation_id"] for each in recorded if isinstance(each.event, Quote.LineAdded)]
    assert keys == [f"line {number}" for number in range(LINES)], "not once each"


def test_whoever_loses_the_connection_and_asks_again_has_one_effect(
    world: World, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    be_patient(monkeypatch)
    judge_keys(asyncio.run(_lines_added(world, database_url, EventLog(database_url), APPENDS)))


def test_keys_kept_after_the_commit_are_caught(world: World, database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        LateKeys.prepare(connection)
    judge_keys(asyncio.run(_lines_added(world, database_url, LateKeys(database_url), None)))
    recorded = asyncio.run(_lines_added(world, database_url, LateKeys(database_url), KEYS))
    with pytest.raises(AssertionError, match="not once each"):
        judge_keys(recorded)


Step = tuple[Literal[0, 1], Literal["reprice", "send", "withdraw", "revise"]]
"""Which process, and what is asked of it."""
ASKS: dict[str, tuple[type, dict[str, str]]] = {
    "reprice": (RepriceQuote, {}),
    "send": (SendQuote, {}),
    "withdraw": (WithdrawQuote, {"reason": "changed our mind"}),
    "revise": (ReviseQuote, {"valid_until": "2026-04-30"}),
}
REMEMBERED: list[Step] = [(0, "reprice"), (1, "send"), (0, "revise")]
"""The first process remembers a draft, which cannot be revised; it has been sent by the other meanwhile."""


async def _judge_refusals(world: World, database_url: str, steps: Sequence[Step]) -> None:
    """Two processes take turns at one quote: each allows what the quote in the log allows, and refuses the rest."""
    run, log = uuid4(), EventLog(database_url)
    async with (
        desk(log, database_url, f"sam {run}") as one,
        desk(EventLog(database_url), database_url, f"pia {run}") as two,
    ):
        quote = (await one.does(DraftQuote, world.quote())).id
        for number, action in steps:
            there = Quote.replay(quote, [each.event for each in await log.events_of(quote)])
            command, body = ASKS[action]
            try:
                await (one, two)[number].does(command, body, quote)
                allowed = True
            except Refusal:
                allowed = False
            assert allowed == (action in there.available_actions()), f"{action} of what is {there.state}"


steps_of_two = st.lists(st.tuples(st.sampled_from([0, 1]), st.sampled_from(sorted(ASKS))), min_size=3, max_size=8)


@settings(max_examples=200 if FULL else 12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps_of_two)
@example(steps=REMEMBERED)
def test_nobody_is_refused_for_what_a_process_remembers(world: World, database_url: str, steps: list[Step]) -> None:
    asyncio.run(_judge_refusals(world, database_url, steps))


def test_refusals_of_what_is_remembered_are_caught(
    world: World, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("infrastructure.application.Work", TrustsCopies)
    with pytest.raises(AssertionError, match="revise of what is sent"):
        asyncio.run(_judge_refusals(world, database_url, REMEMBERED))
