"""A database is brought to the shape of the code once, by whoever comes first, and never to another one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from infrastructure import migrate as module
from infrastructure.migrate import MigrationRefused, migrate, migrations


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The migrations of this code, to be changed by a test."""
    for migration in migrations():
        (tmp_path / f"{migration.name}.sql").write_bytes(migration.script)
    monkeypatch.setattr(module, "MIGRATIONS", tmp_path)
    return tmp_path


def test_a_migrated_database_is_left_alone(database_url: str) -> None:
    assert migrate(database_url) == []


def test_many_processes_may_migrate_at_once(database_url: str, files: Path) -> None:
    (files / "9001_more.sql").write_text("CREATE TABLE log.more ()")
    with ThreadPoolExecutor(6) as racing:
        applied = list(racing.map(migrate, [database_url] * 6))
    assert sorted(applied) == [[], [], [], [], [], ["9001_more"]]


def test_a_file_that_fails_leaves_nothing_behind(database_url: str, files: Path) -> None:
    (files / "9001_more.sql").write_text("CREATE TABLE log.more (); SELECT 1/0")
    with pytest.raises(psycopg.errors.DivisionByZero):
        migrate(database_url)
    (files / "9001_more.sql").write_text("CREATE TABLE log.more ()")
    assert migrate(database_url) == ["9001_more"]


def test_an_edited_file_is_refused(database_url: str, files: Path) -> None:
    with (files / "0001_log.sql").open("a") as file:
        file.write("-- one more word")
    with pytest.raises(MigrationRefused, match="0001_log was edited"):
        migrate(database_url)


def test_a_database_newer_than_the_code_is_refused(database_url: str, files: Path) -> None:
    (files / "9001_more.sql").write_text("CREATE TABLE log.more ()")
    migrate(database_url)
    (files / "9001_more.sql").unlink()
    with pytest.raises(MigrationRefused, match=r"newer than this code.*9001_more"):
        migrate(database_url)


def test_a_file_numbered_too_low_is_refused(database_url: str, files: Path) -> None:
    (files / "0000_late.sql").write_text("SELECT 1")
    with pytest.raises(MigrationRefused, match="0000_late"):
        migrate(database_url)


def test_roles_are_made_once_whoever_asks(database_url: str) -> None:
    def lacking(_: int) -> None:
        with psycopg.connect(database_url, autocommit=True) as connection:
            module.ensure_roles(connection)

    with psycopg.connect(database_url, autocommit=True) as connection:
        grant = sql.SQL("REVOKE CREATE ON DATABASE {} FROM q2c_projector")
        connection.execute(grant.format(sql.Identifier(connection.info.dbname)))
    with ThreadPoolExecutor(6) as racing:
        list(racing.map(lacking, range(12)))
    with psycopg.connect(database_url) as connection:
        asked = connection.execute("SELECT has_database_privilege('q2c_projector', current_database(), 'CREATE')")
        assert asked.fetchone() == (True,)
