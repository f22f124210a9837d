"""Who may do what to the log: nobody may change it, and only the append may add to it."""

from __future__ import annotations

from uuid import uuid4

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege

from features.event_log.counters import counted, save
from infrastructure.database import (
    DatabaseUnavailable,
    NotDurable,
    Role,
    assert_durable,
    connect,
    connect_sync,
)
from infrastructure.event_log import EventLog

pytestmark = pytest.mark.anyio

INSERT = "INSERT INTO log.events VALUES (9, gen_random_uuid(), 1, now(), 't', '', '')"
CHANGES = ["UPDATE log.events SET topic = 'x'", "DELETE FROM log.events", "TRUNCATE log.events"]
APPEND = "SELECT log.append('{}', '{}', '{}')"


@pytest.fixture
async def written(log: EventLog) -> None:
    await log.append(save(counted(uuid4(), 1)))


@pytest.mark.usefixtures("written")
@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("statement", [INSERT, *CHANGES, "INSERT INTO log.claims VALUES ('a', 'b', gen_random_uuid())",
                                       "DELETE FROM log.claims", "CREATE TABLE log.mine ()", "DROP TABLE log.events",
                                       "SELECT log.keep_claims('{}')"])  # fmt: skip
def test_no_role_changes_the_log(database_url: str, role: Role, statement: str) -> None:
    with connect_sync(database_url, role, "test") as connection, pytest.raises(InsufficientPrivilege):
        connection.execute(statement.encode())


@pytest.mark.usefixtures("written")
@pytest.mark.parametrize("statement", CHANGES)
def test_not_even_the_owner_changes_what_was_recorded(database_url: str, statement: str) -> None:
    with (
        connect_sync(database_url, None, "test") as connection,
        pytest.raises(InsufficientPrivilege, match="append-only"),
    ):
        connection.execute(statement.encode())


@pytest.mark.usefixtures("written")
@pytest.mark.parametrize("statement", ["SELECT position FROM log.events", "SELECT log.position_at(now())", APPEND])
@pytest.mark.parametrize("role", [Role.CREDENTIALS, Role.ACCESS])
def test_whoever_keeps_credentials_or_accesses_has_nothing_to_do_with_the_log(
    database_url: str, role: Role, statement: str
) -> None:
    with connect_sync(database_url, role, "test") as connection, pytest.raises(InsufficientPrivilege):
        connection.execute(statement.encode())


@pytest.mark.usefixtures("written")
@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.CREDENTIALS, Role.VAULT, Role.ACCESS)])
def test_every_role_reads_the_log_and_only_the_writer_appends(database_url: str, role: Role) -> None:
    with connect_sync(database_url, role, "test") as connection:
        assert connection.execute("SELECT position FROM log.events").fetchall() == [(1,)]
        assert connection.execute("SELECT log.position_at(now())").fetchall() == [(1,)]
        if role is Role.WRITER:
            assert connection.execute(APPEND.encode()).fetchall() == []
        else:
            with pytest.raises(InsufficientPrivilege):
                connection.execute(APPEND.encode())


def test_a_projectors_tables_are_for_readers_to_read_only(database_url: str) -> None:
    with connect_sync(database_url, Role.PROJECTOR, "test") as connection:
        connection.execute("CREATE SCHEMA shelf")
        connection.execute("CREATE TABLE shelf.quotes AS SELECT 1 AS one")
        connection.execute("ALTER SCHEMA shelf RENAME TO portal_old")
    with connect_sync(database_url, Role.READER, "test") as connection:
        assert connection.execute("SELECT one FROM portal_old.quotes").fetchall() == [(1,)]
        with pytest.raises(InsufficientPrivilege):
            connection.execute("DELETE FROM portal_old.quotes")
        with pytest.raises(InsufficientPrivilege):
            connection.execute("CREATE SCHEMA mine")


def test_the_append_refuses_a_snapshot_older_than_its_lock(database_url: str) -> None:
    with connect_sync(database_url, Role.WRITER, "test") as connection:
        connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        with pytest.raises(psycopg.errors.RaiseException, match="READ COMMITTED"):
            connection.execute(APPEND.encode())


async def test_a_server_that_acknowledges_too_early_is_refused(log: EventLog, database_url: str) -> None:
    await log.assert_durable()
    async with await connect(database_url, None, "test", settings={"synchronous_commit": "off"}) as connection:
        with pytest.raises(NotDurable, match="synchronous_commit"):
            await assert_durable(connection)


async def test_a_database_that_is_not_there_is_said_without_its_password() -> None:
    url = "postgresql://someone:very-secret@127.0.0.1:1/nowhere"
    with pytest.raises(DatabaseUnavailable) as refused:
        async with EventLog(url):
            pass
    assert "very-secret" not in f"{refused.value!r} {refused.value.__cause__!r}"
