"""The whole log page after page, the next one read while one is worked on."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from uuid import uuid4

import pytest

from features.event_log.counters import counted, save
from infrastructure.event_log import EventLog

pytestmark = pytest.mark.anyio
WRITTEN = 7


@pytest.fixture
async def written(log: EventLog) -> EventLog:
    """A log of seven events."""
    await log.append(save(counted(uuid4(), *range(1, WRITTEN + 1))))
    return log


async def positions(log: EventLog, after: int, upto: int, size: int) -> list[list[int]]:
    return [[each.position for each in page] async for page in log.pages(after, upto, size)]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
async def test_pages_are_full_but_the_last_and_leave_nothing_out(written: EventLog, size: int) -> None:
    for after in range(WRITTEN + 2):
        for upto in range(WRITTEN + 3):
            there = list(range(after + 1, min(upto, WRITTEN) + 1))
            expected = [there[at : at + size] for at in range(0, len(there), size)]
            assert await positions(written, after, upto, size) == expected


async def test_the_next_page_is_read_before_it_is_asked_for(written: EventLog) -> None:
    before = asyncio.all_tasks()
    async with aclosing(written.pages(0, 9, 4)) as pages:
        assert len(await anext(pages)) == 4
        await asyncio.wait(asyncio.all_tasks() - before)
        await written.append(save(counted(uuid4(), 1, 2)))
        assert [[each.position for each in page] async for page in pages] == [[5, 6, 7], [8, 9]]


async def test_what_is_closed_early_leaves_nothing_behind(written: EventLog) -> None:
    before = asyncio.all_tasks()
    async with aclosing(written.pages(0, WRITTEN, 1)) as pages:
        await anext(pages)
        assert asyncio.all_tasks() > before
    assert asyncio.all_tasks() == before
    assert len(await written.read(0, 10)) == WRITTEN
