"""Sixteen writers of several processes want the same aggregate: what was acknowledged is in its history once, without a
gap, and what was refused has left no trace."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI

from features.api import Api, Json, SetClock, running_api
from features.faults.contending import CLIENTS
from features.faults.negative_controls import Silent
from features.faults.service import FULL
from features.world import World
from infrastructure import wiring
from infrastructure.event_log import EventLog, RecordedEvent

WRITERS = 2 * CLIENTS
ROUNDS = 30 if FULL else 5
"""How often each writer tries each thing."""


@dataclass(slots=True)
class Told:
    """What one writer was told of each thing that it asked for, by key."""

    actor: str
    done: dict[str, tuple[int, str]] = field(default_factory=dict)
    """Position and ETag."""
    refused: dict[str, int] = field(default_factory=dict)
    """The status."""


# Which warnings are errors is a matter of the whole process, and changes while another thread builds its routes.
pytestmark = pytest.mark.filterwarnings("ignore::pydantic.warnings.UnsupportedFieldAttributeWarning")


def test_sixteen_writers_on_one_quote(api: Api, database_url: str, clock: SetClock) -> None:
    told = _contended(api, database_url, clock)
    statuses = [status for one in told for status in one.refused.values()]
    assert {409, 412} <= set(statuses)
    print(f"\n{sum(len(one.done) for one in told)} done, {len(statuses)} refused")


def test_conflicts_that_nobody_is_told_of_are_caught(
    database_url: str, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wiring, "EventLog", Silent)
    with (
        running_api(database_url, clock) as api,
        pytest.raises(AssertionError, match="acknowledged and not there once"),
    ):
        _contended(api, database_url, clock)


def _contended(api: Api, database_url: str, clock: SetClock) -> list[Told]:
    """What sixteen writers of two processes are told who all want the same quote; judged."""
    with running_api(database_url, clock) as other:
        world = World.made(api)
        quote = api.done("/quotes", world.quote()).id
        line = {"line": {"product_id": world.products["LAMP"], "quantity": "1"}}
        with ThreadPoolExecutor(WRITERS) as writers:
            told = list(
                writers.map(lambda number: _write((api, other)[number % 2], f"w{number}", quote, line), range(WRITERS))
            )
        _judge(_log(api), UUID(quote), told)
    return told


def _write(api: Api, actor: str, quote: str, line: Json) -> Told:
    """Add a line whatever others did, add one if nobody did anything since, and ask for what a draft does not allow."""
    told, seen = Told(actor), '"1"'
    for number in range(ROUNDS):
        asks = [("add-line", line, "*"), ("add-line", line, seen), ("decline", {"reason": "no"}, "*")]
        for part, (action, body, if_match) in enumerate(asks):
            key = f"{actor} {number} {part}"
            answer = _asked(api, f"/quotes/{quote}/{action}", body, key, actor, if_match)
            if answer.is_success:
                seen = answer.headers["ETag"]
                told.done[key] = answer.json()["position"], seen
            else:
                told.refused[key] = answer.status_code
    return told


def _asked(api: Api, path: str, body: Json, key: str, actor: str, if_match: str) -> Any:
    """The answer to whoever asks again with the same key, as long as the answer is to do so."""
    while True:
        answer = api.client.post(path, json=body, headers={"Idempotency-Key": key, "If-Match": if_match, "As": actor})
        if answer.status_code != 503:
            return answer


def _judge(recorded: list[RecordedEvent], id: UUID, told: list[Told]) -> None:
    kept: dict[tuple[str, str], list[RecordedEvent]] = {}
    for each in recorded:
        kept.setdefault((each.metadata["actor"], each.metadata["correlation_id"]), []).append(each)
    for one in told:
        for key, (position, etag) in one.done.items():
            assert len(kept.get((one.actor, key), ())) == 1, "acknowledged and not there once"
            (event,) = kept[one.actor, key]
            assert (event.originator_id, event.position, f'"{event.originator_version}"') == (id, position, etag)
        assert not [key for key in one.refused if (one.actor, key) in kept]
        assert set(one.refused.values()) <= {409, 412}
    versions = [each.originator_version for each in recorded if each.originator_id == id]
    assert versions == list(range(1, 2 + sum(len(one.done) for one in told)))


def test_sixteen_writers_of_two_processes_on_one_counter(database_url: str) -> None:
    id = uuid4()
    command = [sys.executable, "-m", "features.faults.contending", database_url, str(id), str(ROUNDS)]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    told = [line.split() for process in processes for line in process.communicate()[0].splitlines()]
    assert [process.returncode for process in processes] == [0, 0]
    kept = {each.metadata["key"]: each.position for each in asyncio.run(_everything(database_url))}
    done = {key: int(position) for key, position in told if position != "refused"}
    assert len(told) > len(done) == WRITERS * ROUNDS
    assert kept == done
    assert sorted(kept.values()) == list(range(1, 1 + len(done)))


async def _everything(database_url: str) -> list[RecordedEvent]:
    async with EventLog(database_url) as log:
        return await log.read(0, 1_000_000)


def _log(api: Api) -> list[RecordedEvent]:
    assert isinstance(api.client.app, FastAPI)
    assert api.client.portal is not None
    recorded: list[RecordedEvent] = api.client.portal.call(api.client.app.state.system.log.read, 0, 1_000_000)
    return recorded
