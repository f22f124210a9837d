"""What is counted and logged of answers, also where they fail, do not end, or the database is away."""

from __future__ import annotations

import asyncio
import logging
from contextlib import nullcontext
from contextvars import ContextVar

import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from starlette.types import Message, Receive, Scope, Send

from features.api import Api
from features.conftest import administration
from features.operating.poison import poison
from features.world import World
from infrastructure.servers.postgres import Cluster
from interfaces.rest.observing import Observing


def test_what_goes_wrong_here_bears_the_id_of_its_request(
    world: World, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    poison(database_url, world.customer, "crm.Customer.ContactAdded", b"{")
    answer = world.api.post(f"/customers/{world.customer}/add-contact", {"contact": {"name": "Finch"}})
    assert (answer.status_code, answer.json()["code"]) == (500, "unexpected")
    assert len(answer.headers["Q2C-Request-Id"]) == 32
    (line,) = (each for each in caplog.records if each.levelno == logging.ERROR and each.name == "q2c.requests")
    assert line.getMessage() == "POST /customers/{customer_id}/add-contact failed"


def test_a_stream_is_counted_and_not_timed() -> None:
    seen: list[tuple[str, str, int, float | None]] = []

    async def stream(scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-type", b"text/event-stream; charset=utf-8")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})

    async def sent(message: Message) -> None:
        assert message["status"] == 200

    async def received() -> Message:
        return {}

    observing = Observing(stream, lambda *told: seen.append(told), ContextVar("request_id", default=None))
    asyncio.run(observing({"type": "http", "method": "GET"}, received, sent))
    assert seen == [("GET", "other", 200, None)]


@pytest.mark.parametrize("is_whole", [True, False])
def test_what_fails_after_its_answer_is_logged_and_breaks_no_connection(
    caplog: pytest.LogCaptureFixture, *, is_whole: bool
) -> None:
    """A connection that is broken would take with it what its client asks next; an answer that has no end must not look
    as if it had one."""

    async def failing(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 503, "headers": []})
        await send({"type": "http.response.body", "body": b"", "more_body": not is_whole})
        raise ValueError

    async def sent(message: Message) -> None:
        pass

    async def received() -> Message:
        return {}

    observing = Observing(failing, lambda *told: None, ContextVar("request_id", default=None))
    answering = observing({"type": "http", "method": "POST"}, received, sent)
    with nullcontext() if is_whole else pytest.raises(ValueError):
        asyncio.run(answering)
    assert [each.getMessage() for each in caplog.records if each.levelno == logging.ERROR] == ["POST other failed"]


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
