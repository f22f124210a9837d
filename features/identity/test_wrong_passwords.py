"""Guessing passwords: counted before it is known how an attempt ends, and told alike whether there is such a user."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from httpx2 import Response

from features.api import NOBODY, Api
from infrastructure.credentials.attempts import OF_ACCOUNT, OF_ADDRESS

RIGHT = "correct horse battery staple"
WRONG = "a guess that is none of it"
AT_ONCE = 8


def guess(api: Api, login: str, password: str = WRONG) -> Response:
    return api.client.post("/sessions", json={"login": login, "password": password}, headers={"As": NOBODY})


def registered(api: Api, login: str) -> None:
    user = api.done("/users", {"login": login, "roles": ["support"]}).id
    first = api.post(f"/users/{user}/reset-password", {}).json()["password"]
    body = {"login": login, "password": first, "new_password": RIGHT}
    assert api.client.post("/sessions", json=body, headers={"As": NOBODY}).status_code == 201


def test_a_user_who_exists_and_one_who_does_not_are_told_alike(api: Api) -> None:
    registered(api, "bob")
    told = {login: [guess(api, login) for _ in range(OF_ACCOUNT + 2)] for login in ("no-such-user", "bob")}
    assert guess(api, "bob", RIGHT).status_code == 429, "not even the right one is tried while guesses must wait"
    seen = {
        login: [(answer.status_code, answer.content, answer.headers.get("Retry-After")) for answer in answers]
        for login, answers in told.items()
    }
    assert seen["bob"] == seen["no-such-user"]
    assert [status for status, *_ in seen["bob"]] == [401] * OF_ACCOUNT + [429] * 2


def test_many_guesses_at_once_are_no_more_than_one_after_another(api: Api) -> None:
    registered(api, "bob")
    with ThreadPoolExecutor(AT_ONCE) as threads:
        statuses = [answer.status_code for answer in threads.map(lambda _: guess(api, "bob"), range(3 * OF_ACCOUNT))]
    assert statuses.count(401) <= OF_ACCOUNT + AT_ONCE
    assert statuses.count(429) >= OF_ACCOUNT


def test_whoever_signs_in_begins_anew(api: Api) -> None:
    registered(api, "bob")
    for _ in range(2):
        assert {guess(api, "bob").status_code for _ in range(OF_ACCOUNT - 2)} == {401}
        assert guess(api, "bob", RIGHT).status_code == 201


def test_one_address_that_tries_many_logins_has_to_wait(api: Api) -> None:
    with ThreadPoolExecutor(AT_ONCE) as threads:
        answers = threads.map(lambda number: guess(api, f"somebody-{number}"), range(OF_ADDRESS + AT_ONCE + 1))
    assert 429 in {answer.status_code for answer in answers}
