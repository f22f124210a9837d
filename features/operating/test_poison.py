"""Six kinds of events that cannot be processed, among thousands that can: six accounts wait, the others stay current.

`Q2C_FULL=1 pytest features/operating -s` runs this at the size that is promised: 10,000 events, 100 kills.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
from collections.abc import Iterator
from decimal import Decimal
from uuid import UUID

import pytest
from typer.testing import CliRunner, Result

from domain.shared.aggregate import Aggregate
from features.api import Api, Json, SetClock, running_api
from features.faults.service import FULL
from features.operating.ledger import ASTRAY, FORBIDDEN, TOO_LARGE, UNHEARD_OF, Ledger, known_ledger
from features.operating.poison import mend, poison
from features.projecting.bookkeeping import Account, book, happened, open_account
from features.projecting.working import PATIENCE
from infrastructure.database import Role, connect_sync
from infrastructure.event_log import EventLog
from infrastructure.event_log.codec import encode
from infrastructure.projecting import ReadModelParked
from interfaces.cli import application

EVENTS = 10_000 if FULL else 1_000
ACCOUNTS = 50
EACH = EVENTS // ACCOUNTS
PROBLEMS = {
    "KeyError",
    "touched 0 rows instead of 1",
    "NumericValueOutOfRange",
    "CheckViolation",
    "UnknownTopic",
    "Undecodable",
}
POISON = (UNHEARD_OF, ASTRAY, TOO_LARGE, FORBIDDEN)
UNKNOWN = "features.Account.Vanished"
BROKEN = b'{"amount": "1'


@pytest.fixture(autouse=True)
def ledger() -> Iterator[None]:
    with known_ledger():
        yield


def q2c(*arguments: str) -> Result:
    return CliRunner().invoke(application(), arguments)


def test_six_kinds_of_poison_park_six_accounts_and_what_is_mended_equals_a_rebuild(
    database_url: str, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    with running_api(database_url, clock) as api:
        api.get("/whoami")  # who asks is registered, and the log grows no more by that
        accounts, unreadable = asyncio.run(_trade_and_poison(database_url))
        api.position = asyncio.run(_head(database_url))
        assert _ledger(api)["parked"] == len(PROBLEMS)
        assert api.get("/health/ready")["parked"]["ledger"] == len(PROBLEMS)
        assert f'q2c_read_model_parked{{model="ledger"}} {len(PROBLEMS):.1f}' in api.query("/metrics").text
        _others_are_current(database_url, accounts)
        assert q2c("projection", "verify", "ledger").exit_code == 0, "a rebuild by the same code lacks the same"

        _mend(database_url, unreadable, monkeypatch)
        assert q2c("projection", "verify", "ledger").exit_code == 1, "what was mended is not live yet"
        assert q2c("projection", "retry", "ledger", "--json").exit_code == 0
        assert _ledger(api)["parked"] == 0
        assert q2c("projection", "verify", "ledger").exit_code == 0
        entries = _entries(database_url)
        assert {entries[account] for account in accounts} == {EACH, EACH + 1}
        assert [account for account in accounts if entries[account] > EACH] == accounts[5:6], "its event was mended"


def _others_are_current(database_url: str, accounts: list[UUID]) -> None:
    entries, count = _entries(database_url), len(PROBLEMS)
    assert {entries[account] for account in accounts[count:]} == {EACH}
    assert all(entries[account] < EACH for account in accounts[:count])
    parked = _parked()
    assert {UUID(each["originator_id"]) for each in parked} == set(accounts[:count])
    assert {each["problem"].rpartition(": ")[2] for each in parked} == PROBLEMS
    assert all(each["later"] > 0 for each in parked)


async def _trade_and_poison(database_url: str) -> tuple[list[UUID], list[tuple[int, UUID, int]]]:
    """Entries of many accounts in turns, and halfway through what six of them meet with; the unreadable ones."""
    chance, unreadable = random.Random(5), list[tuple[int, UUID, int]]()
    async with EventLog(database_url) as log:
        accounts = [await open_account(log) for _ in range(ACCOUNTS)]
        versions = dict.fromkeys(accounts, 1)
        for half in range(2):
            for account in chance.sample(accounts, ACCOUNTS):
                amounts = [Decimal(chance.randint(1, 9)) for _ in range(EACH // 2)]
                if half and account in accounts[:4]:
                    amounts[0] = POISON[accounts.index(account)]
                await book(log, account, versions[account], *amounts)
                versions[account] += len(amounts)
            for account, (topic, state) in zip(accounts[4:6], _unreadable(half), strict=False):
                versions[account] += 1
                unreadable.append((poison(database_url, account, topic, state), account, versions[account]))
    return accounts, unreadable


def _unreadable(half: int) -> list[tuple[str, bytes]]:
    return [] if half else [(UNKNOWN, b"{}"), ("features.Account.Booked", BROKEN)]


def _mend(database_url: str, unreadable: list[tuple[int, UUID, int]], monkeypatch: pytest.MonkeyPatch) -> None:
    """The code learns the unknown event and handles the amounts; the owner of the log writes what it should have."""
    monkeypatch.setattr(Ledger, "MENDED", True)
    monkeypatch.setitem(Aggregate.EVENTS, UNKNOWN, Account.Misfiled)
    for position, account, version in unreadable:
        mend(database_url, position, encode(happened(Account.Booked, account, version, amount=Decimal(1))))


async def _head(database_url: str) -> int:
    async with EventLog(database_url) as log:
        return await log.head()


def _ledger(api: Api) -> Json:
    """How the service says that the ledger stands, once it has seen everything."""
    assert api.client.portal is not None
    api.client.portal.call(_reached, api)
    models: list[Json] = api.get("/health/projections")
    (ledger,) = (each for each in models if each["name"] == "ledger")
    assert (ledger["state"], ledger["lag"]) == ("current", 0)
    return ledger


async def _reached(api: Api) -> None:
    with contextlib.suppress(ReadModelParked):  # the last event may be of a parked account
        await api.client.app.state.positions.reached("ledger", api.position, PATIENCE)  # type: ignore[attr-defined]


def _parked() -> list[Json]:
    (ledger,) = json.loads(q2c("projection", "status", "ledger", "--json").stdout)
    parked: list[Json] = ledger["parked"]
    return parked


def _entries(database_url: str) -> dict[UUID, int]:
    with connect_sync(database_url, Role.READER, "test") as connection:
        return dict(connection.execute("select id, entries from ledger.accounts").fetchall())
