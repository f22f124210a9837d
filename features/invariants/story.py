"""Random stories of a business: any command, on something fresh in the right state, in any order."""

from __future__ import annotations

import os
import random
import re
from dataclasses import dataclass

from httpx2 import Response

from features.api import Api, Json
from features.rest.examples import EXAMPLES, example
from features.rest.shop import Shop

SEED = int(os.environ.get("Q2C_SEED", "11"))
"""Tells the story; a test that fails prints it."""


@dataclass(frozen=True, slots=True)
class Told:
    """A command that was carried out, and its answer."""

    path: str
    body: Json
    key: str
    if_match: str
    actor: str
    answer: bytes
    etag: str


class Teller(Api):
    """Keeps what was asked and answered."""

    told: list[Told]

    @classmethod
    def instead_of(cls, api: Api) -> Teller:
        """The same user."""
        teller = cls(api.client, api.clock, api.actor)
        teller.told = []
        return teller

    def post(self, path: str, body: Json, *, key: str | None = None, if_match: str = "*", **headers: str) -> Response:
        """See `Api.post`."""
        key = key or f"{self.actor} {next(self._keys)}"
        response = super().post(path, body, key=key, if_match=if_match, **headers)
        if response.is_success:
            actor = headers.get("As", self.actor)
            told = Told(path, body, key, if_match, actor, response.content, response.headers["ETag"])
            self.told.append(told)
        return response


def tell(shop: Shop, commands: int, seed: int = SEED) -> None:
    """So many commands, with all that leads up to each of them; the first ones are one of each kind."""
    chance = random.Random(seed)
    print(f"story Q2C_SEED={seed}")
    paths = sorted(EXAMPLES)
    chance.shuffle(paths)
    for number in range(commands):
        path = paths[number] if number < len(paths) else chance.choice(paths)
        addressee, body = example(shop, f"POST {path}")
        shop.api.done(re.sub(r"\{\w+\}", addressee, path), body)
