"""The drill: a backup taken while many write is restored elsewhere, lacks nothing, and its read models agree."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Event

import psycopg
import pytest

from features.faults.client import Business, Client
from features.faults.service import FULL, Service, service
from features.house.processes import environment, eventually, q2c
from infrastructure.backup import check_log
from infrastructure.servers import ServerError

WRITERS = 8
BEFORE = 400 if FULL else 100
"""Commands acknowledged before the backup begins."""


def test_a_backup_taken_under_load_is_restored_whole(state: Path, tmp_path: Path) -> None:
    file, restored = tmp_path / "backup", state / "restored"
    with service(state) as running:
        with _load(running) as acknowledged:
            eventually(lambda: acknowledged() >= BEFORE, "there is something to back up")
            done = q2c("backup", str(file), env=environment(state, DATABASE_URL=running.url))
            assert done.returncode == 0, done.stderr
            went_on = acknowledged()
            eventually(lambda: acknowledged() > went_on, "the writers go on")
        with psycopg.connect(running.url) as connection:
            head = connection.execute("select max(position) from log.events").fetchone()
    assert head is not None
    env = environment(restored)
    told = q2c("restore", str(file), env=env)
    assert told.returncode == 0, told.stderr
    found = re.search(r"lacks nothing up to position ([\d,]+)", told.stdout)
    assert found is not None
    assert BEFORE < int(found[1].replace(",", "")) < head[0]
    verified = q2c("projection", "verify", env=env)
    assert verified.returncode == 0, verified.stdout
    assert "differs" not in verified.stdout


@contextmanager
def _load(running: Service) -> Iterator[Callable[[], int]]:
    """Several clients that draft quotes and invoices; how many commands they have had acknowledged so far."""
    with closing(running.client("owner")) as owner:
        business = Business.made(owner)
    clients = [running.client(f"writer-{number}") for number in range(WRITERS)]
    enough = Event()

    def write(client: Client) -> None:
        with closing(client):
            while not enough.is_set():
                quote = client.post("/quotes", business.quote())
                client.post(f"/quotes/{quote}/send")
                client.post("/invoices", business.invoice())

    with ThreadPoolExecutor(WRITERS) as threads:
        writing = [threads.submit(write, client) for client in clients]
        try:
            yield lambda: sum(len(client.acknowledged) for client in clients)
        finally:
            enough.set()
        for each in writing:
            each.result()


def test_a_log_that_lacks_an_event_is_told(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        for position, version in ((1, 1), (2, 2), (4, 4)):
            connection.execute(
                "insert into log.events values (%s, '00000000-0000-0000-0000-000000000001', %s, now(), 't', '', '')",
                [position, version],
            )
    with pytest.raises(ServerError, match="gaps: 3 events up to position 4"):
        check_log(database_url)
