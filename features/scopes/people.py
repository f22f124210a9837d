"""People with the roles that a test gives them, and what they are answered."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from fastapi import FastAPI

from application.identity import user_id
from domain.identity import Role
from features.api import Api, key_of


def be(api: Api, login: str, *roles: Role, customer_id: str | None = None) -> None:
    """Let there be a user who has these roles, and no others."""
    assert isinstance(api.client.app, FastAPI)
    assert api.client.portal is not None
    whose = None if customer_id is None else UUID(customer_id)
    api.client.portal.call(partial(key_of, api.client.app.state.system, login, *roles, customer_id=whose))


def lead(api: Api, manager: str | None, login: str, since: str | None = None) -> None:
    """Put somebody into a manager's team."""
    api.done(f"/users/{user_id(login)}/assign-manager", {"manager": manager, "since": since})


def asked(api: Api, login: str, path: str, **parameters: Any) -> int:
    """The status of a query of somebody who has seen everything that was done."""
    return api.client.get(path, params={**api.after(path), **parameters}, headers={"As": login}).status_code
