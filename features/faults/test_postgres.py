"""Postgres crashes under load, as it does when it is stopped at once or one of its processes dies."""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from features.faults.client import Business, Client
from features.faults.load import invoicing, judge_invoices
from features.faults.service import API, FULL, POSTGRES, WORKER, Service, service
from features.house.processes import eventually
from infrastructure.servers.postgres import SUPERUSER

CLIENTS = 8
CRASHES = 10 if FULL else 2
PROGRESS = 40 if FULL else 10
"""Invoices acknowledged between a crash and the next."""
TRIES = 5


def test_what_was_acknowledged_outlives_every_crash_once(state: Path) -> None:
    with service(state) as running:
        with closing(running.client("owner")) as owner:
            business = Business.made(owner)
        clients = [running.client(f"client-{number}") for number in range(CLIENTS)]
        with invoicing(clients, business) as load:
            load.go_on(PROGRESS)
            for number in range(CRASHES):
                if number % 2:
                    _kill_a_server_process(running)
                else:
                    _stop_at_once(running)
                    running.start(POSTGRES)
                running.tend()
                load.go_on(PROGRESS)
        load.assert_answered()
        invoices = judge_invoices(running.url, clients)
        print(f"\n{CRASHES} crashes, {invoices} invoices, {load.repeated()} requests sent again")
        with pytest.raises(AssertionError, match="not what was acknowledged"):
            _crash_without_flush(running, business, clients)


def _crash_without_flush(running: Service, business: Business, before: Sequence[Client]) -> None:
    """Nothing waits for the disk, and what is written there once a while is lost: of several crashes not in each."""
    with psycopg.connect(running.cluster.url(role=SUPERUSER), autocommit=True) as administrator:
        administrator.execute("ALTER SYSTEM SET wal_writer_delay = '10s'")
        administrator.execute("SELECT pg_reload_conf()")
    for part in (WORKER, API):
        running.end(part)
    clients = list(before)
    for number in range(TRIES):
        running.start(API, "undurable")
        clients.append(running.client(f"careless-{number}"))
        with invoicing(clients[-1:], business) as load:
            load.go_on(PROGRESS)
        _stop_at_once(running)
        running.start(POSTGRES)
        judge_invoices(running.url, clients)
        running.end(API)


def _stop_at_once(running: Service) -> None:
    """The immediate stop: no checkpoint, no goodbye, and a recovery at the next start."""
    os.kill(_postmaster(running), signal.SIGQUIT)
    eventually(lambda: not running.cluster.answers(), "Postgres is gone")


def _kill_a_server_process(running: Service) -> None:
    """As when it runs out of memory: all the others are ended, and Postgres recovers by itself."""
    children = Path(f"/proc/{_postmaster(running)}/task/{_postmaster(running)}/children").read_text().split()
    os.kill(int(children[-1]), signal.SIGKILL)


def _postmaster(running: Service) -> int:
    return int((running.cluster.data / "postmaster.pid").read_text().split()[0])
