"""People who read, and what the access log tells of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import psycopg
from fastapi import FastAPI
from httpx2 import Response
from psycopg.rows import dict_row

from domain.identity import Role
from features.api import NOBODY, Api, Json, key_of

PASSWORD = "correct horse battery staple"
Entry = dict[str, Any]


@dataclass
class Readers:
    """Who they are, and the tokens that they have."""

    api: Api
    url: str
    tokens: dict[str, str] = field(default_factory=dict)

    def sign_in(self, login: str, role: Role) -> None:
        """Somebody new, with a session."""
        user = self.api.done("/users", {"login": login, "roles": [role]}).id
        first = self.api.post(f"/users/{user}/reset-password", {}).json()["password"]
        answer = self.signs_in(login, first, new_password=PASSWORD)
        self.tokens[login] = f"Bearer {answer.json()['token']}"

    def signs_in(self, login: str, password: str, **more: str) -> Response:
        """Whatever comes of it."""
        body = {"login": login, "password": password, **more}
        return self.api.client.post("/sessions", json=body, headers={"As": NOBODY})

    def of_customer(self, login: str, customer: str) -> None:
        """Somebody of a customer, with a key."""
        assert isinstance(self.api.client.app, FastAPI)
        assert self.api.client.portal is not None
        customer_id, system = UUID(customer), self.api.client.app.state.system

        async def key() -> str:
            return await key_of(system, login, Role.CUSTOMER_VIEWER, customer_id=customer_id)

        self.tokens[login] = self.api.client.portal.call(key)

    def asks(self, who: str, path: str, purpose: str = "", **parameters: Any) -> Response:
        """A query, after all that was done so far."""
        headers: Json = {"Authorization": self.tokens[who], "Q2C-Purpose": purpose}
        request = self.api.client.build_request("GET", path, params=parameters, headers=headers)
        if not purpose:
            del request.headers["Q2C-Purpose"]  # the client's own, too
        return self.api.client.send(request)

    def entries(self) -> list[Entry]:
        """The whole access log."""
        with psycopg.connect(self.url, row_factory=dict_row) as connection:
            return connection.execute("SELECT * FROM access.entries ORDER BY position").fetchall()

    def last(self) -> Entry:
        """What was written down last."""
        return self.entries()[-1]

    def change(self, statement: str) -> None:
        """As the owner of the database."""
        with psycopg.connect(self.url) as connection:
            connection.execute(statement.encode())

    @contextmanager
    def unwritable(self) -> Iterator[None]:
        """While nothing can be written down."""
        self.change("ALTER FUNCTION access.record(text) RENAME TO gone")
        yield
        self.change("ALTER FUNCTION access.gone(text) RENAME TO record")
