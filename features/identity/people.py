"""Who there is besides the usual user, and what they hold."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response

from domain.identity import Role
from features.api import NOBODY, Json, key_of
from features.world import Story


@dataclass
class People:
    """Who there is besides ann, and what they hold."""

    story: Story
    ids: dict[str, str] = field(default_factory=dict)
    first_passwords: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    _keys: Iterator[int] = field(default_factory=itertools.count)

    @property
    def client(self) -> TestClient:
        return self.story.world.api.client

    def be(self, login: str, *roles: Role, customer_id: str | None = None) -> None:
        """Let an administrator register them."""
        body = {"login": login, "roles": roles, "customer_id": customer_id}
        self.ids[login] = self.story.world.api.done("/users", body, actor=self.administrator()).id

    def administrator(self, login: str = "admin") -> str:
        """An administrator, and nothing else."""
        if login not in self.ids:
            assert isinstance(self.client.app, FastAPI)
            assert self.client.portal is not None
            system = self.client.app.state.system
            self.client.portal.call(partial(key_of, system, login, Role.ADMINISTRATOR))
            self.ids[login] = login
        return login

    def asks(self, login: str, path: str) -> Response:
        """With the session that they have."""
        return self.client.get(path, headers={"Authorization": f"Bearer {self.tokens[login]}"})

    def sends(self, path: str, body: Json, token: str | None = None) -> Response:
        """As somebody with that token, or as nobody."""
        headers = {"As": NOBODY} if token is None else {"Authorization": f"Bearer {token}"}
        headers["Idempotency-Key"] = f"people {next(self._keys)}"
        return self.client.post(path, json=body, headers=headers)

    def signs_in(self, login: str, **passwords: str) -> Response:
        """Keeps the session, where there is one."""
        answer = self.sends("/sessions", {"login": login, **passwords})
        if answer.is_success:
            self.tokens[login] = answer.json()["token"]
        return answer
