"""Running imports as a person does, and looking at what the log then holds."""

from __future__ import annotations

import asyncio
import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from features.house.processes import PATIENCE_SECONDS, command, environment, q2c_here
from infrastructure.event_log import EventLog, RecordedEvent

ALL = 1_000_000
NOWHERE = Path("/nonexistent")
"""The state folder of what has a database given, and so needs none."""


@dataclass(frozen=True)
class Imported:
    """How an import ended, and what it said."""

    code: int
    said: dict[str, Any]


def run_import(database_url: str, system: str, folder: Path, *options: str) -> Imported:
    """Import a folder to the end."""
    done = run(database_url, system, str(folder), *options, "--json")
    assert done.stdout, done.stderr
    return Imported(done.returncode, json.loads(done.stdout))


def run(database_url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`q2c import` with these arguments."""
    return q2c_here("import", *arguments, env=environment(NOWHERE, DATABASE_URL=database_url))


def kill_import(database_url: str, position: int, system: str, folder: Path, *options: str) -> None:
    """Import a folder, but kill the process when the log is longer than that."""
    with subprocess.Popen(
        command("import", system, str(folder), *options),
        env=environment(NOWHERE, DATABASE_URL=database_url),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    ) as process:
        reached = asyncio.run(_wait_beyond(database_url, position))
        process.kill()
    assert reached > position


def recorded(database_url: str) -> list[RecordedEvent]:
    """The whole log."""
    return asyncio.run(_recorded(database_url))


async def _wait_beyond(database_url: str, position: int) -> int:
    async with EventLog(database_url, name="q2c test", readers=1) as log:
        return await log.wait_beyond(position, PATIENCE_SECONDS)


async def _recorded(database_url: str) -> list[RecordedEvent]:
    async with EventLog(database_url, name="q2c test", readers=1) as log:
        return await log.read(0, ALL)
