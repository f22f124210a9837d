"""The disk is full: what cannot be kept is refused for now, nothing that was acknowledged is lost, and when there is
room again all goes on."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path

import psycopg
import pytest

from features.faults.client import Business, Client
from features.faults.load import invoicing, judge_invoices
from features.faults.service import API, FULL, POSTGRES, Service, service
from features.house.processes import eventually

CLIENTS = 8 if FULL else 4
TIMES = 3 if FULL else 1
PROGRESS = 40 if FULL else 8
SIZE = "160m"
"""Of the disk: a new cluster and its log take less than half of it."""


@pytest.fixture
def disk(state: Path) -> Iterator[Path]:
    """A small disk of its own."""
    if shutil.which("mount") is None:
        pytest.skip("no small disk can be made here: there is no mount on PATH")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=0711", "q2c-disk", state],
        check=False,
        capture_output=True,
        text=True,
    )
    if mounted.returncode != 0:
        pytest.skip(f"no small disk can be made here: {mounted.stderr.strip()}")
    yield state
    subprocess.run(["umount", "--lazy", state], check=True)


def test_nothing_acknowledged_is_lost_to_a_full_disk(disk: Path) -> None:
    with service(disk) as running:
        with closing(running.client("owner")) as owner:
            business = Business.made(owner)
        clients = [running.client(f"client-{number}") for number in range(CLIENTS)]
        with invoicing(clients, business) as load:
            for _ in range(TIMES):
                load.go_on(PROGRESS)
                ballast = _fill(disk)
                refused = load.repeated() + 2 * CLIENTS
                eventually(lambda: load.repeated() > refused, "what there is no room for is refused")  # noqa: B023
                _use_up_the_log_of(running)
                ballast.unlink()
                running.start(POSTGRES)  # unless it has recovered by itself
                running.tend()
                load.go_on(PROGRESS)
        load.assert_answered()
        invoices = judge_invoices(running.url, clients)
        print(f"\nfull {TIMES} times, {invoices} invoices, {load.repeated()} requests sent again")
        with pytest.raises(AssertionError, match="not what was acknowledged"):
            _fill_under_one_who_is_silent(running, disk, business, clients)


def _fill_under_one_who_is_silent(running: Service, disk: Path, business: Business, before: Sequence[Client]) -> None:
    """Whoever hides trouble is not noticed before there is some."""
    running.end(API)
    running.start(API, "silent")
    clients = [*before, running.client("silent")]
    with invoicing(clients[-1:], business) as load:
        load.go_on(PROGRESS)
    judge_invoices(running.url, clients)
    ballast = _fill(disk)
    with invoicing(clients[-1:], business) as load:
        load.go_on(PROGRESS)
    ballast.unlink()
    judge_invoices(running.url, clients)


def _fill(disk: Path) -> Path:
    """Something that leaves no room for anything else."""
    ballast = disk / "ballast"
    with ballast.open("wb") as file:
        for size in (2**20, 2**12):
            with suppress(OSError):
                while True:
                    os.posix_fallocate(file.fileno(), os.fstat(file.fileno()).st_size, size)
    return ballast


def _use_up_the_log_of(running: Service) -> None:
    """Postgres can refuse what its tables have no room for, but not do without its own log: it breaks down."""
    with closing(psycopg.connect(running.url, autocommit=True)) as connection:
        while not connection.broken:
            try:
                connection.execute("SELECT pg_logical_emit_message(true, 'ballast', repeat('ballast', 100000))")
            except psycopg.OperationalError as told:
                print(f"\n{str(told).strip()}")
