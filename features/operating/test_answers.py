"""What is counted and logged of answers, also where they fail, do not end, or the database is away."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from typing import Any

import pytest
from fastapi.routing import APIRoute
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from starlette.types import Message, Receive, Scope, Send

from features.api import Api
from features.conftest import administration
from features.operating.poison import poison
from features.world import World
from infrastructure.logs import REQUEST_ID
from infrastructure.servers.postgres import Cluster
from interfaces.rest.app import create_app
from interfaces.rest.front import FrontController
from interfaces.rest.requests import CALLER


def test_what_goes_wrong_here_bears_the_id_of_its_request(
    world: World, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    poison(database_url, world.customer, "crm.Customer.ContactAdded", b"{")
    answer = world.api.post(f"/customers/{world.customer}/add-contact", {"contact": {"name": "Finch"}})
    assert (answer.status_code, answer.json()["code"]) == (500, "unexpected")
    assert len(answer.headers["Q2C-Request-Id"]) == 32
    (line,) = (each for each in caplog.records if each.levelno == logging.ERROR and each.name == "q2c.requests")
    assert line.getMessage() == "POST /customers/{customer_id}/add-contact failed"


HEAD: dict[str, Any] = {"type": "http.response.start", "status": 503, "headers": []}
BODY: dict[str, Any] = {"type": "http.response.body", "body": b""}
STREAM = [(b"content-type", b"text/event-stream; charset=utf-8")]


def _answered(
    database_url: str, messages: Sequence[Message], problem: Exception | None = None, more: Scope | None = None
) -> tuple[list[tuple[str, str, int, float | None]], list[Message]]:
    """What is counted of a request that is given these messages, and then perhaps goes wrong; and what is sent."""
    seen: list[tuple[str, str, int, float | None]] = []
    sent: list[Message] = []

    async def answering(scope: Scope, receive: Receive, send: Send) -> None:
        for message in messages:
            await send(message)
        if problem is not None:
            raise problem

    async def nothing() -> Message:
        return {}

    async def send(message: Message) -> None:
        sent.append(message)

    async def ask() -> None:
        app = create_app(database_url)
        scope: Scope = {"type": "http", "method": "POST", "path": "/", "headers": [], "scheme": "http", "app": app}
        async with app.router.lifespan_context(app):
            front = FrontController(answering, lambda *told: seen.append(told), REQUEST_ID)
            await front({**scope, **(more or {})}, nothing, send)

    asyncio.run(ask())
    return seen, sent


def test_what_fails_while_it_is_written_down_is_told_with_what_all_answers_bear(
    database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    route = APIRoute("/", test_a_stream_is_counted_and_not_timed, tags=["catalogue"])
    nobody = {"route": route, CALLER: "not one that can be written down"}
    seen, sent = _answered(database_url, [HEAD, BODY], more=nobody)
    assert [(route, status) for _, route, status, _ in seen] == [("/", 500)]
    (head, _), headers = sent, dict(sent[0]["headers"])
    assert (head["status"], headers[b"content-type"]) == (500, b"application/problem+json")
    assert {b"q2c-request-id", b"content-security-policy"} <= headers.keys()
    assert [each.getMessage() for each in caplog.records if each.levelno == logging.ERROR] == ["POST / failed"]


def test_a_stream_is_counted_and_not_timed(database_url: str) -> None:
    seen, _ = _answered(database_url, [HEAD | {"headers": STREAM}, BODY])
    assert seen == [("POST", "other", 503, None)]


@pytest.mark.parametrize("is_whole", [True, False])
def test_what_fails_after_its_answer_is_logged_and_breaks_no_connection(
    database_url: str, caplog: pytest.LogCaptureFixture, *, is_whole: bool
) -> None:
    """A connection that is broken would take with it what its client asks next; an answer that has no end must not look
    as if it had one."""
    with nullcontext() if is_whole else pytest.raises(ValueError):
        _answered(database_url, [HEAD, BODY | {"more_body": not is_whole}], ValueError())
    assert [each.getMessage() for each in caplog.records if each.levelno == logging.ERROR] == ["POST other failed"]


def test_who_hangs_up_amid_a_request_is_no_error_of_ours(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    scope = {"type": "http", "method": "POST", "path": "/sessions", "query_string": b"", "client": ("127.0.0.1", 1)}
    headers = [(b"content-type", b"application/json"), (b"content-length", b"100")]
    received: Iterator[Message] = iter(
        [{"type": "http.request", "body": b'{"log', "more_body": True}, {"type": "http.disconnect"}]
    )
    sent: list[Message] = []

    async def receive() -> Message:
        return next(received)

    async def send(message: Message) -> None:
        sent.append(message)

    assert api.client.portal is not None
    api.client.portal.call(api.client.app, {**scope, "headers": headers}, receive, send)
    assert sent == []
    assert 'q2c_requests_total{method="POST",route="/sessions",status="499"} 1.0' in api.query("/metrics").text
    assert [each for each in caplog.records if each.levelno >= logging.WARNING] == []


def test_metrics_are_told_while_the_database_is_away(api: Api, database_url: str, cluster: Cluster) -> None:
    assert "q2c_database_up 1.0" in api.query("/metrics").text
    with administration(cluster) as connection:
        name = sql.Identifier(str(conninfo_to_dict(database_url)["dbname"]))
        connection.execute(sql.SQL("alter database {} allow_connections false").format(name))
        told = api.query("/metrics")
        connection.execute(sql.SQL("alter database {} allow_connections true").format(name))
    assert told.status_code == 200
    assert "q2c_database_up 0.0" in told.text
    assert "q2c_requests_total" in told.text
    assert "q2c_log_head" not in told.text
