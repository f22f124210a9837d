"""Who may do what in the database: every role, every table, every function, as the database itself tells it."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import errors, sql
from psycopg.conninfo import conninfo_to_dict

from features.conftest import WORKER
from infrastructure.database import Role, connect_sync
from infrastructure.projecting import read_models
from infrastructure.servers.postgres import OWNER, SUPERUSER, Cluster

VERBS = {"SELECT": "s", "INSERT": "i", "UPDATE": "u", "DELETE": "d", "TRUNCATE": "t"}

# A table that is not here fails the test: list it, and say who needs what of it. Who makes a table owns it, and may do
# anything that no trigger refuses; `q2c` is the owner that DATABASE_URL names, who migrates and does nothing else.
# s select, i insert, u update (of some column), d delete, t truncate, x execute, - nothing.
ALLOWED = """
                            q2c   writer projector reader sealer credentials vault access auditor
log.claims                  siudt s      -         -      -      -           -     -      s
log.snapshots               siudt siu    -         -      -      -           -     -      -
log.events                  siudt s      s         s      s      -           -     -      s
log.refuse_change           x     -      -         -      -      -           -     -      -
log.taken_scope             x     -      -         -      -      -           -     -      -
log.position_at             x     x      x         x      x      -           -     -      x
log.keep_claims             x     -      -         -      -      -           -     -      -
log.append                  x     x      -         -      -      -           -     -      -
log.objections              x     x      -         -      -      -           -     -      -
policies.position           siudt su     -         s      -      -           -     -      -
policies.refusals           siudt siu    -         s      -      -           -     -      -
proofs.tiles                siudt s      -         s      siu    -           -     -      s
proofs.checkpoints          siudt s      -         s      si     -           -     -      s
proofs.log                  siudt s      -         s      s      -           -     -      s
proofs.published            siudt s      -         s      si     -           -     -      s
proofs.refusal              siudt -      -         s      siud   -           -     -      -
proofs.refuse_change        x     -      -         -      -      -           -     -      -
access.entries              siudt -      -         s      s      -           -     -      s
access.log                  siudt -      -         s      s      -           -     -      s
access.events               siudt -      -         s      s      -           -     -      s
access.addresses            siudt -      -         s      -      -           -     -      s
access.tiles                siudt s      -         s      siu    -           -     -      s
access.checkpoints          siudt s      -         s      si     -           -     -      s
access.published            siudt s      -         s      si     -           -     -      s
access.record               x     -      -         -      -      -           -     x      -
credentials.passwords       siudt -      -         -      -      siud        -     -      -
credentials.attempts        siudt -      -         -      -      siud        -     -      -
credentials.tokens          siudt -      -         -      -      siud        -     -      -
credentials.totp            siudt -      -         -      -      siud        -     -      -
credentials.recovery_codes  siudt -      -         -      -      siud        -     -      -
credentials.sign_ins        siudt -      -         -      -      siud        -     -      -
credentials.links           siudt -      -         -      -      siud        -     -      -
credentials.oidc_requests   siudt -      -         -      -      siud        -     -      -
credentials.subjects        siudt -      -         -      -      siud        -     -      -
credentials.tell            x     -      -         -      -      -           -     -      -
credentials.heed            x     -      -         -      -      -           -     -      -
vault.wrapping              siudt -      -         -      -      -           su    -      -
vault.keys                  siudt -      -         -      -      -           siu   -      -
vault.blind_index           siudt -      -         -      -      -           sid   -      -
vault.tell                  x     -      -         -      -      -           -     -      -
public.applied_migrations   siudt -      -         -      -      -           -     -      -
(every read model)          -     -      siudt     s      -      -           -     -      -
"""
READ_MODEL = "(every read model)"

APPEND_ONLY = (
    *("log.events", "proofs.log", "proofs.tiles", "proofs.checkpoints", "proofs.published"),
    *("access.entries", "access.tiles", "access.checkpoints", "access.published"),
)
"""Triggers refuse every change of these, whoever asks."""
ROWS = (
    "INSERT INTO access.tiles VALUES (0, 0, decode(repeat('ab', 32), 'hex'))",
    "INSERT INTO access.checkpoints (size, note, made_at) VALUES (1, 'note', now())",
    "INSERT INTO access.published SELECT number FROM access.checkpoints",
    "INSERT INTO proofs.tiles VALUES (0, 0, decode(repeat('ab', 32), 'hex'))",
    "INSERT INTO proofs.checkpoints (size, note, made_at) VALUES (1, 'note', now())",
    "INSERT INTO proofs.published SELECT number FROM proofs.checkpoints",
)

TABLES = """
    SELECT n.nspname, c.relname, verb, coalesce(has_schema_privilege(%(role)s, n.oid, 'USAGE') AND CASE
        WHEN verb IN ('DELETE', 'TRUNCATE') THEN has_table_privilege(%(role)s, c.oid, verb)
        ELSE has_any_column_privilege(%(role)s, c.oid, verb) END, false)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, unnest(%(verbs)s::text[]) AS verb
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname !~ '^(pg_|information_schema$)'"""
FUNCTIONS = """
    SELECT n.nspname, p.proname, has_schema_privilege(%(role)s, n.oid, 'USAGE')
        AND has_function_privilege(%(role)s, p.oid, 'EXECUTE')
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname !~ '^(pg_|information_schema$)'"""


def listed() -> dict[str, dict[str, str]]:
    """What the table above says: for each role, what it may do with what."""
    heads, *lines = ALLOWED.strip("\n").splitlines()
    roles = [name if name == OWNER else f"{OWNER}_{name}" for name in heads.split()]
    rows = [line.rsplit(maxsplit=len(roles)) for line in lines]
    return {role: {name: every[place] for name, *every in rows} for place, role in enumerate(roles)}


def found(connection: psycopg.Connection[tuple[object, ...]], role: str) -> dict[str, str]:
    """What the database says of one role; of read models once for each different answer."""
    allowed: dict[str, set[str]] = {}
    for schema, table, verb, may in connection.execute(TABLES, {"role": role, "verbs": list(VERBS)}).fetchall():
        allowed.setdefault(f"{schema}.{table}", set()).update(VERBS[str(verb)] if may else "")
    for schema, function, may in connection.execute(FUNCTIONS, {"role": role}).fetchall():
        allowed[f"{schema}.{function}"] = {"x"} if may else set()
    told = {name: "".join(sorted(may, key="siudtx".index)) or "-" for name, may in allowed.items()}
    of_models = {may for name, may in told.items() if name.split(".")[0] in read_models()}
    return {
        **{name: may for name, may in told.items() if name.split(".")[0] not in read_models()},
        READ_MODEL: " ".join(sorted(of_models)),
    }


@pytest.fixture
def connection(database_url: str) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    with connect_sync(database_url, None, "test") as connection:
        yield connection


def test_the_table_lists_every_role() -> None:
    assert {*listed()} == {OWNER, *map(str, Role)}


@pytest.mark.parametrize("role", [OWNER, *map(str, Role)])
def test_each_role_may_do_what_is_listed_and_nothing_else(
    connection: psycopg.Connection[tuple[object, ...]], role: str
) -> None:
    assert found(connection, role) == listed()[role]


def test_a_stranger_may_do_nothing(cluster: Cluster, database_url: str) -> None:
    name = f"stranger_{WORKER}"
    with psycopg.connect(cluster.url("postgres", SUPERUSER), autocommit=True) as administration:
        administration.execute(sql.SQL("CREATE ROLE {}").format(sql.Identifier(name)))
        try:
            with connect_sync(database_url, None, "test") as connection:
                assert set(found(connection, name).values()) == {"-"}
        finally:
            administration.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))


def test_no_role_may_sign_in_create_roles_or_go_past_the_rules(cluster: Cluster) -> None:
    with psycopg.connect(cluster.url("postgres", SUPERUSER)) as connection:
        rows = connection.execute(
            "SELECT rolname FROM pg_roles WHERE rolname = ANY(%s) AND"
            " (rolcanlogin OR rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls)",
            [list(map(str, Role))],
        ).fetchall()
    assert rows == []


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("as_replica", [False, True])
def test_triggers_refuse_every_change_whoever_asks(
    cluster: Cluster, database_url: str, table: str, as_replica: bool
) -> None:
    database = str(conninfo_to_dict(database_url)["dbname"])
    url = cluster.url(database, SUPERUSER) if as_replica else database_url
    name = sql.Identifier(*table.split("."))
    with psycopg.connect(url, autocommit=True) as connection:
        if as_replica:  # a superuser who plays a replica passes by ordinary triggers
            connection.execute("SET session_replication_role = replica")
        for row in ROWS:
            connection.execute(row)
        column = sql.Identifier("hashes" if table.endswith(".tiles") else _column(connection, table))
        for statement in ("UPDATE {0} SET {1} = NULL", "DELETE FROM {0}", "TRUNCATE {0} CASCADE"):
            with pytest.raises(errors.InsufficientPrivilege, match=r"append-only|only grows"):
                connection.execute(sql.SQL(statement).format(name, column))


def _column(connection: psycopg.Connection[tuple[object, ...]], table: str) -> str:
    row = connection.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND attidentity = '' LIMIT 1",
        [table],
    ).fetchone()
    assert row is not None
    return str(row[0])
