"""Steps of the history."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from pytest_bdd import parsers, scenarios, then, when
from typer.testing import CliRunner, Result

from features.api import Json, SetClock
from features.world import Story
from interfaces.cli import application

scenarios("history.feature")


@pytest.fixture
def asked() -> list[Result]:
    """What the command line has answered."""
    return []


def ask(database_url: str, *words: str) -> Result:
    """`q2c history …`"""
    env = {"DATABASE_URL": database_url, "COLUMNS": "200"}
    return CliRunner().invoke(application(), ["history", *words], env=env)


@when("compliance asks on the command line for the history of the invoice")
def asks_for_invoice(story: Story, database_url: str, asked: list[Result]) -> None:
    asked.append(ask(database_url, story.document("invoice")["number"]))


@when(parsers.parse('compliance asks on the command line for the history of "{number}"'))
def asks_for_number(story: Story, database_url: str, asked: list[Result], number: str) -> None:
    asked.append(ask(database_url, number))


@when("compliance notes the position", target_fixture="position")
def notes(story: Story) -> int:
    return story.world.api.position


@when("the customer declines it")
def declines(story: Story) -> None:
    story.world.api.done(f"/quotes/{story.quote}/decline", {"reason": "too dear"})


@then(parsers.parse('it tells "{a}" and "{b}"'))
def tells(asked: list[Result], a: str, b: str) -> None:
    assert (asked[-1].exit_code, a in asked[-1].output, b in asked[-1].output) == (0, True, True), asked[-1].output


@then(parsers.parse('it names "{actor}" on behalf of "{person}"'))
def names(asked: list[Result], actor: str, person: str) -> None:
    assert f"{actor} for {person}" in asked[-1].output


@then("it is told that nothing bears this number")
def nothing_bears(asked: list[Result]) -> None:
    assert asked[-1].exit_code == 1
    assert "nothing bears the number" in str(asked[-1].exception) + asked[-1].output


@then(parsers.parse('as of the noted position the quote was "{state}"'))
def was_at_position(story: Story, position: int, state: str) -> None:
    history = story.world.api.get(f"/history/{story.quote}", position=position)
    assert history["state"]["state"] == state


@then(parsers.parse('now the quote is "{state}"'))
def is_now(story: Story, state: str) -> None:
    assert story.world.api.get(f"/history/{story.quote}")["state"]["state"] == state


@then(parsers.parse('on {day} the quote was "{state}"'))
def was_on_day(story: Story, day: str, state: str) -> None:
    assert story.world.api.get(f"/history/{story.quote}", effective=day)["state"]["state"] == state


@when("the clock shows 2026-03-05 23:30 in UTC")
def late_in_the_evening(clock: SetClock) -> None:
    clock._now = datetime(2026, 3, 5, 23, 30, tzinfo=UTC)


@when("ann revises the quote to 5 lamps")
def revises(story: Story) -> None:
    story.world.api.done(f"/quotes/{story.quote}/revise", {"valid_until": "2026-04-30"})
    line = {"line_id": "1", "product_id": story.world.products["LAMP"], "quantity": "5"}
    story.world.api.done(f"/quotes/{story.quote}/change-line", {"line": line})


@when("the customer pays the invoice")
def pays(story: Story) -> None:
    invoice = story.document("invoice")
    story.world.pay(invoice["total_amount"], invoice["number"])


@when(parsers.parse('the invoice is credited because "{reason}"'))
def credited(story: Story, reason: str) -> None:
    story.world.api.done("/credit-notes", {"invoice_id": story.invoice, "reason": reason})


@when(parsers.parse('the bank takes the payment back because "{reason}"'))
def taken_back(story: Story, reason: str) -> None:
    (payment,) = story.world.api.get("/payments")["items"]
    story.world.api.done(f"/payments/{payment['payment_id']}/reverse", {"reason": reason})


@when(parsers.parse('ann withdraws the quote because "{reason}" for the reason "{given}"'))
def withdraws(story: Story, reason: str, given: str) -> None:
    story.tries(f"/quotes/{story.quote}/withdraw", {"reason": reason}, **{"Q2C-Reason": given})


@when(parsers.parse("compliance asks for the quote {when_}"))
def asks_for_a_point(story: Story, when_: str) -> None:
    points: dict[str, tuple[str, dict[str, Any]]] = {
        "at the position 999999": ("", {"position": 999_999}),
        "at the instant 2199-01-01": ("", {"instant": "2199-01-01T00:00:00Z"}),
        "at the position 1": ("", {"position": 1}),
        "at the instant 2001-01-01": ("", {"instant": "2001-01-01T00:00:00Z"}),
        "at a position and an instant": ("", {"position": 1, "instant": "2001-01-01T00:00:00Z"}),
        "between the head and 1": ("/difference", {"from_position": story.world.api.position, "to_position": 1}),
    }
    path, parameters = points[when_]
    story.response = story.world.api.query(f"/history/{story.quote}{path}", **parameters)


@then(parsers.parse('it says "{words}"'))
def says(story: Story, words: str) -> None:
    assert words in story.problem()["detail"]


@then(parsers.parse('the history of the {kind} tells "{words}"'))
def history_tells(story: Story, kind: str, words: str) -> None:
    assert words in changes_of(story, kind)


@then("the payment that settled it is named by its number")
def payment_is_named(story: Story) -> None:
    (payment,) = story.world.api.get("/payments")["items"]
    told = f"payment {payment['number']} ({payment['payment_id'][:8]}): 357.00 EUR"
    assert told in changes_of(story, "invoice")


@then(parsers.parse('the last event of the {kind} happened because of "{words}"'))
def happened_because(story: Story, kind: str, words: str) -> None:
    assert words in entries_of(story, kind)[-1]["why"]


@then("the event that caused it is named")
def cause_is_named(story: Story) -> None:
    drafted, issued = entries_of(story, "invoice")
    assert issued["causation_position"] == drafted["position"]
    assert issued["why"].endswith(f"because of event {drafted['position']}: invoice drafted")


@then(parsers.parse('between the noted position and now the quote went from "{a}" to "{b}" by "{happened}"'))
def went(story: Story, position: int, a: str, b: str, happened: str) -> None:
    found = story.world.api.get(f"/history/{story.quote}/difference", from_position=position)
    assert {"path": "state", "before": a, "after": b, "told": f"state: {a} → {b}"} in found["changes"]
    assert [entry["happened"] for entry in found["entries"]] == [happened]
    assert (found["from_version"], found["to_version"]) == (2, 3)


@then(parsers.parse('the command line tells "{words}" since the noted position'))
def command_line_tells(story: Story, database_url: str, position: int, words: str) -> None:
    said = ask(database_url, story.quote, "--since", str(position))
    assert words in said.output, said.output
    assert "quote sent" not in said.output


@then("between the start and the noted position it was made")
def was_made(story: Story, position: int) -> None:
    found = story.world.api.get(f"/history/{story.quote}/difference", to_position=position)
    assert [entry["happened"] for entry in found["entries"]] == ["quote drafted", "quote sent"]
    assert {"path": "state", "before": None, "after": "sent", "told": "state: sent"} in found["changes"]


def entries_of(story: Story, kind: str) -> list[Json]:
    """The events of the story's quote or invoice."""
    known = getattr(story, kind)
    entries: list[Json] = story.world.api.get(f"/history/{known}")["entries"]
    return entries


def changes_of(story: Story, kind: str) -> list[str]:
    """All that ever changed, in words."""
    return [change["told"] for entry in entries_of(story, kind) for change in entry["changes"]]
