"""Running imports as a person does, and looking at what the log then holds."""

from __future__ import annotations

import asyncio
import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from features.house.processes import PATIENCE_SECONDS, command, environment, q2c
from infrastructure.event_log import EventLog, RecordedEvent

ALL = 1_000_000


@dataclass(frozen=True)
class Imported:
    """How an import ended, and what it said."""

    code: int
    said: dict[str, Any]


def run_import(folder: Path, database_url: str) -> Imported:
    """Import a folder to the end."""
    done = q2c("import", "adventureworks", str(folder), "--json", env=environment(folder, DATABASE_URL=database_url))
    assert done.stdout, done.stderr
    return Imported(done.returncode, json.loads(done.stdout))


def kill_import(folder: Path, database_url: str, position: int) -> None:
    """Import a folder, but kill the process when the log is longer than that."""
    with subprocess.Popen(
        command("import", "adventureworks", str(folder)),
        env=environment(folder, DATABASE_URL=database_url),
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
