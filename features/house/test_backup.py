"""A backup holds everything, and is restored wholly or not at all."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from features.conftest import administration, create
from infrastructure.backup import backup, restore
from infrastructure.database import Role
from infrastructure.migrate import migrate
from infrastructure.servers import ServerError
from infrastructure.servers.postgres import Cluster

OWNERS = """
    SELECT DISTINCT nspname = 'log', pg_get_userbyid(relowner) FROM pg_class
    JOIN pg_namespace ON pg_namespace.oid = relnamespace WHERE nspname IN ('log', 'documents') AND relkind = 'r'
"""


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
    assert [each.name for each in tmp_path.iterdir()] == ["backup"]


def test_a_backup_is_restored_by_a_login_of_another_name(cluster: Cluster, database_url: str, tmp_path: Path) -> None:
    backup(database_url, tmp_path / "backup")
    with administration(cluster) as connection:
        login, password = sql.Identifier("other_owner"), sql.Literal(cluster.password)
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEROLE PASSWORD {}").format(login, password))
        for role in Role:
            connection.execute(sql.SQL("GRANT {} TO {} WITH ADMIN TRUE").format(sql.Identifier(role), login))
        connection.execute(sql.SQL("CREATE DATABASE elsewhere OWNER {} TEMPLATE template1").format(login))
    url = cluster.url("elsewhere", "other_owner")
    restore(url, tmp_path / "backup")
    assert migrate(url) == []
    with psycopg.connect(url) as connection:
        assert set(connection.execute(OWNERS)) == {(True, "other_owner"), (False, Role.PROJECTOR.value)}


def test_a_backup_of_a_newer_version_is_refused_and_leaves_nothing(
    cluster: Cluster, database_url: str, tmp_path: Path
) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("INSERT INTO applied_migrations VALUES (9999, '9999_of_the_future', 'x')")
    backup(database_url, tmp_path / "backup")
    with administration(cluster) as connection:
        create(connection, "empty", "template1")
    for _ in range(2):
        with pytest.raises(ServerError, match="newer version"):
            restore(cluster.url("empty"), tmp_path / "backup")


def test_a_file_cut_short_is_refused_and_leaves_nothing(cluster: Cluster, database_url: str, tmp_path: Path) -> None:
    backup(database_url, tmp_path / "backup")
    whole = (tmp_path / "backup").read_bytes()
    (tmp_path / "backup").write_bytes(whole[: len(whole) * 9 // 10])
    with administration(cluster) as connection:
        create(connection, "still_empty", "template1")
    for _ in range(2):
        with pytest.raises(ServerError, match="pg_restore failed"):
            restore(cluster.url("still_empty"), tmp_path / "backup")


def test_of_two_backups_to_one_name_at_once_one_is_refused(database_url: str, tmp_path: Path) -> None:
    with ThreadPoolExecutor(2) as both:
        made = [both.submit(backup, database_url, tmp_path / "backup") for _ in range(2)]
    refused = [each.exception() for each in made if each.exception() is not None]
    assert [type(each) for each in refused] == [ServerError]
    assert [(each.name, each.stat().st_mode & 0o777) for each in tmp_path.iterdir()] == [("backup", 0o600)]


def test_a_backup_is_of_the_database_that_all_of_the_url_names(
    cluster: Cluster, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A service, for one, which the URL gives no more than the name of, whatever the environment says besides."""
    with psycopg.connect(database_url) as connection:
        connection.execute("INSERT INTO log.claims VALUES ('number', '1', gen_random_uuid())")
    service = "\n".join(f"{name}={value}" for name, value in conninfo_to_dict(database_url).items())
    (tmp_path / "services").write_text(f"[q2c]\n{service}\n")
    monkeypatch.setenv("PGSERVICEFILE", str(tmp_path / "services"))
    monkeypatch.setenv("PGDATABASE", "postgres")
    backup("postgresql:///?service=q2c", tmp_path / "backup")
    with administration(cluster) as connection:
        create(connection, "of_a_service", "template1")
    restore(cluster.url("of_a_service"), tmp_path / "backup")
    with psycopg.connect(cluster.url("of_a_service")) as connection:
        assert connection.execute("SELECT count(*) FROM log.claims").fetchone() == (1,)
