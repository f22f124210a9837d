"""The composition root: what each process is made of."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

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
    policies = PolicyState(database_url)
    positions = Positions(database_url, read_models())
    readers = Readers(database_url)
    async with EventLog(database_url, name=name) as log, open_vault(database_url, log) as vault:
        await log.assert_durable()
        past, live = Past(log, database_url, read_models()), LiveChanges(log)
        clock = clock or SystemClock()
        credentials = Credentials(database_url, log, clock, Settings())
        access_log = AccessLog(database_url, name)
        await policies.open()
        await credentials.open()
        access_log.open()
        try:
            application = Application(log, checked_vat_number, policies, vault, credentials.forget)
            yield System(
                log=log,
                application=application,
                positions=positions,
                readers=readers,
                scoping=Scoping(readers, positions),
                past=past,
                live=live,
                policies=policies,
                credentials=credentials,
                vault=vault,
                access_log=access_log,
                clock=clock,
            )
        finally:
            await live.aclose()
            await past.aclose()
            await positions.aclose()
            await readers.aclose()
            await access_log.close()
            await credentials.close()
            await policies.close()


async def run_policies(system: System) -> None:
    """What the worker does beside the projections, for ever."""
    await catch_up(system.application, system.log, system.policies, system.clock)
