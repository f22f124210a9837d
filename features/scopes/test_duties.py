"""Segregation of duties: each rule of two persons, in each way in which one person might get around it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from httpx2 import Response

from application.identity import user_id
from domain.identity import Role
from features.api import NOBODY, Api, Json, SetClock
from features.rest.examples import REASON, example
from features.rest.shop import Shop, interrupted
from features.scopes.people import be
from features.world import World

UNA, SECOND, DORA, OTTO = "una", "una-2", "dora", "otto"
"""Who does both, her second account, who acts for her, and who has nothing to do with it."""
Step = tuple[str, Json]
"""Path and body."""
NEW_PASSWORD = "correct horse battery staple"


@dataclass(frozen=True)
class Rule:
    """Who may do the first may not do the second to the same thing."""

    first: Callable[[Shop], Step | None]
    then: Callable[[Shop, str], Step]
    """Given the id of what the first made or changed."""
    may_first: Role
    may_then: Role
    code: str = "approved_by_requester"
    meanwhile: Callable[[Shop, str], str] = lambda _, made: made
    """What else happens in between; what the second is done to."""


def _limit(shop: Shop, limit: str) -> Step:
    who = {"seller_id": shop.world.seller, "customer_id": shop.world.customer}
    return "/credit-limits", {**who, "limit": limit, "currency": "EUR"}


def _beyond(shop: Shop) -> Step:
    """An acceptance whose order goes beyond the credit limit, and waits."""
    shop.api.done(*_limit(shop, "1"), actor="credit-desk")
    quote = shop.sent()
    return f"/quotes/{quote}/accept", shop.world.acceptance(quote)


def _last_day(shop: Shop) -> str:
    """A draft that may be accepted for the last time today."""
    shop.api.clock.pass_days(-1)
    return shop.draft(valid_until="2026-03-01")


def _next_day(shop: Shop, made: str) -> str:
    shop.api.clock.pass_days(1)
    return made


def _with_third_account(api: Api, made: str) -> str:
    be(api, "una-3", Role.SUPPORT)
    _declared(api, "una-3")
    return made


def _declared(api: Api, login: str) -> None:
    """Let it be known that this is una's account, too."""
    if login not in api.get(f"/users/{user_id(UNA)}")["user"]["other_accounts"]:
        api.done(f"/users/{user_id(UNA)}/declare-same-person", {"login": login})


RULES = {
    "write a contract / approve it": Rule(
        lambda shop: ("/contracts/by-hand", shop.contract_by_hand()),
        lambda _, contract: (f"/contracts/{contract}/approve", {}),
        Role.SERVICE,
        Role.FINANCE,
    ),
    "ask for a credit / approve it": Rule(
        lambda shop: ("/credit-notes/request", example(shop, "POST /credit-notes/request")[1]),
        lambda _, note: (f"/credit-notes/{note}/approve", {}),
        Role.SUPPORT,
        Role.FINANCE,
    ),
    "send a quote / extend it": Rule(
        lambda shop: (f"/quotes/{_last_day(shop)}/send", {}),
        lambda _, quote: (f"/quotes/{quote}/extend", {"valid_until": "2026-04-30"}),
        Role.SERVICE,
        Role.SALES_OPERATIONS,
        "extension_needs_another_person",
        meanwhile=_next_day,
    ),
    "cause a hold / release it": Rule(
        _beyond,
        lambda _, order: (f"/orders/{order}/release-hold", REASON),
        Role.SERVICE,
        Role.SALES_OPERATIONS,
        meanwhile=lambda shop, _: str(shop.api.get("/orders")["items"][0]["document_id"]),
    ),
    "set a credit limit / release what it holds": Rule(
        lambda shop: _limit(shop, "1"),
        lambda _, order: (f"/orders/{order}/release-hold", REASON),
        Role.FINANCE,
        Role.SALES_OPERATIONS,
        meanwhile=lambda shop, _: shop.order(),
    ),
    "cause a hold / raise the credit limit": Rule(
        _beyond,
        lambda shop, _: _limit(shop, "1000000"),
        Role.SERVICE,
        Role.FINANCE,
    ),
    "grant a role / hold it": Rule(
        lambda _: None,
        lambda _, __: (f"/users/{user_id(UNA)}/grant-role", {"role": "compliance"}),
        Role.SUPPORT,
        Role.ADMINISTRATOR,
        "own_role",
    ),
    "put somebody into a team / lead it": Rule(
        lambda _: None,
        lambda _, __: (f"/users/{user_id(OTTO)}/assign-manager", {"manager": UNA}),
        Role.SUPPORT,
        Role.ADMINISTRATOR,
        "own_team",
    ),
    "ask for an erasure / approve it": Rule(
        lambda shop: ("/privacy/erasures", {"customer_id": shop.world.customer, **REASON}),
        lambda _, subject: (f"/privacy/data-subjects/{subject}/approve-erasure", {}),
        Role.SUPPORT,
        Role.COMPLIANCE,
        "same_person_approves",
    ),
    "have two accounts / say that they are two people's": Rule(
        lambda _: None,
        lambda _, __: (f"/users/{user_id(UNA)}/retract-same-person", REASON),
        Role.SUPPORT,
        Role.COMPLIANCE,
        "own_accounts",
        meanwhile=lambda shop, made: _with_third_account(shop.api, made),
    ),
    "reset a password / sign in with it": Rule(
        lambda _: None,
        lambda _, __: (f"/users/{user_id(UNA)}/reset-password", {}),
        Role.SUPPORT,
        Role.ADMINISTRATOR,
        "own_credentials",
    ),
}


