"""Drives the system as its users do: over the REST interface, on a real Postgres, with a clock that the test sets."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response

from infrastructure.projecting import Runner, read_models
from interfaces.rest.app import create_app

Json = dict[str, Any]


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
        sent = {"Idempotency-Key": key or f"key {next(self._keys)}", "If-Match": if_match, "Q2C-Actor": self.actor}
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
        response = self.post(path, body or {}, key=key, if_match=if_match, **{"Q2C-Actor": actor or self.actor})
        assert response.is_success, response.text
        return Answer(response.json()["id"], response.json()["position"], response.headers["ETag"])

    def get(self, path: str, **parameters: Any) -> Any:
        """A query that is answered."""
        response = self.query(path, **parameters)
        assert response.is_success, response.text
        return response.json()

    def query(self, path: str, **parameters: Any) -> Response:
        """A query, whatever it answers."""
        return self.client.get(path, params={"after": self.position, **parameters})


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
        runner = Runner(app.state.system.log, database_url, read_models())
        projecting = client.portal.start_task_soon(runner.run)
        try:
            yield Api(client, clock)
        finally:
            projecting.cancel()
