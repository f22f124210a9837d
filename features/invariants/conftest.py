"""A business whose story is kept."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from features.api import Api, SetClock, running_api
from features.invariants.story import Teller
from features.rest.shop import Shop, interrupted
from features.world import World


@pytest.fixture
def teller(api: Api) -> Teller:
    """The user who tells the story."""
    return Teller.instead_of(api)


@pytest.fixture
def shop(teller: Teller, database_url: str, clock: SetClock) -> Iterator[Shop]:
    """Something fresh for each command, and a process that dies before its policies run."""
    with interrupted(database_url, clock) as other:
        yield Shop(World.made(teller), other)


@pytest.fixture
def two(api: Api, database_url: str, clock: SetClock) -> Iterator[tuple[Api, Api]]:
    """Two processes on one database."""
    with running_api(database_url, clock) as other:
        yield api, other
