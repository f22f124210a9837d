"""A backup holds everything, and is restored wholly or not at all."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from features.conftest import administration, create
from infrastructure.backup import backup, restore
from infrastructure.servers import ServerError
from infrastructure.servers.postgres import Cluster


def test_a_restored_database_equals_the_one_that_was_backed_up(
    cluster: Cluster, database_url: str, tmp_path: Path
) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("INSERT INTO log.claims VALUES ('number', '1', gen_random_uuid())")
        before = connection.execute("SELECT * FROM log.claims").fetchall()
    backup(database_url, tmp_path / "backup")
    with administration(cluster) as connection:
        create(connection, "restored", "template1")
    restore(cluster.url("restored"), tmp_path / "backup")
    with psycopg.connect(cluster.url("restored")) as connection:
        assert connection.execute("SELECT * FROM log.claims").fetchall() == before


def test_a_database_that_holds_something_is_never_restored_over(database_url: str, tmp_path: Path) -> None:
    backup(database_url, tmp_path / "backup")
    with pytest.raises(ServerError, match="not empty"):
        restore(database_url, tmp_path / "backup")


def test_a_backup_never_overwrites_a_file(database_url: str, tmp_path: Path) -> None:
    (tmp_path / "backup").write_text("precious")
    with pytest.raises(ServerError, match="never overwrites"):
        backup(database_url, tmp_path / "backup")
    assert (tmp_path / "backup").read_text() == "precious"
