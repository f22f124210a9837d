"""Steps for customer support."""

from __future__ import annotations

from typing import Any

from pytest_bdd import parsers, scenarios, then

from features.api import Json
from features.world import Story

scenarios("support.feature")


def find(story: Story, text: str, **more: Any) -> list[Json]:
    """What the box answers."""
    items: list[Json] = story.world.api.get("/support/find", q=text, **more)["items"]
    return items


@then(parsers.re(r'"(?P<text>.+)" finds the (?P<kind>\w+( note)?) by its (?P<matched_on>[\w -]+)'))
def _(story: Story, text: str, kind: str, matched_on: str) -> None:
    hits = find(story, text)
    assert hits, text
    hit = hits[0]
    assert (hit["kind"], hit["matched_on"]) == (kind.replace(" ", "_"), matched_on.replace(" ", "_"))
    wanted = story.world.customer if kind == "customer" else story.document(kind).get("document_id")
    assert hit["id"] == wanted