@pytest.fixture
def shop(world: World, database_url: str, clock: SetClock) -> Iterator[Shop]:
    with interrupted(database_url, clock) as other:
        yield Shop(world, other)


def _session(api: Api, login: str) -> str:
    """What somebody gets for their password."""
    first = api.post(f"/users/{user_id(login)}/reset-password", {}).json()["password"]
    body = {"login": login, "password": first, "new_password": NEW_PASSWORD}
    answer = api.client.post("/sessions", json=body, headers={"As": NOBODY})
    return f"Bearer {answer.json()['token']}"


def _acts(api: Api, step: Step, **headers: Any) -> Response:
    return api.post(*step, **headers)


def _ways(api: Api) -> Mapping[str, tuple[Mapping[str, str], Callable[[], Mapping[str, str]]]]:
    """How the first is done, and how the second."""
    una, second, for_una = {"As": UNA}, {"As": SECOND}, {"As": DORA, "Q2C-On-Behalf-Of": UNA}

    def signed_in() -> dict[str, str]:
        return {"Authorization": _session(api, UNA)}

    def second_account() -> dict[str, str]:
        _declared(api, SECOND)
        return second

    return {
        "directly": (una, signed_in),
        "by API key": (una, lambda: una),
        "by a delegate afterwards": (una, lambda: for_una),
        "by a delegate before": (for_una, lambda: una),
        "by a role granted later": (una, lambda: una),
        "by a second account, declared before": (second, lambda: una),
        "by a second account, declared afterwards": (una, second_account),
        "by a second account's delegate": (second, lambda: for_una),
    }


WAYS = (
    *("directly", "by API key", "by a delegate afterwards", "by a delegate before", "by a role granted later"),
    *("by a second account, declared before", "by a second account, declared afterwards"),
    "by a second account's delegate",
)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", RULES)
def test_nobody_does_both(shop: Shop, name: str, way: str) -> None:
    api, rule = shop.api, RULES[name]
    later = way == "by a role granted later"
    for login in (UNA, SECOND, DORA, OTTO):
        be(api, login, rule.may_first, *([] if later and login == UNA else [rule.may_then]))
    done_by, and_by = _ways(api)[way]
    api.done("/delegations", {"to": DORA}, actor=UNA)
    if way in ("by a second account, declared before", "by a second account's delegate"):
        _declared(api, SECOND)
    first = rule.first(shop)
    made = ""
    if first is not None:
        answer = _acts(api, first, **done_by)
        assert answer.is_success, answer.text
        made = answer.json()["id"]
    made = rule.meanwhile(shop, made)
    if later:
        api.done(f"/users/{user_id(UNA)}/grant-role", {"role": rule.may_then})
    step, by = rule.then(shop, made), and_by()
    refused = _acts(api, step, **by)
    assert (refused.status_code, refused.json()["code"]) == (409, rule.code)
    (written_down,) = api.get("/access/refused-duties")["items"]
    assert (written_down["login"], written_down["outcome"]) == (by.get("As", UNA), rule.code)
    assert "Q2C-On-Behalf-Of" not in by or str(user_id(UNA)) in written_down["objects"]
    if rule.code != "own_team":  # there, it is led by una whoever says so
        assert _acts(api, rule.then(shop, made), As=OTTO).is_success
