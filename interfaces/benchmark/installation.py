"""The processes of an installation, to be measured."""

from __future__ import annotations

import asyncio
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

from application.access import STAFF
from domain.shared.refusal import AlreadyTaken
from infrastructure import users
from infrastructure.servers.supervisor import Stop, Supervisor
from infrastructure.wiring import open_system

UNLIMITED = {f"Q2C_{name}_PER_MINUTE": str(10**9) for name in ("COMMANDS", "QUERIES", "UNSIGNED")}
"""Whoever measures asks as often as they can."""


def signed_in(url: str, login: str = "bench") -> str:
    """What proves to be a user of all roles, who is registered where there is none of that login."""

    async def key() -> str:
        async with open_system(url, "q2c bench") as system:
            with suppress(AlreadyTaken):
                await users.register(system, login, STAFF)
            return (await users.key(system, login, "bench", timedelta(days=1))).token

    return f"Bearer {asyncio.run(key())}"


@contextmanager
def serving(url: str, *, without_worker: bool = False) -> Iterator[str]:
    """The address of such an API. Without the worker, one has been there before."""
    with installed(url, without_worker=without_worker) as supervisor:
        yield supervisor.address


@contextmanager
def installed(url: str, *, without_worker: bool = False) -> Iterator[Supervisor]:
    """An API and a worker over that database."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = int(probe.getsockname()[1])
    environment = {"DATABASE_URL": url, "Q2C_PORT": str(port), **UNLIMITED}
    supervisor = Supervisor(environment, f"http://127.0.0.1:{port}", ())
    if without_worker:
        supervisor.children = [child for child in supervisor.children if child.name != "worker"]
    # Whoever measures is to leave nothing in their own state folder.
    with tempfile.TemporaryDirectory(prefix="q2c-bench-") as folder:
        supervisor.environment["Q2C_SIGNING_KEY"] = f"{folder}/key.pem"
        supervisor.environment["Q2C_CHECKPOINTS"] = f"{folder}/checkpoints.jsonl"
        try:
            supervisor.wait_until_ready(Stop())
            yield supervisor
        finally:
            supervisor.stop()
