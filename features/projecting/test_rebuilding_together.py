"""Read models that are made anew at once wait for each other, and for nobody who may wait for them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextvars import ContextVar
from decimal import Decimal

import pytest
from psycopg import AsyncConnection

from features.projecting.bookkeeping import Books, Owners, book, open_account
from infrastructure.event_log import EventLog
from infrastructure.projecting import rebuilding, schemas, verify
from infrastructure.projecting.rebuilding import rebuild_together
from infrastructure.projecting.schemas import projector
from projections.shared import ReadModel

LEFT_ALONE = 1_000
"""Milliseconds instead of a minute."""


@pytest.fixture(autouse=True)
def in_little_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A log of a few events is a long one."""
    monkeypatch.setattr(schemas, "LEFT_ALONE", LEFT_ALONE)
    monkeypatch.setattr(rebuilding, "BATCH", 5)


async def _fill(log: EventLog) -> None:
    account = await open_account(log)
    for version in range(1, 61):
        await book(log, account, version, Decimal(1))


def test_one_that_somebody_else_is_making_is_not_waited_for(database_url: str) -> None:
    made = asyncio.Event()

    async def feature() -> None:
        async with EventLog(database_url) as log:
            await _fill(log)
            async with await projector(database_url) as somebody, schemas.alone(somebody, "owners"):
                asked = asyncio.create_task(rebuild_together([Books, Owners], log, database_url, _tell(made)))
                await made.wait()
            await asked
            compared = await verify(Books, log, database_url) + await verify(Owners, log, database_url)
            assert all(table.same for table in compared)

    asyncio.run(asyncio.wait_for(feature(), 30))


def _tell(made: asyncio.Event) -> Callable[[type[ReadModel], int, int], object]:
    """Of the first that is at its end."""

    def told(model: type[ReadModel], position: int, of: int) -> None:
        if position == of:
            made.set()

    return told


def test_two_that_make_all_of_them_at_once_get_there(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of the two has its turn with one before either asks for the other."""
    whose, both, turns = ContextVar[str]("whose"), asyncio.Event(), list[str]()
    really = schemas.alone

    @contextlib.asynccontextmanager
    async def alone(connection: AsyncConnection, name: str) -> AsyncIterator[None]:
        if (whose.get(), name) in (("one", "owners"), ("two", "books")):
            await both.wait()
        async with really(connection, name):
            turns.append(name)
            if len(turns) == 2:
                both.set()
            yield

    monkeypatch.setattr(rebuilding, "alone", alone)

    async def makes(name: str, log: EventLog) -> None:
        whose.set(name)
        await rebuild_together([Books, Owners], log, database_url)

    async def feature() -> None:
        async with EventLog(database_url) as log, EventLog(database_url) as other:
            await _fill(log)
            await asyncio.gather(makes("one", log), makes("two", other))
            assert sorted(turns) == ["books", "books", "owners", "owners"]

    asyncio.run(asyncio.wait_for(feature(), 30))
