"""The composition root: what each process is made of."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar

from infrastructure.access_log import AccessLog
from infrastructure.application import Application
from infrastructure.catching_up import catch_up
from infrastructure.clock import Clock, SystemClock
from infrastructure.credentials import Credentials
from infrastructure.event_log import EventLog
from infrastructure.live_changes import LiveChanges
from infrastructure.policies import PolicyState
from infrastructure.projecting import Positions, Readers, read_models
from infrastructure.projecting.past import Past
from infrastructure.projecting.scoping import Scoping
from infrastructure.sealing import Vault, open_vault
from infrastructure.settings import Settings
from infrastructure.vat_numbers import checked_vat_number


@dataclass(frozen=True, slots=True)
class System:
    """Write side and read side of one process."""

    log: EventLog
    application: Application
    positions: Positions
    readers: Readers
    scoping: Scoping
    past: Past
    live: LiveChanges
    policies: PolicyState
    credentials: Credentials
    vault: Vault
    access_log: AccessLog
    clock: Clock


@asynccontextmanager
async def open_system(database_url: str, name: str, clock: Clock | None = None) -> AsyncIterator[System]:
    """Connect, and disconnect afterwards. Raises DatabaseUnavailable, and NotDurable where data could be lost."""
    async with AsyncExitStack() as opened:
        log = await opened.enter_async_context(EventLog(database_url, name=name))
        vault = await opened.enter_async_context(open_vault(database_url, log))
        await log.assert_durable()
        clock = clock or SystemClock()
        policies = await _opened(opened, PolicyState(database_url))
        credentials = await _opened(opened, Credentials(database_url, log, clock, Settings()))
        access_log = AccessLog(database_url, name)
        access_log.open()
        opened.push_async_callback(access_log.close)
        readers = await opened.enter_async_context(aclosing(Readers(database_url)))
        positions = await opened.enter_async_context(aclosing(Positions(database_url, read_models())))
        yield System(
            log=log,
            application=Application(log, checked_vat_number, policies, vault, credentials.forget),
            positions=positions,
            readers=readers,
            scoping=Scoping(readers, positions),
            past=await opened.enter_async_context(aclosing(Past(log, database_url, read_models()))),
            live=await opened.enter_async_context(aclosing(LiveChanges(log))),
            policies=policies,
            credentials=credentials,
            vault=vault,
            access_log=access_log,
            clock=clock,
        )


Connected = TypeVar("Connected", PolicyState, Credentials)


async def _opened(opened: AsyncExitStack, connected: Connected) -> Connected:
    await connected.open()
    opened.push_async_callback(connected.close)
    return connected


async def run_policies(system: System) -> None:
    """What the worker does beside the projections, for ever."""
    await catch_up(system.application, system.log, system.policies, system.clock)
