"""Every event ever stored decodes and has its effect, whatever has become of the code since.

`golden.jsonl` holds whole streams as they were stored once. They are added to, never edited: a changed event gets a
new version and an upcaster. `Q2C_RECORD=1 pytest features/replay` adds a story when there are events that it lacks.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI

from domain.shared.aggregate import Aggregate
from features.invariants.story import Teller, tell
from features.replay import catalogue
from features.replay.rarities import tell_rarities
from features.rest.examples import EXAMPLES
from features.rest.shop import Shop
from infrastructure.event_log.codec import decode, encode

GOLDEN = Path(__file__).with_name("golden.jsonl")


def rows() -> list[dict[str, Any]]:
    """Topic, aggregate and state, in the order of the log."""
    return [json.loads(line) for line in GOLDEN.read_text().splitlines()] if GOLDEN.exists() else []


def test_no_event_changes_unseen() -> None:
    assert json.loads(json.dumps(catalogue.present())) == catalogue.kept(), (
        "an event has changed: where rows of it may be stored, give it the next class_version and an upcaster; "
        "then `python -m features.replay.catalogue`"
    )


def test_every_event_that_was_ever_stored_still_has_its_effect() -> None:
    catalogue.events()
    streams: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows():
        streams[row["id"]].append(row)
    for id, stream in streams.items():
        aggregate = Aggregate.KINDS[stream[0]["topic"].partition("@")[0].rpartition(".")[0]](UUID(id))
        for row in stream:
            decode(row["topic"], row["state"].encode()).mutate(aggregate)
        assert aggregate.version == len(stream)


def test_what_is_stored_today_is_what_was_stored() -> None:
    """A value that is stored has the same form for ever; what an event has got since then has a default."""
    present = catalogue.events()
    for row in rows():
        if row["topic"] in present:
            stored = json.loads(row["state"])
            today = json.loads(encode(decode(row["topic"], row["state"].encode())))
            assert _without_additions(today, stored) == stored


def _without_additions(today: Any, stored: Any) -> Any:
    if isinstance(today, dict) and isinstance(stored, dict):
        return {name: _without_additions(value, stored[name]) for name, value in today.items() if name in stored}
    if isinstance(today, list) and isinstance(stored, list) and len(today) == len(stored):
        return [_without_additions(*pair) for pair in zip(today, stored, strict=True)]
    return today


def test_there_is_a_stored_row_of_every_event() -> None:
    assert set(catalogue.events()) - {row["topic"] for row in rows()} == set()


@pytest.mark.skipif(not os.environ.get("Q2C_RECORD"), reason="adds to the golden rows")
def test_a_story_is_recorded(shop: Shop, teller: Teller) -> None:
    stored = rows()
    missing = set(catalogue.events()) - {row["topic"] for row in stored}
    # Ids follow from actor and key: as somebody else, the same story makes other things.
    teller.actor, shop.interrupted.actor = f"recorder-{len(stored)}", f"second-recorder-{len(stored)}"
    tell(shop, len(EXAMPLES))
    tell_rarities(shop)
    app = teller.client.app
    assert isinstance(app, FastAPI)
    assert teller.client.portal is not None
    recorded = teller.client.portal.call(app.state.system.log.read, 0, 100_000)
    known = {row["id"] for row in stored}
    happened = [(each.topic, str(each.originator_id)) for each in recorded if str(each.originator_id) not in known]
    wanted = _streams_with(missing, happened)
    with GOLDEN.open("a") as file:
        for each in recorded:
            if str(each.originator_id) in wanted:
                row = {"topic": each.topic, "id": str(each.originator_id), "state": bytes(each.state).decode()}
                file.write(json.dumps(row, ensure_ascii=False) + "\n")


def _streams_with(topics: set[str], recorded: list[tuple[str, str]]) -> set[str]:
    """Few streams in which all of these occur."""
    happened: dict[str, set[str]] = defaultdict(set)
    for topic, id in recorded:
        happened[id].add(topic)
    wanted: set[str] = set()
    left = set(topics)
    while left and any(left & found for found in happened.values()):
        best = max(happened, key=lambda id: (len(left & happened[id]), id))
        wanted.add(best)
        left -= happened[best]
    return wanted
