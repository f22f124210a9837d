"""The short way of a request answers as FastAPI itself does."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import httpx2
from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from features.api import Json, SetClock
from features.house.processes import signed
from features.world import World
from infrastructure.logs import REQUEST_ID
from infrastructure.metrics import request_seen
from interfaces.rest.app import create_app
from interfaces.rest.front import FrontController
from interfaces.rest.straight import Straight

HEADERS = {"Idempotency-Key": "straight", "If-Match": "*"}
TOKENS = ("", "Bearer", "Bearer q2c_session_x", "Basic YW5uOmFubg==", "Bearer " + "x" * 5000)
"""None of which lets anybody in."""
CHANGING = ("q2c-request-id", "ratelimit")
"""What is another with each answer."""
Asked = tuple[str, str, dict[str, Any]]


def test_every_answer_in_json_goes_straight() -> None:
    app = create_app("postgresql://nowhere")
    pages = {f"/{kind}/{{{name}_id}}/page" for kind, name in (("quotes", "quote"), ("invoices", "invoice"))}
    pages.add("/credit-notes/{credit_note_id}/page")
    proofs = {"/proofs/checkpoint", "/proofs/evidence/{aggregate_id}"}
    assert set(Straight(app, app).unusual) == {*pages, *proofs, "/metrics", "/changes", "/oidc/sign-in"}


def _queries(world: World) -> list[Asked]:
    product, customer = world.products["LAMP"], world.customer
    paths = [
        *("/products", "/products?limit=1", "/products?limit=0", "/products?limit=1&limit=2", "/products?cursor=?"),
        *(f"/products/{product}", f"/products/{product}?after={world.api.position}", f"/products/{product}?after=x"),
        *(f"/products/{product}?after=999999", f"/products/{product}?position=1", f"/products/{uuid4()}"),
        *("/products?asof=1", "/products?asof=1&limit=0", "/metrics?x=1", "/health/live?x"),
        *(f"/products/{product}/", "/products/lamp", "/nothing", "/support/find?q=lamp", "/support/find"),
        *(f"/support/customers/{customer}", f"/portal/customers/{customer}", f"/history/{product}", "/health/live"),
        *(f"/history/{product}?format=csv", f"/history/{product}?instant=2026-03-02", "/receivables/ageing?as_of=1"),
    ]
    asked: list[Asked] = [("GET", path, {}) for path in paths]
    return [*asked, ("DELETE", "/products", {}), ("HEAD", "/products", {})]


def _commands(world: World) -> list[Asked]:
    lamp: Json = {"sku": "STRAIGHT", "name": "Lamp"}
    change = f"/products/{world.products['LAMP']}/change"
    without = [{name: value for name, value in HEADERS.items() if name != missing} for missing in HEADERS]
    return [
        ("POST", "/products", {"json": lamp, "headers": HEADERS}),
        ("POST", "/products", {"json": lamp | {"name": "Other"}, "headers": HEADERS}),
        ("POST", "/products", {"json": lamp, "headers": HEADERS | {"Idempotency-Key": "another"}}),
        *(("POST", "/products", {"json": lamp, "headers": HEADERS | {"Authorization": it}}) for it in TOKENS),
        ("POST", "/products", {"json": {"sku": 1, "colour": "red"}, "headers": HEADERS}),
        ("POST", "/products", {"content": b'{"sku": 1.5}', "headers": HEADERS}),
        ("POST", change, {"json": {"name": "Lamp"}, "headers": HEADERS | {"Idempotency-Key": "c", "If-Match": '"9"'}}),
        *(("POST", change, {"json": {"name": "Lamp"}, "headers": some}) for some in without),
        ("POST", "/products/lamp/change", {"content": b"[", "headers": HEADERS}),
    ]


def test_it_answers_as_fastapi_does(world: World, database_url: str, clock: SetClock) -> None:
    asked = _commands(world) + _queries(world)  # so that both ways find the same log
    straight, plain = asyncio.run(_answers(database_url, clock, asked, signed(database_url, "ann")))
    assert straight == plain
    assert {200, 201, 401, 404, 405, 409, 412, 422, 428} <= {status for status, _, _ in straight}


async def _answers(url: str, clock: SetClock, asked: list[Asked], who: Json) -> tuple[list[Any], list[Any]]:
    """Of both ways, one after the other; the same commands under the same keys happen once."""
    app = create_app(url, clock)
    all_of_fastapi = FrontController(FastAPI.build_middleware_stack(app), request_seen, REQUEST_ID)

    async def plain(scope: Scope, receive: Receive, send: Send) -> None:
        await all_of_fastapi({**scope, "app": app}, receive, send)

    async with app.router.lifespan_context(app):
        return await _of(app, asked, who), await _of(plain, asked, who)


async def _of(app: Any, asked: list[Asked], who: Json) -> list[Any]:
    transport = httpx2.ASGITransport(app, client=("127.0.0.1", 1))
    async with httpx2.AsyncClient(transport=transport, base_url="http://test", headers=who) as client:
        return [_told(await client.request(method, path, **more)) for method, path, more in asked]


def _told(answer: httpx2.Response) -> tuple[int, dict[str, str], bytes]:
    headers = {name: value for name, value in answer.headers.items() if name not in CHANGING}
    return answer.status_code, headers, answer.content


def test_of_a_header_that_is_there_twice_the_first_counts(world: World) -> None:
    headers = [("Idempotency-Key", "twice"), ("Idempotency-Key", "more")]
    client = world.api.client
    answers = [client.post("/products", json={"sku": "TWICE", "name": "Lamp"}, headers=headers) for _ in range(2)]
    found = client.get("/history", params={"command": "RegisterProduct", "actor": "ann", "limit": 200}).json()
    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["id"] in {each["aggregate_id"] for each in found["items"]}
