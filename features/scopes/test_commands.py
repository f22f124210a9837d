"""Identity by operation by ownership, of every command: what is foreign is to them like what there is not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from uuid import uuid4

import pytest
from httpx2 import Response

from application.access import POLICY, Scope
from features.api import NOBODY, Api, Json, SetClock
from features.rest.examples import EXAMPLES, example
from features.rest.shop import interrupted
from features.scopes.cast import LOOKED_AFTER, OWNED, RitasShop, RitasWorld, Somebody, everybody, names_of
from features.world import World
from interfaces.rest.app import create_app


@pytest.fixture
def shop(api: Api, database_url: str, clock: SetClock) -> Iterator[RitasShop]:
    """Where everything is of customers whom rita looks after."""
    made = World.made(api)
    world = RitasWorld(api, made.seller, made.customer, made.price_book, made.products)
    with interrupted(database_url, clock) as other:
        api.done(f"/customers/{world.customer}/assign-representative", {"representative": "rita"})
        yield RitasShop(world, other)


def test_every_command_is_carried_out_for_whom_the_policy_says_on_what_is_theirs(shop: RitasShop) -> None:
    other = shop.customer(representative="somebody else")
    cast = everybody(shop.api, shop.world.customer, other)
    wrong, asked = [], 0
    for path, operation in sorted(_operations().items()):
        for one, expected, answer in _asked_by_all(shop, cast, path, operation):
            asked += 1
            if not _is_as(expected, answer):
                wrong.append((one.login, operation, expected, answer.status_code, answer.text[:200]))
    print(f"{asked} times somebody asked for one of {len(_operations())} commands")
    assert wrong == []
    assert asked > len(cast) * 100


def _operations() -> dict[str, str]:
    """Path and operation of every command but those on one's own account, which nobody else has to do with."""
    paths = create_app("postgresql://nowhere").openapi()["paths"]
    found = {path: methods["post"]["x-operation"] for path, methods in paths.items() if "post" in methods}
    own = {operation for operation, scopes in POLICY.items() if set(scopes.values()) == {Scope.OWN}}
    return {path: operation for path, operation in found.items() if path in EXAMPLES and operation not in own}


def _asked_by_all(
    shop: RitasShop, cast: list[Somebody], path: str, operation: str
) -> Iterator[tuple[Somebody, int, Response]]:
    """The same example is asked for by all: by those first who leave it as it is."""
    addressee, body = example(shop, f"POST {path}")
    if operation == "crm.change_opportunity":  # whoever took its customer away would take it from rita
        body["customer_id"] = shop.world.customer
    named = {*re.findall(r"\{(\w+)\}", path), *names_of(body)}
    expected = {one: _expected(one, operation, named) for one in cast}
    for one in sorted(cast, key=lambda one: -expected[one]):
        answer = _post(shop, one, path, addressee, body)
        yield one, expected[one], answer
        if addressee and one.may(operation) and named & (OWNED | LOOKED_AFTER):
            missing = _post(shop, one, path, str(uuid4()), body)
            yield one, 404, missing
            if expected[one] == 404:
                assert answer.content == missing.content, (one, operation)


def _expected(one: Somebody, operation: str, named: set[str]) -> int:
    if one.login == NOBODY:
        return 401
    if not one.may(operation):
        return 403
    return 200 if one.reaches(operation, named) else 404


def _is_as(expected: int, answer: Response) -> bool:
    """Whoever is let in is answered by the rules, whatever they say to what others did before."""
    return answer.status_code == expected or (expected == 200 and answer.status_code not in (401, 403, 404))


def _post(shop: RitasShop, one: Somebody, path: str, addressee: str, body: Json) -> Response:
    return shop.api.post(re.sub(r"\{\w+\}", addressee, path), body, As=one.login)
