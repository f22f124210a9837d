"""What every feature may ask for: above all a migrated database of its own on a real Postgres.

One Postgres serves a whole test run, its parallel workers included; the last of them stops it.
"""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from infrastructure.migrate import migrate
from infrastructure.servers.postgres import OWNER, SUPERUSER, Cluster, running
from infrastructure.servers.watchdog import locked

TEMPLATE = "template_q2c"
# Set by the first process of a run, and inherited by its workers.
RUN_FOLDER = Path("/tmp") / f"q2c-{os.environ.setdefault('Q2C_TEST_RUN', uuid.uuid4().hex[:12])}"
# Names of databases are unique in the run: each worker counts for itself.
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
NUMBERS = itertools.count(1)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the run's folder when all of its workers have ended."""
    if not hasattr(config, "workerinput"):
        shutil.rmtree(RUN_FOLDER, ignore_errors=True)


@pytest.fixture(scope="session")
def run_folder() -> Path:
    """A folder of the whole run, which the user that Postgres runs as can reach, unlike pytest's own."""
    RUN_FOLDER.mkdir(exist_ok=True)
    RUN_FOLDER.chmod(0o711)
    return RUN_FOLDER


@pytest.fixture
def state() -> Iterator[Path]:
    """An empty state folder, for a test that starts servers of its own."""
    folder = Path(tempfile.mkdtemp(prefix="q2c-state-", dir="/tmp"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def cluster(run_folder: Path) -> Iterator[Cluster]:
    """The Postgres of this run, with a migrated template database."""
    with running(run_folder) as cluster:
        with locked(run_folder / "template"), administration(cluster) as connection:
            if connection.execute("SELECT FROM pg_database WHERE datname = %s", (TEMPLATE,)).fetchone() is None:
                create(connection, TEMPLATE, "template1")
                migrate(cluster.url(TEMPLATE))
        yield cluster


@pytest.fixture
def database_url(cluster: Cluster) -> Iterator[str]:
    """A migrated database with nothing in it, for one test."""
    name = f"{WORKER}_{next(NUMBERS)}"
    with administration(cluster) as connection:
        create(connection, name, TEMPLATE)
        migrate(cluster.url(name))  # what is granted on a database itself is not cloned with it
        yield cluster.url(name)
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def administration(cluster: Cluster) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(cluster.url("postgres", SUPERUSER), autocommit=True)


def create(connection: psycopg.Connection[tuple[object, ...]], name: str, template: str) -> None:
    connection.execute(
        sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {}").format(*map(sql.Identifier, (name, template, OWNER)))
    )
