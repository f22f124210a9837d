"""Links to one document: link and code together open it once, show nothing else, and are facts."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from uuid import uuid4

import pytest
from fastapi import FastAPI
from httpx2 import Response
from pytest_bdd import given, parsers, scenarios, then, when

from features.api import NOBODY, Json
from features.world import Story

scenarios("portal_links.feature")


@dataclass
class Holder:
    """Whoever was sent a link, and its code on another way."""

    story: Story
    given: Json = field(default_factory=dict)
    opened: Json = field(default_factory=dict)

    def opens(self, code: str | None = None) -> Response:
        """Keeps the session, where there is one."""
        body = {"link": self.given["link"], "code": code or self.given["code"]}
        answer = self.story.world.api.client.post("/portal-links/open", json=body, headers={"As": NOBODY})
        if answer.is_success:
            self.opened = answer.json()
        return answer

    def asks(self, path: str, body: Json | None = None) -> Response:
        """With the session that the link has opened."""
        api, token = self.story.world.api, self.opened["token"]
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "as the holder", "If-Match": "*"}
        query = {"after": api.position} if body is None else {}
        return api.client.request("GET" if body is None else "POST", path, params=query, json=body, headers=headers)

    def path(self, kind: str) -> str:
        """Of the document in the portal."""
        return f"/portal/customers/{self.opened['customer_id']}/{kind}s/{self.opened['document_id']}"


@pytest.fixture
def holder(story: Story) -> Holder:
    return Holder(story)


def give(holder: Holder, kind: str, id: str, **more: object) -> None:
    story = holder.story
    body = {"document_kind": kind, "document_id": id, "customer_id": story.world.customer, **more}
    story.response = story.world.api.post("/portal-links", body)
    holder.given = story.response.json()


@given("another sent quote of the same customer")
def another_quote(story: Story) -> None:
    story.world.sent_quote()


@given("a draft of a quote")
def draft(story: Story) -> None:
    story.quote = story.world.api.done("/quotes", story.world.quote()).id


@when(parsers.re(r"ann gives a link to the (?P<kind>quote|invoice)"))
def gives(story: Story, holder: Holder, kind: str) -> None:
    give(holder, kind, getattr(story, kind))


@when(parsers.parse("ann gives a link to the quote for {days:d} days"))
def gives_for(story: Story, holder: Holder, days: int) -> None:
    give(holder, "quote", story.quote, days=days)


@when(parsers.parse("ann gives a link to accept the {kind}"))
def gives_to_accept(story: Story, holder: Holder, kind: str) -> None:
    give(holder, kind, getattr(story, kind), may_accept=True)


@when("ann gives a link to the draft")
def gives_draft(story: Story, holder: Holder) -> None:
    give(holder, "quote", story.quote)


@when("ann revokes the link")
def revokes(story: Story, holder: Holder) -> None:
    story.world.api.done(f"/portal-links/{holder.given['id']}/revoke")


@when("somebody opens the link")
def opens(story: Story, holder: Holder) -> None:
    story.response = holder.opens()


@when("somebody opens the link with a wrong code")
def opens_wrong(story: Story, holder: Holder) -> None:
    story.response = holder.opens(f"{(int(holder.given['code']) + 1) % 10**8:08}")


@when(parsers.parse("somebody tries {count:d} wrong codes"))
def tries_codes(holder: Holder, count: int) -> None:
    first = int(holder.given["code"]) + 1
    codes = [f"{(first + number) % 10**8:08}" for number in range(count)]
    assert {holder.opens(code).status_code for code in codes} == {401}


@when(parsers.parse("they look at the {kind}"))
def looks(story: Story, holder: Holder, kind: str) -> None:
    story.response = holder.asks(holder.path(kind))


@when("they accept the quote")
def accepts(story: Story, holder: Holder) -> None:
    story.response = holder.asks(f"/quotes/{story.quote}/accept", story.world.acceptance(story.quote))
    if story.response.is_success:
        story.world.api.position = story.response.json()["position"]


@then("the log tells that the link was given, and neither link nor code")
def log_tells(story: Story, holder: Holder) -> None:
    (entry,) = story.world.api.get(f"/history/{holder.given['id']}")["entries"]
    assert (entry["happened"], entry["actor"]) == ("portal link given", "ann")
    app, portal = story.world.api.client.app, story.world.api.client.portal
    assert isinstance(app, FastAPI)
    assert portal is not None
    stored = b"".join(bytes(each.state) for each in portal.call(app.state.system.log.read, 0, 10_000))
    assert story.quote.encode() in stored
    assert holder.given["link"].encode() not in stored
    assert holder.given["code"].encode() not in stored


@then("nothing else of the service is open to them")
def nothing_else(story: Story, holder: Holder) -> None:
    customer = story.world.customer
    quotes = {item["document_id"] for item in story.world.api.get("/quotes")["items"]} - {story.quote}
    assert {holder.asks(f"/portal/customers/{customer}/quotes/{quote}").status_code for quote in quotes} == {404}
    assert isinstance(story.world.api.client.app, FastAPI)
    allowed = {"portal.quote", "identity.whoami", "identity.sign_out"}
    answered = {}
    for path, methods in story.world.api.client.app.openapi()["paths"].items():
        for method, told in methods.items():
            if told["x-operation"] not in allowed and "security" in told:
                there = re.sub(r"\{\w+\}", str(uuid4()), path.replace("{position}", "1"))
                answered[path, method] = holder.asks(there, None if method == "get" else {}).status_code
    assert set(answered.values()) == {403}


@then("the quote was accepted by whoever opened the link")
def accepted_by(story: Story, holder: Holder) -> None:
    history = story.world.api.get(f"/history/{story.quote}")["entries"]
    accepted = next(entry for entry in history if entry["happened"] == "quote accepted")
    assert accepted["actor"] == f"link:{holder.given['id']}"
