"""What the access log promises: nothing is read beside it, nothing in it is a value, nobody changes it."""

from __future__ import annotations

import asyncio
import json
import re
from base64 import b64decode
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege
from typer.testing import CliRunner

from application.access import POLICY, UNTRACED, Access, Caller
from domain.identity import Role as Part
from features.access.reading import Readers
from features.api import Api
from features.proofs.checking import check_inclusion
from features.proofs.sealed import Sealed
from features.world import World
from infrastructure.access_log import AccessLog
from infrastructure.database import Role, connect_sync
from infrastructure.proofs.bundles import write_bundle
from infrastructure.proofs.keys import signer_of
from infrastructure.proofs.ledgers import ACCESSES
from infrastructure.proofs.reading import log_name
from infrastructure.proofs.sealer import Sealer
from infrastructure.proofs.sink import Sink
from infrastructure.servers.postgres import SUPERUSER, Cluster
from interfaces.cli import application
from interfaces.rest.app import create_app

SECRET = "Xanthippe"
CHANGES = ["UPDATE access.entries SET login = 'x'", "DELETE FROM access.entries", "TRUNCATE access.entries CASCADE"]
READ = ["SELECT position FROM access.entries", "SELECT address FROM access.addresses"]
WRITE = (
    "INSERT INTO access.entries (position, recorded_at, operation, outcome, objects) VALUES (9, now(), 'o', 'g', '{}')"
)


def somebody(login: str = "nina") -> Access:
    """An access of theirs."""
    by = Caller(uuid4(), login, frozenset())
    return Access(operation="documents.quote", outcome="given", by=by, objects=[str(uuid4())], purpose="Größe")


def recorded(url: str, times: int, processes: int = 1, **more: str) -> None:
    """So many accesses at once, by so many processes."""

    async def record() -> None:
        logs = [AccessLog(url, f"test {number}") for number in range(processes)]
        for log in logs:
            log.open()
        await asyncio.gather(*(log.record(somebody(**more)) for log in logs for _ in range(times)))
        for log in logs:
            await log.close()

    asyncio.run(record())


@pytest.fixture
def readers(api: Api, database_url: str) -> Readers:
    return Readers(api, database_url)


def test_every_query_that_is_answered_or_denied_leaves_a_trace_unless_the_policy_says_that_none_is_due(
    world: World, readers: Readers
) -> None:
    paths = create_app("postgresql://nowhere").openapi()["paths"]
    queries = {told["get"]["x-operation"]: path for path, told in paths.items() if "get" in told}
    wrong = []
    for operation in queries.keys() & POLICY.keys() - {"changes.changes"}:  # a stream has no end
        path = re.sub(r"\{\w+\}", world.customer, queries[operation].replace("{position}", "1"))
        before = len(readers.entries())
        status = world.api.client.get(path, params={"q": "Larsen"}).status_code
        traces = [each["operation"] for each in readers.entries()[before:] if each["operation"] != "identity.use_key"]
        is_due = status == 404 or (status == 200 and operation not in UNTRACED)
        if traces != ([operation] if is_due else []) or status not in (200, 404, 422):
            wrong.append((operation, status, traces))
    assert wrong == []


def test_nothing_that_was_read_is_in_it(world: World, readers: Readers) -> None:
    customer = world.api.done("/customers", {"name": SECRET, "address": {"country_code": "DE", "city": SECRET}}).id
    world.api.done(
        f"/customers/{customer}/add-contact", {"contact": {"name": SECRET, "email": f"{SECRET}@example.org"}}
    )
    asked = {
        f"/customers/{customer}": "",
        "/customers": "",
        f"/support/customers/{customer}": "",
        "/support/find": SECRET,
    }
    for path, text in asked.items():
        assert SECRET in str(world.api.get(path, **({"q": text} if text else {})))
        assert customer in map(str, readers.last()["objects"])
    assert SECRET not in json.dumps(readers.entries(), default=str)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("statement", [*CHANGES, WRITE, "DROP TABLE access.entries", "DELETE FROM access.addresses"])
def test_no_role_changes_what_is_written_down(database_url: str, role: Role, statement: str) -> None:
    recorded(database_url, 1)
    with connect_sync(database_url, role, "test") as connection, pytest.raises(InsufficientPrivilege):
        connection.execute(statement.encode())


@pytest.mark.parametrize("statement", CHANGES)
def test_not_even_the_owner_changes_it(database_url: str, statement: str) -> None:
    recorded(database_url, 1)
    with psycopg.connect(database_url) as connection, pytest.raises(InsufficientPrivilege, match="append-only"):
        connection.execute(statement.encode())


@pytest.mark.parametrize("statement", READ)
def test_whoever_writes_it_down_reads_nothing(database_url: str, statement: str) -> None:
    with connect_sync(database_url, Role.ACCESS, "test") as connection, pytest.raises(InsufficientPrivilege):
        connection.execute(statement.encode())


def test_positions_are_dense_whoever_writes(database_url: str) -> None:
    recorded(database_url, 300, processes=3)
    with psycopg.connect(database_url) as connection:
        rows = connection.execute("SELECT position, recorded_at FROM access.entries ORDER BY position").fetchall()
    assert [row[0] for row in rows] == list(range(1, 901))
    assert rows == sorted(rows, key=lambda row: row[1])


