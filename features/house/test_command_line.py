"""Steps for the command line."""

from __future__ import annotations

import pytest
from pytest_bdd import given, parsers, scenarios, then, when
from typer.testing import CliRunner, Result

from features.world import World
from interfaces.cli import application

scenarios("command_line.feature")


@pytest.fixture
def said() -> list[Result]:
    """What it has answered."""
    return []


@pytest.fixture
def ids() -> dict[str, str]:
    """What stands for which id."""
    return {}


@given("a customer who was looked at by somebody with a long login")
def _(world: World, ids: dict[str, str]) -> None:
    ids["CUSTOMER"] = world.customer
    login = "a-long-login-of-somebody-who-looks-at-customers-every-other-day"
    seen, path = {"after": world.api.position}, f"/customers/{world.customer}"
    assert world.api.client.get(path, params=seen, headers={"As": login}).is_success


@when(parsers.parse('somebody runs "q2c {line}"'))
def _(database_url: str, said: list[Result], ids: dict[str, str], line: str) -> None:
    arguments = [ids.get(word, word) for word in line.split()]
    said.append(CliRunner().invoke(application(), arguments, env={"DATABASE_URL": database_url, "COLUMNS": None}))


@then("it answers")
def _(said: list[Result]) -> None:
    assert said[-1].exit_code == 0, said[-1].output


@then(parsers.parse('it tells "{words}"'))
def _(said: list[Result], words: str) -> None:
    assert (said[-1].exit_code, words in said[-1].stdout) == (0, True), said[-1].output


@then(parsers.parse('it says "{words}"'))
def _(said: list[Result], words: str) -> None:
    assert (words in said[-1].stderr, said[-1].stdout) == (True, ""), said[-1].output


@then(parsers.parse('it is refused with "{words}"'))
def _(said: list[Result], words: str) -> None:
    assert (said[-1].exit_code, words in said[-1].output) == (1, True), said[-1].output


@then("it tells the whole id of the customer in one line")
def _(said: list[Result], ids: dict[str, str]) -> None:
    assert any(ids["CUSTOMER"] in line and "directory.customer" in line for line in said[-1].stdout.splitlines()), said[
        -1
    ].output
