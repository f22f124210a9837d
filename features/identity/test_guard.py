"""What the guard of every route reads from a request before it asks whose it is."""

from __future__ import annotations

import pytest
from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from interfaces.rest.access import LONGEST, guard, operation_of, token_of


def request(method: str = "GET", **headers: str) -> Request:
    encoded = [(name.encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "method": method, "headers": encoded})


@pytest.mark.parametrize(
    ("asked", "token"),
    [
        (request(), None),
        (request(authorization="Bearer abc"), "abc"),
        (request(authorization="bEARER  abc "), "abc"),
        (request(authorization="Bearer "), ""),
        (request(authorization="Bearer"), None),
        (request(authorization="Basic abc"), None),
        (request("POST", authorization="Bearer abc"), "abc"),
        (request(authorization="Bearer " + "x" * (LONGEST + 1)), "x" * 200),
        (request(cookie="q2c_session=abc"), "abc"),
        (request(cookie="a=b; q2c_session=abc=; c"), "abc="),
        (request(cookie="q2c_session=abc; q2c_session=def"), "abc"),
        (request(cookie="xq2c_session=abc; q2c_sessionx=abc; q2c_session"), ""),
        (request(cookie="a=b"), None),
        (request(cookie="q2c_session=" + "x" * (LONGEST + 1)), "x" * 200),
        (request("POST", cookie="q2c_session=abc"), None),
        (request("HEAD", cookie="q2c_session=abc"), None),
        (request(authorization="Bearer abc", cookie="q2c_session=def"), "abc"),
        (request(authorization="Basic abc", cookie="q2c_session=def"), "def"),
    ],
)
def test_a_token_is_a_header_or_the_cookie_of_a_page(asked: Request, token: str | None) -> None:
    assert token_of(asked) == token


def test_a_route_is_named_by_its_context_and_its_function() -> None:
    router = APIRouter(tags=["quoting", "more"])

    @router.post("/quotes/{quote_id}/accept")
    async def accept_quote() -> None:
        """As it is listed."""

    (route,) = router.routes
    assert isinstance(route, APIRoute)
    assert operation_of(route) == "quoting.accept_quote"
    assert guard(router) is router


def test_what_is_open_and_what_is_no_operation_need_not_be_listed() -> None:
    router = APIRouter(tags=["health"])

    @router.get("/live")
    async def live() -> None:
        """Open to everybody."""

    router.add_route("/docs", lambda asked: Response())
    assert guard(router) is router
