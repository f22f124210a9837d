"""The write side of a process over a log of the test's choice, and a log that waits between reading and saving."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from typing import Any, Generic, TypeVar
from uuid import UUID

from application.unit_of_work import Envelope
from features.api import Json, SetClock
from infrastructure.application import Application, Done
from infrastructure.event_log import Appended, EventLog, Save
from infrastructure.policies import PolicyState
from infrastructure.sealing import open_vault
from infrastructure.vat_numbers import checked_vat_number
from interfaces.rest.json_bodies import adapter_of

T = TypeVar("T")


class HeldUp(Generic[T]):
    """A command that has been decided on and is not saved yet, unless it was refused at once."""

    def __init__(self, asked: Awaitable[T]) -> None:
        self.asked = asyncio.ensure_future(asked)
        self.reached, self.over = asyncio.Event(), asyncio.Event()

    async def goes_on(self) -> T:
        """It is saved, or decided again. Raises whatever it is refused with."""
        self.over.set()
        return await self.asked


class PausingLog(EventLog):
    """Holds the next save of a command up, where that is asked for; what it was decided on may change meanwhile."""

    def __init__(self, database_url: str) -> None:
        super().__init__(database_url)
        self._waited_for: dict[str, HeldUp[Any]] = {}

    async def hold_up(self, command: type, asked: Awaitable[T]) -> HeldUp[T]:
        """Carry out what leads to such a command, up to its first save."""
        held_up = self._waited_for[command.__name__] = HeldUp(asked)
        reached = asyncio.ensure_future(held_up.reached.wait())
        await asyncio.wait([held_up.asked, reached], return_when=asyncio.FIRST_COMPLETED)
        reached.cancel()
        self._waited_for.clear()
        return held_up

    async def append(self, save: Save) -> Appended:
        """See `EventLog.append`."""
        held_up = self._waited_for.pop(save.metadata["command"], None)
        if held_up is not None:
            held_up.reached.set()
            await held_up.over.wait()
        return await super().append(save)


class Desk:
    """One person at one process."""

    def __init__(self, application: Application, actor: str) -> None:
        self.application, self.actor = application, actor
        self._at = SetClock().now()
        self._keys = itertools.count(1)

    async def does(self, command: type, body: Json | None = None, on: UUID | None = None, *, key: str = "") -> Done:
        """A command as the interface would ask for it. Raises whatever it is refused with."""
        (parsed,) = adapter_of(command).validate_json(json.dumps([body or {}]).encode())
        key = key or f"{self.actor} {next(self._keys)}"
        return await self.application.execute(parsed, Envelope(key=key, actor=self.actor, at=self._at), on)


@asynccontextmanager
async def desk(log: EventLog, database_url: str, actor: str) -> AsyncIterator[Desk]:
    """A process with nobody else at it, which remembers nothing yet."""
    policies = PolicyState(database_url)
    async with log, open_vault(database_url, log) as vault:
        await policies.open()
        try:
            yield Desk(Application(log, checked_vat_number, policies, vault), actor)
        finally:
            await policies.close()
