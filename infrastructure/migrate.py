"""Bring a database to the shape that this code expects: roles, and the numbered files of `migrations/`, each once."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from psycopg import Connection, errors, sql
from psycopg.rows import TupleRow

from infrastructure.database import DatabaseUnavailable, Role, connect_sync, unavailable

MIGRATIONS = Path(__file__).parent / "migrations"
LOCK = 1903_0
"""The advisory lock that lets one process at a time migrate a database."""
ATTEMPTS = 20


class MigrationRefused(Exception):
    """The database and the code do not belong together; nothing was changed."""


class Migration(NamedTuple):
    number: int
    name: str
    script: bytes

    @property
    def checksum(self) -> str:
        return sha256(self.script).hexdigest()


def migrate(database_url: str) -> list[str]:
    """Apply what is missing, and return the names of the files applied. Any number of processes may do so at once.

    Also to be called on a clone of a migrated database, which lacks what was granted on the database itself.
    Raises MigrationRefused where an applied file was edited since or is unknown here, or where the user may not create
    roles; DatabaseUnavailable.
    """
    connection = connect_sync(database_url, None, "q2c migrate", settings={"statement_timeout": 0})
    with unavailable(), connection:
        if connection.info.server_version < 160000:
            raise MigrationRefused("Postgres 16 or newer is needed")
        connection.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        ensure_roles(connection)
        applied = _applied(connection)
        missing = _missing(migrations(), applied)
        for migration in missing:
            _apply(connection, migration)
        return [migration.name for migration in missing]


def assert_migrated(database_url: str) -> None:
    """See that nothing is missing, and change nothing.

    Raises MigrationRefused where something is, or as `migrate` does; DatabaseUnavailable.
    """
    with unavailable(), connect_sync(database_url, None, "q2c migrate") as connection:
        there = connection.execute("SELECT to_regclass('public.applied_migrations') IS NOT NULL").fetchone()
        applied = _recorded(connection) if there == (True,) else {}
    if missing := _missing(migrations(), applied):
        state = f"lacks {', '.join(migration.name for migration in missing)}" if applied else "is empty"
        raise MigrationRefused(f"the database {state}, and nothing was changed: run `q2c migrate` first")


def refuse_another_form(database_url: str) -> None:
    """The same for a process that starts, and waits for a database that does not answer yet."""
    with suppress(DatabaseUnavailable):
        assert_migrated(database_url)


def migrations() -> list[Migration]:
    """The files, in order of their numbers."""
    files = sorted(MIGRATIONS.glob("*.sql"))
    return [Migration(int(path.name.split("_")[0]), path.stem, path.read_bytes()) for path in files]


def ensure_roles(connection: Connection[TupleRow]) -> None:
    """Create the roles that are missing in the cluster, and let this user take them.

    Roles belong to the cluster, so processes that migrate other databases of it may be doing the same now.
    """
    for role in Role:
        _whoever_else_does(partial(_ensure_role, connection, role), f"create or take the role {role}")
    _whoever_else_does(partial(_ensure_schemas, connection), f"let {Role.PROJECTOR} create schemas")


def _whoever_else_does(ensure: Callable[[], None], what: str) -> None:
    """Again where another process did the same in between ("tuple concurrently updated")."""
    for attempt in range(ATTEMPTS):
        try:
            ensure()
            return
        except (errors.DuplicateObject, errors.UniqueViolation, errors.InternalError_):
            if attempt == ATTEMPTS - 1:
                raise
        except errors.InsufficientPrivilege as error:
            raise MigrationRefused(f"this user may not {what}: {error}") from None


def _ensure_role(connection: Connection[TupleRow], role: Role) -> None:
    name = sql.Identifier(role)
    if connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [role.value]).fetchone() is None:
        connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(name))
    # A superuser may take any role, and is not made a member of each.
    if connection.execute("SELECT pg_has_role(%s, 'SET')", [role.value]).fetchone() != (True,):
        connection.execute(sql.SQL("GRANT {} TO CURRENT_USER WITH INHERIT FALSE, SET TRUE").format(name))


def _ensure_schemas(connection: Connection[TupleRow]) -> None:
    asked = "SELECT has_database_privilege(%s, current_database(), 'CREATE')"
    if connection.execute(asked, [Role.PROJECTOR.value]).fetchone() != (True,):
        grant = sql.SQL("GRANT CREATE ON DATABASE {} TO {}")
        database, projector = sql.Identifier(connection.info.dbname), sql.Identifier(Role.PROJECTOR)
        connection.execute(grant.format(database, projector))


def _applied(connection: Connection[TupleRow]) -> dict[int, tuple[str, str]]:
    connection.execute("""
        CREATE TABLE IF NOT EXISTS public.applied_migrations (
            number integer PRIMARY KEY, name text NOT NULL, checksum text NOT NULL,
            applied_at timestamptz NOT NULL DEFAULT clock_timestamp())""")
    return _recorded(connection)


def _recorded(connection: Connection[TupleRow]) -> dict[int, tuple[str, str]]:
    rows = connection.execute("SELECT number, name, checksum FROM public.applied_migrations ORDER BY number")
    return {number: (name, checksum) for number, name, checksum in rows}


def _missing(known: list[Migration], applied: dict[int, tuple[str, str]]) -> list[Migration]:
    by_number = {migration.number: migration for migration in known}
    for number, (name, checksum) in applied.items():
        if number not in by_number:
            raise MigrationRefused(f"the database is newer than this code: it has had {name}, which is unknown here")
        if by_number[number].checksum != checksum:
            raise MigrationRefused(f"{name} was edited after it had been applied: add a new file instead")
    missing = [migration for migration in known if migration.number not in applied]
    if missing and applied and missing[0].number < max(applied):
        raise MigrationRefused(f"{missing[0].name} is numbered below what is applied already: give it the next number")
    return missing


def _apply(connection: Connection[TupleRow], migration: Migration) -> None:
    with connection.transaction():
        connection.execute(migration.script)
        connection.execute(
            "INSERT INTO public.applied_migrations (number, name, checksum) VALUES (%s, %s, %s)",
            [migration.number, migration.name, migration.checksum],
        )
