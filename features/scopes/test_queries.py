"""Identity by query by ownership: lists, totals, searches and files of what is foreign are as if it had never been."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import uuid4

import pytest
from httpx2 import Response

from application.access import POLICY, Scope
from application.identity import user_id
from domain.identity import Role
from features.api import NOBODY, Api, Json, SetClock
from features.rest.shop import Shop, interrupted
from features.scopes.cast import RitasShop, RitasWorld, Somebody, everybody
from features.world import World
from infrastructure.projecting import read_models
from infrastructure.projecting.scoping import ABOUT, tables_of
from interfaces.rest.app import create_app

OF_THE_LOG = ("history", "changes", "proofs", "health", "identity", "access")
"""What reads no read model."""
ASKED = {"/support/find": ({"q": "meyer"}, {"q": "357.00"}, {"q": "lamps"}, {"q": "ida@example.org"})}
"""Parameters of queries that need some."""
PORTAL_OF_DEALS = frozenset(
    f"portal.{name}" for name in "quotes quote contracts contract orders order invoices invoice credit_notes".split()
)
"""What a customer sees of deals: of those, their owner sees as much."""


@dataclass
class Told:
    """What happened, all of it with rita's customers."""

    shop: RitasShop
    ids: dict[str, str]
    cast: list[Somebody]
    before: dict[str, Json]
    """What rob, who looks after nobody, was answered before."""


@pytest.fixture
def told(api: Api, database_url: str, clock: SetClock) -> Iterator[Told]:
    """Deals in every state with rita's customer, and what is said, done and paid about them."""
    made = World.made(api)
    world = RitasWorld(api, made.seller, made.customer, made.price_book, made.products)
    api.done(f"/customers/{world.customer}/assign-representative", {"representative": "rita"})
    with interrupted(database_url, clock) as other:
        shop = RitasShop(world, other)
        cast = everybody(api, world.customer, shop.customer())
        before = {
            path + str(parameters): _answer(api, "rob", path, parameters)
            for path, parameters in _lists()
            if Role.SALES_REPRESENTATIVE in POLICY[_queries()[path]]
        }
        yield Told(shop, _what_happens(shop), cast, before)


def _what_happens(shop: Shop) -> dict[str, str]:
    """An id of each kind, by its name in a path."""
    customer = {"customer_id": shop.world.customer, "seller_id": shop.world.seller}
    contact = {"name": "Ida", "email": "ida@example.org"}
    shop.api.done(f"/customers/{shop.world.customer}/add-contact", {"contact": contact})
    opportunity, invoice = shop.opportunity(), shop.invoice()
    shop.draft(opportunity_id=opportunity)
    shop.api.done(f"/opportunities/{shop.opportunity()}/win")
    shop.active()
    shop.api.done("/credit-limits", {**customer, "limit": "5000.00", "currency": "EUR"}, actor="credit-desk")
    order, rma = shop.order(), shop.announced()
    shop.comment(), shop.task()
    credit = {"invoice_id": invoice, "reason": "damaged", "lines": [{"line_id": "1", "amount": "50.00"}]}
    return {
        "customer_id": shop.world.customer,
        "opportunity_id": opportunity,
        "quote_id": shop.sent(),
        "contract_id": shop.signed(),
        "order_id": order,
        "return_id": rma,
        "credit_note_id": shop.api.done("/credit-notes", credit).id,
        "payment_id": shop.world.pay("100.00", shop.number_of(invoice)).id,
        "invoice_id": invoice,
        "subject_id": shop.world.customer,
        "data_subject_id": shop.held_subject(),
        "user_id": str(user_id("rita")),
        "entity_id": shop.world.seller,
        "product_id": shop.world.products["LAMP"],
        "price_book_id": shop.world.price_book,
    }


