"""The policy table and the interface say the same: whoever asks for whatever, with each role, is let in or is not."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import partial
from uuid import UUID, uuid4

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.testclient import TestClient

from application import access
from application.access import OPEN, POLICY
from domain.identity import Role
from features.api import NOBODY, Api, Json, key_of
from features.world import World
from interfaces.rest.access import guard
from interfaces.rest.app import create_app

LET_IN = {200, 201, 400, 404, 409, 412, 422, 428, 429, 503}
"""What is answered to whoever may ask, whatever comes of it."""


@pytest.fixture(scope="module")
def operations() -> list[tuple[str, str, str]]:
    """Operation, method and path of every route."""
    description = create_app("postgresql://nowhere").openapi()
    return [
        (told["x-operation"], method.upper(), path)
        for path, methods in description["paths"].items()
        for method, told in methods.items()
    ]


def test_every_operation_is_listed_once_and_has_a_route(operations: list[tuple[str, str, str]]) -> None:
    listed = Counter(f"{context}.{name}" for context, _, what in access._ALLOWED for name in what.split())
    assert {name for name, times in listed.items() if times > 1} == set()
    assert {operation for operation, _, _ in operations} == set(POLICY) | OPEN


def test_a_route_that_the_policy_does_not_know_keeps_the_service_from_starting() -> None:
    router = APIRouter(tags=["quoting"])

    @router.get("/everything")
    async def give_everything_away() -> None:
        """As somebody might add it."""

    with pytest.raises(LookupError, match=r"quoting\.give_everything_away"):
        guard(router)


def test_each_role_is_let_in_where_the_policy_says_and_nowhere_else(
    world: World, operations: list[tuple[str, str, str]]
) -> None:
    wrong = []
    for who, may, headers in _everybody(world):
        for operation, method, path in operations:
            answer = _asked(world.api.client, method, path, world.customer, headers)
            if answer not in (LET_IN if operation in may else {401} if who is None else {403}):
                wrong.append((who, operation, answer))
    assert wrong == []


def test_what_is_another_customers_does_not_exist_for_a_customers_people(
    world: World, operations: list[tuple[str, str, str]]
) -> None:
    world.sent_quote()
    other = world.api.done("/customers", {"name": "Other KG", "address": {"country_code": "DE"}}).id
    paths = [path for operation, _, path in operations if operation.startswith("portal.") and path.count("{") == 1]
    signed = {customer: _signed(world.api, Role.CUSTOMER_VIEWER, customer) for customer in (world.customer, other)}
    seen = {
        (path, whose, by): _asked(world.api.client, "GET", path, whose, headers)
        for path in paths
        for whose in signed
        for by, headers in signed.items()
    }
    assert len(paths) == 7
    assert {key: status for key, status in seen.items() if status != (200 if key[1] == key[2] else 404)} == {}


def _everybody(world: World) -> Iterator[tuple[Role | None, frozenset[str], Json]]:
    """Each role alone, somebody without any, and nobody; and what they may ask for."""
    for role in Role:
        customer = world.customer if role.is_customers else None
        may = frozenset(operation for operation, roles in POLICY.items() if role in roles)
        yield role, may | OPEN, _signed(world.api, role, customer)
    yield None, OPEN, {"As": NOBODY}


def _signed(api: Api, role: Role, customer: str | None) -> Json:
    assert isinstance(api.client.app, FastAPI)
    assert api.client.portal is not None
    login = f"{role}-{uuid4().hex[:6]}".replace("_", "-")
    customer_id = None if customer is None else UUID(customer)
    signed = partial(key_of, api.client.app.state.system, login, role, customer_id=customer_id)
    return {"Authorization": api.client.portal.call(signed)}


def _asked(client: TestClient, method: str, path: str, customer: str, headers: Json) -> int:
    """The status of a request that says nothing of use, so that little happens; of customers, that one is named."""
    path = re.sub(r"\{position\}", "1", path.replace("{customer_id}", customer))
    path = re.sub(r"\{\w+\}", str(uuid4()), path)
    # The stream of changes has no end: nobody may begin there.
    query = {"after": "-1"} if path == "/changes" else {}
    body: Json | None = {} if method == "POST" else None
    return client.request(method, path, params=query, json=body, headers=headers).status_code