def test_where_somebody_signed_in_from_is_forgotten_after_ninety_days(readers: Readers) -> None:
    readers.sign_in("nina", Part.SUPPORT)
    readers.change("UPDATE access.addresses SET recorded_at = recorded_at - interval '91 days'")
    readers.sign_in("emil", Part.SUPPORT)
    with psycopg.connect(readers.url) as connection:
        left = connection.execute("""
            SELECT login, address, address_digest = sha256(salt || convert_to(address, 'UTF8'))
            FROM access.addresses JOIN access.entries USING (position)""").fetchall()
    assert left == [("emil", "127.0.0.1", True)]
    assert all(each["address_digest"] for each in readers.entries() if each["operation"] == "identity.sign_in")


@pytest.fixture
def sealed(cluster: Cluster, database_url: str, tmp_path: Path) -> Sealed:
    """Three hundred accesses, sealed in two steps."""
    signer, sink = signer_of(tmp_path / "key.pem", log_name(database_url, ACCESSES)), Sink(tmp_path / "sink.jsonl")
    for times in (200, 100):
        recorded(database_url, times)
        assert asyncio.run(Sealer(database_url, signer, sink, ACCESSES).seal()) in (200, 300)
    return Sealed(database_url, cluster, signer, sink, tmp_path)


def tamper(url: str, cluster: Cluster, statement: str) -> None:
    """As somebody does who owns the machine."""
    database = str(psycopg.conninfo.conninfo_to_dict(url)["dbname"])
    with psycopg.connect(cluster.url(database, SUPERUSER)) as connection:
        connection.execute("ALTER TABLE access.entries DISABLE TRIGGER ALL")
        assert connection.execute(statement.encode()).rowcount == 1


def judged(sealed: Sealed) -> tuple[bool | None, int | None]:
    """What the offline verifier says of a bundle of it."""
    file = sealed.folder / f"{uuid4().hex}.zip"
    write_bundle(sealed.url, sealed.sink, sealed.signer.verifier, file, lambda done, of: None, ACCESSES)
    found = sealed.judged(file)
    return found["good"], found["first_wrong_position"]


def test_what_was_written_down_is_checked_offline(sealed: Sealed) -> None:
    assert judged(sealed) == (True, None)
    recorded(sealed.url, 3)
    assert judged(sealed) == (True, None)


@pytest.mark.parametrize(
    ("tampering", "position"),
    [
        ("UPDATE access.entries SET login = 'otto' WHERE position = 123", 123),
        ("UPDATE access.entries SET objects = '{}' WHERE position = 7", 7),
        ("UPDATE access.entries SET purpose = NULL WHERE position = 299", 299),
        ("UPDATE access.entries SET recorded_at = recorded_at - interval '1 day' WHERE position = 1", 1),
        ("DELETE FROM access.entries WHERE position = 42", 42),
        ("DELETE FROM access.entries WHERE position = 300", 300),
    ],
)
def test_an_edited_access_log_is_found(sealed: Sealed, tampering: str, position: int) -> None:
    tamper(sealed.url, sealed.cluster, tampering)
    assert judged(sealed) == (False, position)


def test_it_is_sealed_and_verified_on_the_command_line_beside_the_log(
    database_url: str, tmp_path: Path, cluster: Cluster
) -> None:
    key, checkpoints = tmp_path / "key.pem", tmp_path / "checkpoints.jsonl"
    env = {"DATABASE_URL": database_url, "Q2C_SIGNING_KEY": str(key), "Q2C_CHECKPOINTS": str(checkpoints)}

    def q2c(*words: str) -> int:
        return CliRunner().invoke(application(), words, env=env).exit_code

    recorded(database_url, 3)
    assert q2c("seal", "--accesses") == 0
    assert (tmp_path / "checkpoints-access.jsonl").exists()
    assert not checkpoints.exists(), "the checkpoints of the log are not mixed with others"
    assert q2c("verify", "--accesses") == 0
    tamper(database_url, cluster, "UPDATE access.entries SET outcome = 'denied' WHERE position = 2")
    assert q2c("verify", "--accesses") == 1


def test_programs_prove_that_an_access_is_in_it(api: Api, database_url: str, tmp_path: Path) -> None:
    recorded(database_url, 5)
    signer = signer_of(tmp_path / "key.pem", log_name(database_url, ACCESSES))
    asyncio.run(Sealer(database_url, signer, Sink(tmp_path / "sink.jsonl"), ACCESSES).seal())
    note = api.client.get("/proofs/checkpoint", params={"of": "accesses"}).text
    proof = api.client.get("/proofs/inclusion/2", params={"of": "accesses"}).json()
    checkpoint, path = signer.verifier.opened(note), [b64decode(each) for each in proof["inclusion_path"]]
    check_inclusion(b64decode(proof["leaf_hash"]), proof["leaf_index"], checkpoint.size, path, checkpoint.root)
    assert api.client.get("/proofs/checkpoint").status_code == 404, "nothing of the log itself is sealed"
