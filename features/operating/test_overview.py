"""What an operator is told first is so: whether anybody works, whether anything stands still."""

from __future__ import annotations

import asyncio
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from features.conftest import administration, create
from features.event_log.counters import counted, save
from features.house.processes import environment, free_port, q2c, q2c_here
from features.importing.running import NOWHERE
from infrastructure.event_log import EventLog
from infrastructure.overview import LATE, Overview, overview
from infrastructure.servers.postgres import Cluster


async def _looked_at(database_url: str) -> tuple[Overview, Overview]:
    """With a worker that hears of the log but has written nothing since it last connected, and after it has gone."""
    async with EventLog(database_url, name="q2c worker") as log:
        await log.append(save(counted(uuid4(), 1)))
        await log.wait_beyond(0, 1)
        with psycopg.connect(database_url, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE datname = current_database() AND application_name LIKE 'q2c worker%'"
            )
        found = await overview(database_url)
        while not found.workers:
            found = await overview(database_url)  # each look is a round trip to the server
    return found, await overview(database_url)


def test_workers_are_counted_whether_they_write_or_not(database_url: str) -> None:
    there, gone = asyncio.run(asyncio.wait_for(_looked_at(database_url), 30))
    assert (there.workers, gone.workers) == (1, 0)


def test_policies_that_stand_still_need_somebody(database_url: str) -> None:
    working, _ = asyncio.run(asyncio.wait_for(_looked_at(database_url), 30))
    assert 0 < working.policies_waiting_seconds < LATE
    with psycopg.connect(database_url) as connection:
        connection.execute("ALTER TABLE log.events DISABLE TRIGGER append_only")
        connection.execute("UPDATE log.events SET recorded_at = recorded_at - make_interval(secs => %s)", [2 * LATE])
        connection.execute("ALTER TABLE log.events ENABLE ALWAYS TRIGGER append_only")
    standing, _ = asyncio.run(asyncio.wait_for(_looked_at(database_url), 30))
    assert standing.policies_waiting_seconds > LATE
    assert standing.needs_somebody
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE policies.position SET position = 2")
    assert asyncio.run(overview(database_url)).policies_waiting_seconds == 0


@pytest.mark.parametrize("process", ["api", "worker"])
def test_a_database_of_a_newer_version_is_left_alone(database_url: str, process: str) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("INSERT INTO applied_migrations VALUES (9999, '9999_of_the_future', 'x')")
    said = q2c(process, env=environment(NOWHERE, DATABASE_URL=database_url, Q2C_PORT=str(free_port())))
    assert said.returncode == 1
    assert "the database is newer than this code" in said.stderr
    assert "Traceback" not in said.stderr


@pytest.mark.parametrize("line", ["status", "projection status", "verify", "backup nowhere.q2c"])
def test_on_a_database_without_our_tables_the_remedy_is_said(
    cluster: Cluster, line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    name = f"bare_{line.split(maxsplit=1)[0]}_{len(line)}"
    with administration(cluster) as connection:
        create(connection, name, "template1")
    said = q2c_here(*line.split(), env=environment(NOWHERE, DATABASE_URL=cluster.url(name)))
    assert said.returncode > 0
    assert "run `q2c migrate` first" in said.stderr
    assert list(tmp_path.iterdir()) == []
