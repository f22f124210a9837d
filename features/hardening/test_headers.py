"""What every answer tells browsers not to do with it."""

from __future__ import annotations

import re

import pytest
from httpx2 import Response

from features.api import NOBODY, Api
from features.world import World

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def policy_of(answer: Response) -> dict[str, str]:
    """The directives of the content security policy."""
    directives = (each.strip().partition(" ") for each in answer.headers["Content-Security-Policy"].split(";"))
    return {name: value for name, _, value in directives}


@pytest.fixture
def answers(world: World, monkeypatch: pytest.MonkeyPatch) -> dict[str, Response]:
    """Of every kind: found, refused, missing, broken, a page, a file."""
    client, quote = world.api.client, world.sent_quote([("LAMP", "1")])

    async def broken(*_: object) -> None:
        raise RuntimeError("hunter2")

    answers = {
        "a query": client.get("/products"),
        "a command": client.post("/products", json={"sku": "NEW", "name": "New"}, headers={"Idempotency-Key": "new"}),
        "a problem": client.post("/products", content=b"{", headers={"Idempotency-Key": "problem"}),
        "nobody's": client.get("/products", headers={"As": NOBODY}),
        "nothing": client.get("/no-such-thing"),
        "health": client.get("/health/live", headers={"As": NOBODY}),
        "a page": world.api.query(f"/quotes/{quote}/page"),
        "a file": client.get("/history?format=csv"),
        "OpenAPI": client.get("/openapi.json"),
        "docs": client.get("/docs"),
    }
    monkeypatch.setattr(client.app.state.credentials, "caller", broken)  # type: ignore[attr-defined]
    return {**answers, "our error": client.get("/products")}


def test_every_answer_bears_them(answers: dict[str, Response]) -> None:
    assert answers["our error"].status_code == 500
    for name, answer in answers.items():
        assert {header: answer.headers.get(header) for header in ALWAYS} == ALWAYS, name
        assert "Cache-Control" in answer.headers, name
        assert "Access-Control-Allow-Origin" not in answer.headers, name
        assert "Server" not in answer.headers, name
        policy = policy_of(answer)
        assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'", name


def test_no_page_of_ours_runs_a_script(answers: dict[str, Response]) -> None:
    scripted = {name for name, answer in answers.items() if "script-src" in policy_of(answer)}
    assert scripted == {"docs"}
    assert "<script" not in answers["a page"].text
    assert policy_of(answers["a page"])["style-src"] == "'unsafe-inline'"


def test_the_page_of_operations_loads_and_runs_nothing_from_elsewhere(api: Api, answers: dict[str, Response]) -> None:
    page, policy = answers["docs"], policy_of(answers["docs"])
    assert {name: value for name, value in policy.items() if value != "'none'"} == {
        **dict.fromkeys(("connect-src", "script-src"), "'self'"),
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "data:",
    }
    assert "<script>" not in page.text
    loaded = re.findall(r'(?:src|href)="(/[^"]+)"', page.text)
    kinds = [api.client.get(path).headers["Content-Type"].partition(";")[0] for path in loaded]
    assert kinds == ["text/css", "text/javascript", "text/javascript"]
    assert "SwaggerUIBundle" in api.client.get(loaded[1]).text
    assert api.client.get("/docs/files/../docs.py").status_code == 404


def test_browsers_are_told_to_stay_with_tls_where_it_is_spoken(api: Api) -> None:
    plain = api.client.get("/health/live")
    api.client.base_url = "https://testserver"
    assert "Strict-Transport-Security" not in plain.headers
    header = api.client.get("/health/live").headers["Strict-Transport-Security"]
    assert header == "max-age=31536000; includeSubDomains"


def test_methods_that_no_route_takes_are_refused(api: Api) -> None:
    assert {api.client.request(method, "/products").status_code for method in ("TRACE", "PUT", "DELETE")} == {405}