def test_every_list_and_total_is_for_whom_it_is_not_as_if_nothing_had_happened(told: Told) -> None:
    api, shown = told.shop.api, set()
    position = {"position": api.position}
    for path, parameters in _lists():
        operation, everything = _queries()[path], _answer(api, "ann", path, parameters)
        seen = {one.login: _answer(api, one.login, path, parameters) for one in told.cast if one.may(operation)}
        if "rob" in seen:
            assert seen["rob"] == told.before[path + str(parameters)] == seen.get("max", seen["rob"]), path
            assert seen["rita"] == everything, path
            assert _answer(api, "rob", path, parameters | position) == seen["rob"], path
            then = _answer(api, "ann", path, parameters | position)
            assert _answer(api, "rita", path, parameters | position) == then, path
            shown |= {operation} if seen["rita"] != seen["rob"] else set()
        if "mona" in seen:
            assert seen["mona"] == everything, path
        for one in told.cast:
            if one.login in seen and one.relation == "all":  # some with names and such masked
                assert _ids(seen[one.login]) == _ids(everything), (one, path)
    # Each of these lists would show something, if it could.
    assert shown >= {operation for operation in _limited() if operation not in NOTHING_FOREIGN}


NOTHING_FOREIGN = {f"directory.{name}" for name in ("legal_entities", "products", "price_books")} | {
    "pipeline.stage_paths"
}


def test_every_single_thing_that_is_foreign_is_like_one_that_is_not_there(told: Told) -> None:
    wrong = []
    for path, operation in _queries().items():
        if "{" not in path or operation.split(".")[0] in OF_THE_LOG:
            continue
        for one in told.cast:
            ids = {name: told.ids.get(name, told.shop.world.customer) for name in re.findall(r"\{(\w+)\}", path)}
            found = _single(told, one, path.format(**ids))
            missing = _single(told, one, path.format(**dict.fromkeys(ids, uuid4())))
            if not _is_right(one, operation, path, found, missing):
                wrong.append((one.login, path, found.status_code, found.text[:200], missing.text[:200]))
    print(*wrong, sep="\n")
    assert wrong == []


def _single(told: Told, one: Somebody, path: str) -> Response:
    return told.shop.api.client.get(path, params={"after": told.shop.api.position}, headers={"As": one.login})


def _is_right(one: Somebody, operation: str, path: str, found: Response, missing: Response) -> bool:
    if not one.may(operation):
        return found.status_code == (401 if one.login == NOBODY else 403)
    names = set(re.findall(r"\{(\w+)\}", path))
    if one.relation == "own" and operation in PORTAL_OF_DEALS and not one.is_customers:
        names = {"quote_id"}
    # An issued credit note came of an invoice, and has its owner.
    if one.reaches(operation, {name.replace("credit_note", "invoice") for name in names}):
        return found.status_code == 200 and found.content != missing.content
    return (found.status_code, found.content) == (missing.status_code, missing.content)


def test_every_table_says_what_its_rows_are_about() -> None:
    listed = {model: {table for tables in about.values() for table in tables.split()} for model, about in ABOUT.items()}
    unread = {"scopes", "timers"}
    assert {model: set(tables_of(model)) for model in read_models() if model not in unread} == {
        model: tables for model, tables in listed.items() if model not in unread
    }


def _ids(answer: Any) -> list[Any]:
    """Every id in an answer, in order."""
    if isinstance(answer, dict):
        own = [value for name, value in answer.items() if name.endswith("_id")]
        return own + [id for value in answer.values() for id in _ids(value)]
    return [id for value in answer for id in _ids(value)] if isinstance(answer, list) else []


def _lists() -> list[tuple[str, Json]]:
    """Path and parameters of every query that asks for nothing in particular."""
    plain = [path for path, operation in _queries().items() if "{" not in path]
    asked = [path for path in plain if _queries()[path].split(".")[0] not in OF_THE_LOG]
    return [(path, parameters) for path in asked for parameters in ASKED.get(path, ({},))]


@cache
def _queries() -> dict[str, str]:
    """Path and operation of every query."""
    paths = create_app("postgresql://nowhere").openapi()["paths"]
    return {path: methods["get"]["x-operation"] for path, methods in paths.items() if "get" in methods}


def _limited() -> set[str]:
    """What a representative may ask for without saying of what."""
    asked = {_queries()[path] for path, _ in _lists()}
    return {one for one in asked if POLICY[one].get(Role.SALES_REPRESENTATIVE) == Scope.ASSIGNED}


def _answer(api: Api, login: str, path: str, parameters: Json) -> Json:
    after = {} if "position" in parameters else {"after": api.position}
    found = api.client.get(path, params={**after, **parameters}, headers={"As": login})
    assert found.status_code == 200, (login, path, found.text)
    answer: Json = found.json()
    return answer
