"""Steps of the history."""

from __future__ import annotations

import pytest
from pytest_bdd import parsers, scenarios, then, when
from typer.testing import CliRunner, Result

from features.world import Story
from interfaces.cli import application

scenarios("history.feature")


@pytest.fixture
def asked() -> list[Result]:
    """What the command line has answered."""
    return []


def ask(database_url: str, number: str) -> Result:
    """`q2c history NUMBER`"""
    return CliRunner().invoke(application(), ["history", number], env={"DATABASE_URL": database_url, "COLUMNS": "200"})


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
