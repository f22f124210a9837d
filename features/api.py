"""Drives the system as its users do: over the REST interface, on a real Postgres, with a clock that the test sets."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Lock
from typing import Any
from uuid import UUID

from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Auth, Request, Response

from application.access import STAFF
from domain.identity import Role
from domain.shared.refusal import AlreadyTaken
from infrastructure import users
from infrastructure.projecting import Runner, read_models
from infrastructure.wiring import System
from interfaces.rest.app import create_app

Json = dict[str, Any]
NOBODY = "nobody"
"""Who has not signed in."""
AT_ONCE = ("/history/", "/segregation-of-duties", "/access/", "/health/", "/metrics", "/proofs/", "/whoami", "/keys")
"""What is asked from no read model, and waits for none."""


class SetClock:
    """Stands still until the test moves it."""

    def __init__(self, now: datetime = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)) -> None:
        self._now = now

    def now(self) -> datetime:
        """The test's instant."""
        return self._now

    def pass_days(self, days: int) -> None:
        """So many days later."""
        self._now += timedelta(days=days)

    def pass_seconds(self, seconds: int) -> None:
        """So many seconds later."""
        self._now += timedelta(seconds=seconds)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command answered."""

    id: str
    position: int
    etag: str


class Api:
    """One user at the interface. Queries see everything that this user's commands have caused."""

    def __init__(self, client: TestClient, clock: SetClock, actor: str = "ann") -> None:
        self.client, self.clock, self.actor = client, clock, actor
        self.position = 0
        self._keys = itertools.count(1)

    def post(self, path: str, body: Json, *, key: str | None = None, if_match: str = "*", **headers: str) -> Response:
        """A command, whatever it answers."""
        sent = {"Idempotency-Key": key or f"key {next(self._keys)}", "If-Match": if_match, "As": self.actor}
        response = self.client.post(path, json=body, headers={**sent, **headers})
        if response.is_success:
            self.position = max(self.position, response.json()["position"])
        return response

    def done(
        self,
        path: str,
        body: Json | None = None,
        *,
        key: str | None = None,
        if_match: str = "*",
        actor: str | None = None,
    ) -> Answer:
        """A command that is not refused; by another user where one is named."""
        response = self.post(path, body or {}, key=key, if_match=if_match, As=actor or self.actor)
        assert response.is_success, response.text
        return Answer(response.json()["id"], response.json()["position"], response.headers["ETag"])

    def delegate(self, by: str, to: str) -> None:
        """Let one user act on another's behalf."""
        self.client.get("/whoami", headers={"As": to})  # users are there once they have asked for something
        self.done("/delegations", {"to": to}, actor=by)

    def get(self, path: str, **parameters: Any) -> Any:
        """A query that is answered."""
        response = self.query(path, **parameters)
        assert response.is_success, response.text
        return response.json()

    def query(self, path: str, **parameters: Any) -> Response:
        """A query, whatever it answers."""
        return self.client.get(path, params={**self.after(path), **parameters}, headers={"As": self.actor})

    def after(self, path: str) -> dict[str, int]:
        """The parameter by which a query sees all that was done, where it takes one."""
        return {} if path.startswith(AT_ONCE) or path.endswith("/sessions") else {"after": self.position}


class SignedInAs(Auth):
    """Signs every request in: as the user whom the test names in the header `As`, or as its usual one.

    Users are registered when they first ask for something, with every role of our own people.
    """

    def __init__(self, client: TestClient, usual: str = "ann") -> None:
        self._client, self._usual = client, usual
        self._known: dict[str, str] = {}
        self._one_at_a_time = Lock()

    def sync_auth_flow(self, request: Request) -> Iterator[Request]:  # type: ignore[override]
        """See `httpx.Auth`."""
        login = request.headers.pop("As", self._usual)
        if login != NOBODY and "Authorization" not in request.headers:
            request.headers["Authorization"] = self._token(login)
        yield request

    def _token(self, login: str) -> str:
        with self._one_at_a_time:
            if login not in self._known:
                assert self._client.portal is not None
                assert isinstance(self._client.app, FastAPI)
                system = self._client.app.state.system
                self._known[login] = self._client.portal.call(partial(key_of, system, login))
            return self._known[login]


async def key_of(system: System, login: str, *roles: Role, customer_id: UUID | None = None) -> str:
    """What proves to be that user; one that is not there yet is registered, with every role of our own people where
    none is named."""
    with suppress(AlreadyTaken):
        await users.register(system, login, roles or STAFF, customer_id)
    return f"Bearer {(await users.key(system, login, 'test', timedelta(days=1))).token}"


_FREE: list[FastAPI] = []
"""Interfaces that no test uses just now: an interface's first request costs a second, since it prepares every route."""


@contextmanager
def interface(database_url: str, clock: SetClock) -> Iterator[FastAPI]:
    """The interface over that database, to be started; made once for each that is used at the same time."""
    app = _FREE.pop() if _FREE else create_app(database_url, clock)
    app.state.origin = database_url, clock
    yield app
    _FREE.append(app)


@contextmanager
def running_api(database_url: str, clock: SetClock) -> Iterator[Api]:
    """The interface and the projections, running."""
    with (
        interface(database_url, clock) as app,
        TestClient(app, raise_server_exceptions=False, client=("127.0.0.1", 50000)) as client,
    ):
        assert client.portal is not None
        client.auth = SignedInAs(client)
        client.headers["Q2C-Purpose"] = "feature"  # who reads everything, as some features do, says why
        runner = Runner(app.state.system.log, database_url, read_models())
        projecting = client.portal.start_task_soon(runner.run)
        try:
            yield Api(client, clock)
        finally:
            projecting.cancel()
