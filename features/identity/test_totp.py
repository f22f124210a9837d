"""Authenticators: enrolled by a code, asked for at each sign-in, each code good once, lost and taken back."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field

import psycopg
import pytest
from pytest_bdd import given, parsers, scenarios, then, when

from application.identity import user_id
from features.api import SetClock, running_api
from features.authenticators import code_of, secret_of
from features.identity.people import People
from features.rest.shop import PASSWORD
from features.world import Story

scenarios("totp.feature")


@dataclass
class Authenticator:
    """What bob has in his pocket."""

    people: People
    clock: SetClock
    secret: bytes = b""
    shown: str = ""
    recovery_codes: list[str] = field(default_factory=list)
    codes_of_before: list[str] = field(default_factory=list)

    def read(self) -> str:
        """The code of now."""
        self.shown = code_of(self.secret, self.clock)
        return self.shown

    def wrong(self) -> str:
        """A code of none of the times around now."""
        return f"{(int(self.read()) + 1) % 1_000_000:06}"


@pytest.fixture
def authenticator(people: People, clock: SetClock) -> Authenticator:
    return Authenticator(people, clock)


@given("bob has an authenticator")
def has_authenticator(people: People, story: Story, authenticator: Authenticator) -> None:
    begins(people, story, authenticator)
    shows(people, story, authenticator)
    assert story.response is not None
    assert story.response.is_success, story.response.text


@given("an authenticator is required of staff")
def required(
    people: People,
    another_start: ExitStack,
    database_url: str,
    clock: SetClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("Q2C_TOTP_REQUIRED", "staff")
    people.story.world.api = another_start.enter_context(running_api(database_url, clock))


@when("bob begins to enrol an authenticator")
def begins(people: People, story: Story, authenticator: Authenticator) -> None:
    story.response = people.sends("/totp", {"password": PASSWORD}, people.tokens["bob"])
    if story.response.is_success:
        authenticator.secret = secret_of(story.response.json()["uri"])


@when("somebody who does not know bob's password begins to enrol an authenticator")
def begins_without(people: People, story: Story) -> None:
    story.response = people.sends("/totp", {"password": "a guess that is none of it"}, people.tokens["bob"])


@when("bob shows the code of the authenticator")
def shows(people: People, story: Story, authenticator: Authenticator) -> None:
    story.response = people.sends("/totp/confirm", {"code": authenticator.read()}, people.tokens["bob"])
    if story.response.is_success:
        authenticator.recovery_codes = story.response.json()["recovery_codes"]


@when("bob shows a wrong code")
def shows_wrong(people: People, story: Story, authenticator: Authenticator) -> None:
    story.response = people.sends("/totp/confirm", {"code": authenticator.wrong()}, people.tokens["bob"])


@when("bob signs in without a code")
def without_code(people: People, story: Story) -> None:
    story.response = people.signs_in("bob", password=PASSWORD)


@when("bob reads the code")
def reads(authenticator: Authenticator) -> None:
    authenticator.read()


@when("bob signs in with the code of the authenticator")
def with_code(people: People, story: Story, authenticator: Authenticator) -> None:
    story.response = people.signs_in("bob", password=PASSWORD, code=authenticator.read())


@when("bob signs in with the same code")
def with_same_code(people: People, story: Story, authenticator: Authenticator) -> None:
    story.response = people.signs_in("bob", password=PASSWORD, code=authenticator.shown)


@when(parsers.re(r"bob asks for other recovery codes with (?P<what>.+)"))
def asks_for_codes(people: People, story: Story, authenticator: Authenticator, what: str) -> None:
    codes = {"the same code": authenticator.shown, "a made-up code": "123456"}
    if what == "the code of the authenticator":
        codes[what] = authenticator.read()
    if what == "a recovery code":
        codes[what] = authenticator.recovery_codes[5]
    story.response = people.sends("/totp/recovery-codes", {"code": codes[what]}, people.tokens["bob"])
    if story.response.is_success:
        authenticator.codes_of_before = authenticator.recovery_codes
        authenticator.recovery_codes = story.response.json()["recovery_codes"]


@when("somebody guesses 10 codes for other recovery codes of bob")
def guesses_for_codes(people: People, authenticator: Authenticator) -> None:
    for _ in range(10):
        answer = people.sends("/totp/recovery-codes", {"code": authenticator.wrong()}, people.tokens["bob"])
        assert answer.json()["code"] in ("code_refused", "too_many_attempts")


@when("bob signs in with a recovery code of before")
def with_code_of_before(people: People, story: Story, authenticator: Authenticator) -> None:
    story.response = people.signs_in("bob", password=PASSWORD, code=authenticator.codes_of_before[3])


@when(parsers.re(r"bob signs in with (a|the same) recovery code$"))
def with_recovery_code(people: People, story: Story, authenticator: Authenticator) -> None:
    code = authenticator.recovery_codes[3].upper()
    story.response = people.signs_in("bob", password=PASSWORD, code=code)


@when(parsers.parse("bob guesses {count:d} codes"))
def guesses(people: People, authenticator: Authenticator, count: int) -> None:
    codes = [authenticator.wrong() for _ in range(count)]
    assert {people.signs_in("bob", password=PASSWORD, code=code).status_code for code in codes} == {401}


@when(parsers.re(r"(an administrator|(?P<who>admin)) resets (?P<login>\w+)'s authenticator"))
def resets(people: People, story: Story, login: str) -> None:
    story.tries(f"/users/{user_id(login)}/reset-totp", As=people.administrator())


@when(parsers.parse("{seconds:d} seconds pass"))
def seconds_pass(clock: SetClock, seconds: int) -> None:
    clock.pass_seconds(seconds)


@then(parsers.parse("bob is told {count:d} recovery codes"))
def told_codes(authenticator: Authenticator, count: int) -> None:
    assert len(set(authenticator.recovery_codes)) == count


@then("the database does not hold the secret")
def not_held(database_url: str, authenticator: Authenticator) -> None:
    with psycopg.connect(database_url) as connection:
        row = connection.execute("SELECT secret, last_step FROM credentials.totp").fetchone()
        hashes = connection.execute("SELECT hash FROM credentials.recovery_codes").fetchall()
    assert row is not None
    assert authenticator.secret not in row[0]
    assert not {code.encode() for code in authenticator.recovery_codes} & {kept for (kept,) in hashes}


@given("the key of credentials is another one")
def another_key(database_url: str) -> None:
    """As if bob had enrolled where another file is."""
    with psycopg.connect(database_url) as connection:
        connection.execute(
            "UPDATE credentials.totp SET secret = set_byte(secret, 20, (get_byte(secret, 20) + 1) % 256)"
        )


@then("the log says that the key of credentials is another one")
def is_logged(caplog: pytest.LogCaptureFixture) -> None:
    assert [each.getMessage() for each in caplog.records if each.name == "q2c.credentials"] == [
        "The key of credentials is not the one that authenticators are sealed with"
    ]
