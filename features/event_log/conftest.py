"""An open log for every feature that asks for one."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from infrastructure.event_log import EventLog


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def log(anyio_backend: str, database_url: str) -> AsyncIterator[EventLog]:
    async with EventLog(database_url) as log:
        yield log
