"""Guessing passwords: counted before it is known how an attempt ends, and told alike whether there is such a user.

`Q2C_FULL=1 pytest features/identity/test_wrong_passwords.py` guesses 10,000 times instead of a few hundred.
"""

from __future__ import annotations

import asyncio
import math
import os
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from argon2 import extract_parameters
from argon2.exceptions import VerifyMismatchError
from argon2.profiles import RFC_9106_LOW_MEMORY
from fastapi import FastAPI
from httpx2 import ASGITransport, AsyncClient, Response

from features.api import NOBODY, Api
from infrastructure.credentials.attempts import OF_ACCOUNT, OF_ADDRESS, SHORTEST_WAIT, Attempts
from infrastructure.credentials.passwords import HASHER, Passwords
from infrastructure.credentials.rows import Rows

RIGHT = "correct horse battery staple"
WRONG = "a guess that is none of it"
AT_ONCE = 8
ACCOUNTS, GUESSES = (40, 250) if os.environ.get("Q2C_FULL") else (4, 40)
"""Half of the accounts are there; so often each of them is guessed at, every time from another address."""


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


def test_one_address_that_tries_many_logins_has_to_wait(api: Api, database_url: str) -> None:
    assert guess(api, "somebody-0").status_code == 401
    asyncio.run(_attempted(database_url, [f"somebody-{number}" for number in range(1, OF_ADDRESS - AT_ONCE)]))
    with ThreadPoolExecutor(AT_ONCE) as threads:
        answers = threads.map(lambda number: guess(api, f"nobody-{number}"), range(2 * AT_ONCE))
    statuses = [answer.status_code for answer in answers]
    assert 429 in statuses
    assert statuses.count(401) >= AT_ONCE, "the others were one address's as well, and not beyond its limit"


async def _attempted(database_url: str, logins: list[str]) -> None:
    """Counted as each wrong password is, without the work of trying it."""
    rows = Rows(database_url)
    await rows.open()
    for login in logins:
        await Attempts(rows).count(login, "127.0.0.1")
    await rows.close()


def test_trying_a_login_that_nobody_has_costs_as_much_as_one_that_somebody_has() -> None:
    passwords = Passwords(HASHER)  # as it was imported, before it was replaced for this run
    assert extract_parameters(asyncio.run(passwords.hashed(RIGHT))) == RFC_9106_LOW_MEMORY
    assert extract_parameters(passwords.nobodys) == RFC_9106_LOW_MEMORY
    with pytest.raises(VerifyMismatchError):
        HASHER.verify(passwords.nobodys, RIGHT)


def test_however_often_somebody_guesses_limits_hold_and_nobody_is_told_who_is_there(api: Api) -> None:
    there = [f"somebody-{number}" for number in range(ACCOUNTS // 2)]
    for login in there:
        registered(api, login)
    missing = [f"no-such-user-{number}" for number in range(ACCOUNTS // 2)]
    assert isinstance(api.client.app, FastAPI)
    assert api.client.portal is not None
    begun = time.monotonic()
    told = api.client.portal.call(_guessed, api.client.app, there + missing)
    let_through = {login: sum(answer[0] == 401 for answer in answers) for login, answers in told.items()}
    # As each wait is twice as long as the one before, so many can have ended meanwhile.
    ended = math.log2((time.monotonic() - begun) / SHORTEST_WAIT.total_seconds() + 1) + 1
    assert max(let_through.values()) <= OF_ACCOUNT + ended
    assert min(let_through.values()) >= OF_ACCOUNT
    kinds = [{answer for login in logins for answer in told[login]} for logins in (there, missing)]
    assert kinds[0] == kinds[1]
    print(f"{ACCOUNTS * GUESSES} guesses:", dict(Counter(status for each in told.values() for status, *_ in each)))


async def _guessed(app: FastAPI, logins: list[str]) -> dict[str, list[tuple[object, ...]]]:
    """What is told of each login, guessed at from one address after another; some at once, as many as are answered in
    time."""
    told: dict[str, list[tuple[object, ...]]] = {login: [] for login in logins}
    at_once = asyncio.Semaphore(AT_ONCE)

    async def guessed(client: AsyncClient, login: str) -> None:
        async with at_once:
            answer = await client.post("/sessions", json={"login": login, "password": WRONG})
        # For how long somebody has to wait is told to the second, and passes while others are answered.
        told[login].append((answer.status_code, answer.content, "Retry-After" in answer.headers))

    for number in range(GUESSES):
        transport = ASGITransport(app, client=(f"198.51.{number // 200}.{number % 200}", 1))
        async with AsyncClient(transport=transport, base_url="http://test") as client:
            await asyncio.gather(*(guessed(client, login) for login in logins))
    return told
