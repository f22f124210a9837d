"""Signing in at a provider, which is believed as far as its tokens show that they are for us, from it, and of now."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey
from pytest_bdd import given, parsers, scenarios, then, when

from application.identity import user_id
from domain.identity import Role
from features.api import NOBODY, Json, SetClock, running_api
from features.identity.people import People
from features.identity.provider import CLIENT, SECRET, FakeProvider, running
from features.world import Story

scenarios("oidc.feature")


def by_nobody(provider: FakeProvider, claims: Json) -> str:
    header, body = (
        base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in ({"alg": "none"}, claims)
    )
    return f"{header.decode()}.{body.decode()}."


def with_our_secret(provider: FakeProvider, claims: Json) -> str:
    return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(SECRET * 2), algorithms=["HS256"])


LIES: dict[str, Json] = {
    "has another nonce": {"nonce": "another"},
    "has no nonce": {"nonce": None},
    "is for another client": {"aud": "another"},
    "was asked for by another one": {"aud": [CLIENT, "another"], "azp": "another"},
    "is of another issuer": {"iss": "http://127.0.0.1:1"},
    "has expired": {"exp": 1},
    "says nobody": {"sub": None},
}
FORGERIES: dict[str, Callable[[FakeProvider, Json], str]] = {
    "is signed with another key": lambda provider, claims: provider.signed(claims, ECKey.generate_key("P-256")),
    "is signed by nobody": by_nobody,
    "is signed with our own secret": with_our_secret,
    "is none": lambda provider, claims: "",
}


@dataclass
class Browser:
    """Goes where it is sent, and comes back."""

    client: TestClient
    provider: FakeProvider
    back: str = ""

    def begins(self) -> None:
        """Up to where the provider sends it back to."""
        there = self.client.get("/oidc/sign-in", headers={"As": NOBODY}, follow_redirects=False).headers["Location"]
        assert there.startswith(f"{self.provider.issuer}/authorize?")
        self.back = httpx.get(there, follow_redirects=False).headers["Location"]

    def comes_back(self) -> Response:
        """With what the provider has given it."""
        return self.client.get(self.back.removeprefix("https://q2c.example"), headers={"As": NOBODY})


@pytest.fixture
def provider(clock: SetClock) -> Iterator[FakeProvider]:
    with running(FakeProvider(clock)) as provider:
        yield provider


@pytest.fixture
def browser(
    people: People,
    provider: FakeProvider,
    another_start: ExitStack,
    tmp_path: Path,
    database_url: str,
    clock: SetClock,
    monkeypatch: pytest.MonkeyPatch,
) -> Browser:
    secret = tmp_path / "client-secret"
    secret.write_text(SECRET + "\n")
    monkeypatch.setenv("Q2C_OIDC_ISSUER", provider.issuer)
    monkeypatch.setenv("Q2C_OIDC_CLIENT_ID", CLIENT)
    monkeypatch.setenv("Q2C_OIDC_CLIENT_SECRET_FILE", str(secret))
    monkeypatch.setenv("Q2C_OIDC_REDIRECT_URI", "https://q2c.example/oidc/callback")
    monkeypatch.setenv("Q2C_OIDC_ROLES", "billing=finance, help desk=support")
    people.story.world.api = another_start.enter_context(running_api(database_url, clock))
    return Browser(people.client, provider)


@given(parsers.parse("ida is a member of {group} at the provider"))
def member(browser: Browser, group: str) -> None:
    browser.provider.person["groups"] = [group, "everybody"]


@given(parsers.re(r"the provider's token (?P<lies>(has|is|was|says) .*)"))
def lies(provider: FakeProvider, lies: str) -> None:
    provider.claims = LIES.get(lies, {})
    provider.sign = FORGERIES.get(lies, provider.sign)
    assert lies in LIES | FORGERIES


@given("ida has signed in at the provider")
@when("ida signs in at the provider")
def signs_in(people: People, story: Story, browser: Browser) -> None:
    browser.begins()
    story.response = browser.comes_back()
    people.ids["ida"] = str(user_id("ida"))
    if story.response.is_success:
        people.tokens["ida"] = story.response.json()["token"]


@given("an administrator has granted ida the role analyst")
def granted(people: People) -> None:
    path = f"/users/{user_id('ida')}/grant-role"
    people.story.world.api.done(path, {"role": "analyst"}, actor=people.administrator())


@given("ida, who is support")
def local(people: People) -> None:
    people.be("ida", Role.SUPPORT)


@when("ida comes back once more")
def comes_again(story: Story, browser: Browser) -> None:
    state = httpx.URL(browser.back).params["state"]
    browser.client.cookies.set("q2c_oidc", state, path="/oidc")
    story.response = browser.comes_back()


@when("somebody else's browser comes back in ida's place")
def another_browser(story: Story, browser: Browser) -> None:
    browser.begins()
    browser.client.cookies.clear()
    story.response = browser.comes_back()


@when(parsers.parse("a browser comes back with a state of {count:d} quotes"))
def quoted(story: Story, browser: Browser, count: int) -> None:
    cookie = 'q2c_oidc="' + '\\"' * (count // 2) + '"'
    story.response = browser.client.get("/oidc/callback?state=x", headers={"As": NOBODY, "Cookie": cookie})


@when("somebody signs in at a provider that there is not")
def no_provider(story: Story) -> None:
    story.response = story.world.api.client.get("/oidc/sign-in", headers={"As": NOBODY}, follow_redirects=False)


@then(parsers.re(r"ida is (?P<one>\w+)( and (?P<other>\w+))? to the service"))
def is_known_as(people: People, one: str, other: str | None) -> None:
    assert people.asks("ida", "/whoami").json()["roles"] == sorted(filter(None, [one, other]))


@then("the history of ida tells that oidc registered ida and granted finance")
def told(people: People) -> None:
    entries = people.story.world.api.get(f"/history/{people.ids['ida']}")["entries"]
    assert [(entry["happened"], entry["actor"]) for entry in entries] == [
        ("user registered", "oidc"),
        ("user role granted", "oidc"),
    ]


@then("nobody is registered as ida")
def nobody(people: People) -> None:
    assert people.story.world.api.query(f"/history/{user_id('ida')}").status_code == 404
