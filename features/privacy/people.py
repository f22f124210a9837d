"""Who looks, and what they look at."""

from __future__ import annotations

import json
from functools import partial
from uuid import UUID

from fastapi import FastAPI

from domain.identity import Role
from features.api import Api, Json, key_of
from features.world import Story
from infrastructure import erasing
from infrastructure.erasing import Erasure
from infrastructure.wiring import System


def system_of(api: Api) -> System:
    """What the interface works on."""
    assert isinstance(api.client.app, FastAPI)
    system: System = api.client.app.state.system
    return system


def signed_in(api: Api, login: str, *roles: Role) -> str:
    """Somebody with these roles only."""
    assert api.client.portal is not None
    return api.client.portal.call(partial(key_of, system_of(api), login, *roles))


def erase(api: Api, subject: str) -> Erasure:
    """As `q2c erase` does, in the process of the interface. Raises Refusal."""
    assert api.client.portal is not None
    done = api.client.portal.call(erasing.erase, system_of(api), UUID(subject))
    api.position = max(api.position, done.position)
    return done


def personal_data(api: Api, subject: str) -> list[Json]:
    """As `q2c personal-data` does."""

    async def all_of_it() -> list[Json]:
        return [json.loads(line) async for line in erasing.personal_data(system_of(api), UUID(subject))]

    assert api.client.portal is not None
    return api.client.portal.call(all_of_it)


def found_by(story: Story, text: str) -> list[Json]:
    """Customers whom support finds."""
    hits: list[Json] = story.world.api.get("/support/find", q=text)["items"]
    return [hit for hit in hits if hit["kind"] == "customer"]
