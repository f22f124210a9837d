"""Steps of searching the log."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

from pytest_bdd import given, parsers, scenarios, then, when

from features.api import Json
from features.history.test_history import ask
from features.history.test_past import portal, system
from features.world import Story
from infrastructure.event_log import RecordedEvent

scenarios("searching.feature")


@given(parsers.parse('ben has withdrawn a quote because "{reason}" for the reason "{given_reason}"'))
def withdrawn(story: Story, reason: str, given_reason: str) -> None:
    quote = story.world.sent_quote()
    story.tries(f"/quotes/{quote}/withdraw", {"reason": reason}, **{"As": "ben", "Q2C-Reason": given_reason})
    assert story.response is not None
    assert story.response.is_success


@when(parsers.re(r"compliance searches by (?P<query>\S+)"))
def searches(story: Story, query: str) -> None:
    story.response = story.world.api.client.get(f"/history?{query}")


@when("compliance goes through the whole log 7 events at a time", target_fixture="found")
def goes_through(story: Story) -> list[Json]:
    found: list[Json] = []
    after: int | None = 0
    while after is not None:
        page = story.world.api.get("/history", after=after, limit=7)
        assert len(page["items"]) <= 7
        found, after = [*found, *page["items"]], page["next_after"]
    return found


@when("compliance takes the log along as CSV", target_fixture="rows")
def takes_along(story: Story) -> list[dict[str, str]]:
    answer = story.world.api.client.get("/history", headers={"Accept": "text/csv"})
    assert answer.headers["Content-Type"].startswith("text/csv")
    return list(csv.DictReader(answer.text.splitlines()))


@when("compliance takes the history of the invoice along as JSON Lines", target_fixture="lines")
def takes_history_along(story: Story) -> list[Json]:
    answer = story.world.api.client.get(f"/history/{story.invoice}", params={"format": "jsonl"})
    return [json.loads(line) for line in answer.text.splitlines()]


@when(parsers.parse('compliance exports "{options}" on the command line'), target_fixture="lines")
def exports(story: Story, database_url: str, options: str, tmp_path: Path) -> list[Json]:
    file = tmp_path / "found.jsonl"
    said = ask(database_url, "export", str(file), *options.split())
    assert said.exit_code == 0, said.output
    return [json.loads(line) for line in file.read_text().splitlines()]


@then(parsers.parse('the command line refuses to export "{options}", since it "{words}"'))
def refuses_to_export(database_url: str, options: str, words: str) -> None:
    said = ask(database_url, "export", *options.split())
    assert said.exit_code != 0
    assert words in said.output


@then(parsers.re(r'it finds (?P<count>\d+) events, all of them "(?P<happened>[^"]*)"'))
def finds(story: Story, count: str, happened: str) -> None:
    assert story.response is not None
    items = story.response.json()["items"]
    assert len(items) == int(count)
    assert all(item["happened"].startswith(happened) for item in items)


@then("it has found every event of the log once, in order")
def has_found(story: Story, found: list[Json]) -> None:
    assert [(each["position"], each["event"]) for each in found] == [
        (each.position, each.topic) for each in _log(story)
    ]


@then(parsers.parse('the file has every event of the log, and the reason "{reason}"'))
def file_has(story: Story, rows: list[dict[str, str]], reason: str) -> None:
    assert [int(row["position"]) for row in rows] == [each.position for each in _log(story)]
    assert reason in {row["reason"] for row in rows}
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "-", "@"))]


@then(parsers.parse('its last line tells "{words}"'))
def last_line(lines: list[Json], words: str) -> None:
    assert words in lines[-1]["changed"]


@then(parsers.parse('the file has the reason "{reason}" and the command "{command}"'))
def has_reason(lines: list[Json], reason: str, command: str) -> None:
    assert [(line["reason"], line["command"]) for line in lines] == [(reason, command)]


def _log(story: Story) -> list[RecordedEvent]:
    of: Any = story.world.api
    recorded: list[RecordedEvent] = portal(of, system(of).log.read, 0, 10_000)
    return recorded
