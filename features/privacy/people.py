"""Who looks, and what they look at."""

from __future__ import annotations

from functools import partial

from fastapi import FastAPI

from domain.identity import Role
from features.api import Api, key_of
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
