"""What imports are tried on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from psycopg import sql

from features.conftest import NUMBERS, TEMPLATE, WORKER, administration, create
from features.importing.folders import SAMPLE, a_dozen
from features.importing.running import Imported, run_import
from infrastructure.migrate import migrate
from infrastructure.servers.postgres import Cluster


@pytest.fixture(scope="module")
def sample_url(cluster: Cluster) -> Iterator[str]:
    """A database for the sample, which the tests of a module share."""
    with a_database(cluster) as url:
        yield url


@pytest.fixture
def another_url(cluster: Cluster) -> Iterator[str]:
    """A second database, for a test that compares two."""
    with a_database(cluster) as url:
        yield url


@contextmanager
def a_database(cluster: Cluster) -> Iterator[str]:
    name = f"sample_{WORKER}_{next(NUMBERS)}"
    with administration(cluster) as connection:
        create(connection, name, TEMPLATE)
        migrate(cluster.url(name))
        yield cluster.url(name)
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(scope="module")
def sample(sample_url: str) -> Imported:
    """The sample's import, never killed."""
    return run_import(sample_url, "adventureworks", SAMPLE)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A dozen orders."""
    return a_dozen(tmp_path)
