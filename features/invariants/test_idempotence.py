"""Asked twice, at once, or broken off: the log and the answers are those of asking once."""

from __future__ import annotations

import asyncio
import json
import random
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

from fastapi import FastAPI
from httpx2 import Response

from application.quoting import DraftQuote
from application.unit_of_work import Envelope
from features.api import Api, Json
from features.invariants.story import SEED, Teller, tell
from features.rest.shop import Shop
from features.world import World
from infrastructure.wiring import System
from interfaces.rest.json_bodies import adapter_of

AT_ONCE = 50


def test_fifty_requests_at_once_under_one_key_have_one_effect_and_one_answer(world: World) -> None:
    head = _head(world.api)
    assert len(_at_once(world.api, "/quotes", world.quote())) == 1
    assert _head(world.api) == head + 1
    quote = world.sent_quote()
    acceptance = world.acceptance(quote)
    head = _head(world.api)
    assert len(_at_once(world.api, f"/quotes/{quote}/accept", acceptance)) == 1
    assert len(world.api.get("/orders")["items"]) == 1
    happened = world.api.client.get(f"/history/{quote}").json()["entries"]
    assert [one["happened"].split()[1] for one in happened] == ["drafted", "sent", "accepted", "converted"]
    assert _head(world.api) == head + 5, "accepted, and then: placed, converted, confirmed, handed over"


def test_a_story_told_again_in_any_order_changes_nothing(shop: Shop, teller: Teller) -> None:
    tell(shop, 60)
    head, told = _head(teller), list(teller.told)
    random.Random(SEED).shuffle(told)
    for one in told:
        headers = {"Idempotency-Key": one.key, "If-Match": one.if_match, "As": one.actor}
        again = teller.client.post(one.path, json=one.body, headers=headers)
        assert again.headers["ETag"] == one.etag, one
        assert again.content == one.answer, one
    assert _head(teller) == head


def test_commands_broken_off_anywhere_and_asked_again_have_one_effect(world: World) -> None:
    head, times = _head(world.api), 40
    client = world.api.client
    assert client.portal is not None
    ids = client.portal.call(_broken_off, _system(world.api), world.quote(), times)
    assert len(set(ids)) == times
    assert _head(world.api) == head + times


async def _broken_off(system: System, body: Json, times: int) -> list[UUID]:
    chance, ids = random.Random(SEED), []
    (command,) = adapter_of(DraftQuote).validate_json(json.dumps([body]).encode())
    for number in range(times):
        envelope = Envelope(key=f"broken off {number}", actor="ann", at=system.clock.now())
        asked = asyncio.create_task(system.application.execute(command, envelope))
        for _ in range(chance.randint(0, 40)):
            await asyncio.sleep(0)
        asked.cancel()
        await asyncio.gather(asked, return_exceptions=True)
        done = [await system.application.execute(command, envelope) for _ in range(2)]
        assert done[0] == done[1]
        ids.append(done[0].id)
    return ids


def _at_once(api: Api, path: str, body: Json) -> set[tuple[bytes, str]]:
    headers = {"Idempotency-Key": f"all at once {path}", "If-Match": "*", "As": "ann"}

    def ask(_: int) -> Response:
        return api.client.post(path, json=body, headers=headers)

    with ThreadPoolExecutor(AT_ONCE) as threads:
        answers = list(threads.map(ask, range(AT_ONCE)))
    assert {answer.is_success for answer in answers} == {True}, [answer.text for answer in answers]
    api.position = max(answer.json()["position"] for answer in answers)
    return {(answer.content, answer.headers["ETag"]) for answer in answers}


def _system(api: Api) -> System:
    assert isinstance(api.client.app, FastAPI)
    system: System = api.client.app.state.system
    return system


def _head(api: Api) -> int:
    return int(api.client.get("/health/ready").json()["position"])
