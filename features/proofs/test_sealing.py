"""Sealing goes on from what was sealed and from nothing else, whoever does it, and never cries wolf."""

from __future__ import annotations

import asyncio
import json

import psycopg
import pytest
from psycopg import conninfo, sql
from psycopg.errors import InsufficientPrivilege

from features.house.processes import command, environment, eventually, started
from features.proofs.sealed import Sealed, verified
from infrastructure.database import Role, connect_sync
from infrastructure.proofs import sealer
from infrastructure.proofs.keys import signer_of
from infrastructure.proofs.sealer import Sealer, SealingRefused
from infrastructure.proofs.sink import Sink
from interfaces.verify_bundle import Judgement

BACK = (
    "DELETE FROM log.events WHERE position > 4",
    "DELETE FROM proofs.published WHERE number > 1",
    "DELETE FROM proofs.checkpoints WHERE size > 4",
)
CUT = "UPDATE proofs.tiles SET hashes = substr(hashes, 1, 32 * 4)"


def test_it_goes_on_where_it_was(sealed: Sealed) -> None:
    assert sealed.seal() == 0
    sealed.grow(3, 1, 5)
    assert sealed.seal() == 9
    sizes = [sealed.signer.verifier.opened(note).size for note in sealed.sink.notes()]
    assert sizes == [3, 4, 9]
    assert verified(sealed, [sealed.signer]) == Judgement(9, 9, 3, None, None)


def test_much_is_sealed_in_several_steps(sealed: Sealed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealer, "BATCH", 100)
    sealed.append(257)
    assert sealed.seal() == 257
    assert verified(sealed, [sealed.signer]) == Judgement(257, 257, 3, None, None)


def test_what_a_crash_kept_from_being_published_is_published_later(sealed: Sealed) -> None:
    sealed.grow(3, 2)
    first, last = sealed.sink.notes()
    sealed.sink.file.write_text(f"{json.dumps(first)}\n{json.dumps(last)[:40]}")
    sealed.tamper("DELETE FROM proofs.published WHERE number = 2")
    assert sealed.seal() == 5
    assert sealed.sink.notes() == [first, last]


def test_what_cannot_be_published_is_not_sealed_further_and_not_shown(sealed: Sealed) -> None:
    sealed.append(2)
    good, sealed.sink = sealed.sink, Sink(sealed.folder / "missing" / "sink.jsonl")
    with pytest.raises(SealingRefused, match="cannot be written: No such file"):
        sealed.seal()
    with connect_sync(sealed.url, Role.READER, "test") as connection:
        assert connection.execute("SELECT count(*) FROM proofs.published").fetchone() == (0,)
    sealed.sink = good
    assert sealed.seal() == 2
    assert len(good.notes()) == 1


def test_another_key_takes_over_only_where_it_is_told_to(sealed: Sealed) -> None:
    sealed.grow(3)
    old = sealed.signer
    sealed.signer = signer_of(sealed.folder / "another.pem", old.verifier.origin)
    sealed.append(1)
    with pytest.raises(SealingRefused, match="not of this key"):
        sealed.seal()
    asyncio.run(Sealer(sealed.url, sealed.signer, sealed.sink).take_over())
    assert sealed.seal() == 4
    status, said = sealed.run(sealed.bundle(), "--key", str(old.verifier), "--key", str(sealed.signer.verifier))
    assert (status, said) == (0, "Good: all 4 sealed events are as 3 signed checkpoints say.\n")
    assert not sealed.judged()["good"]


def test_a_checkpoint_is_durable_whatever_the_database_says_of_other_commits(sealed: Sealed) -> None:
    database = sql.Identifier(str(conninfo.conninfo_to_dict(sealed.url)["dbname"]))
    sealed.append(1)
    with psycopg.connect(sealed.url, autocommit=True) as connection:
        connection.execute(sql.SQL("ALTER DATABASE {} SET synchronous_commit = off").format(database))
    assert sealed.seal() == 1  # a connection that is not durable would refuse to


def test_a_log_that_went_back_is_not_signed(sealed: Sealed) -> None:
    """An older backup was put in its place: to go on from it would be to sign two histories."""
    sealed.grow(4, 3)
    sealed.tamper(*BACK, CUT)
    sealed.append(6)
    with pytest.raises(SealingRefused, match="gone back"):
        sealed.seal()
    assert len(sealed.sink.notes()) == 2


def test_an_older_checkpoint_that_was_not_published_does_not_hide_that_the_log_went_back(sealed: Sealed) -> None:
    """The backup was taken between a checkpoint and its publication."""
    sealed.grow(4, 3)
    sealed.tamper(*BACK, CUT, "DELETE FROM proofs.published")
    for _ in range(2):
        with pytest.raises(SealingRefused, match="gone back"):
            sealed.seal()
    assert len(sealed.sink.notes()) == 2


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        (
            "UPDATE proofs.tiles SET hashes = set_byte(hashes, 5, get_byte(hashes, 5) # 1)",
            "not the one that was sealed",
        ),
        ("DELETE FROM proofs.tiles", "lacks what was sealed"),
        ("UPDATE proofs.checkpoints SET note = replace(note, E'\\n4\\n', E'\\n3\\n')", "signature is wrong"),
        ("UPDATE proofs.tiles SET hashes = hashes || hashes", "not the one that was sealed"),
        ("UPDATE log.events SET position = 1000 WHERE position = 5", "no event at position 5"),
    ],
)
def test_what_does_not_go_on_from_what_was_sealed_is_not_signed(sealed: Sealed, statement: str, why: str) -> None:
    sealed.grow(4)
    sealed.append(1)
    sealed.tamper(statement)
    with pytest.raises(SealingRefused, match=why):
        sealed.seal()
    assert len(sealed.sink.notes()) == 1


def test_the_worker_seals_by_itself(sealed: Sealed) -> None:
    sealed.append(3)
    files = {"Q2C_SIGNING_KEY": str(sealed.folder / "key.pem"), "Q2C_CHECKPOINTS": str(sealed.sink.file)}
    env = environment(sealed.folder, DATABASE_URL=sealed.url, **files)
    assert command("worker")
    with started("worker", env=env):
        eventually(lambda: len(sealed.sink.notes()) == 1, "the first checkpoint is published")
        sealed.append(2)
        eventually(lambda: verified(sealed, [sealed.signer]).sealed == 5, "what came after is sealed")


STATEMENTS = {
    "SELECT FROM proofs.tiles": {Role.SEALER, Role.WRITER, Role.READER, Role.AUDITOR},
    "SELECT FROM proofs.log": {Role.SEALER, Role.WRITER, Role.READER, Role.AUDITOR},
    "SELECT FROM proofs.checkpoints": {Role.SEALER, Role.WRITER, Role.READER, Role.AUDITOR},
    "INSERT INTO proofs.tiles VALUES (7, 7, '')": {Role.SEALER},
    "INSERT INTO proofs.checkpoints (size, note, made_at) VALUES (7, '', now())": {Role.SEALER},
    "UPDATE proofs.tiles SET hashes = hashes || '.'": {Role.SEALER},
    "UPDATE proofs.tiles SET number = 7": set(),
    "UPDATE proofs.checkpoints SET note = ''": set(),
    "UPDATE proofs.log SET name = ''": set(),
    **{
        f"{verb} proofs.{table}": set()
        for verb in ("DELETE FROM", "TRUNCATE", "DROP TABLE")
        for table in ("tiles", "checkpoints", "published")
    },
}


@pytest.mark.parametrize("role", Role)
def test_only_the_sealer_adds_to_the_proofs_and_nobody_changes_them(sealed: Sealed, role: Role) -> None:
    sealed.grow(1)
    with connect_sync(sealed.url, role, "test") as connection:
        for statement, allowed in STATEMENTS.items():
            if role in allowed:
                connection.execute(statement.encode())
            else:
                with pytest.raises(InsufficientPrivilege):
                    connection.execute(statement.encode())


def test_not_even_the_owner_changes_them(sealed: Sealed) -> None:
    sealed.grow(1)
    for statement in (
        "UPDATE proofs.tiles SET hashes = substr(hashes, 2)",
        "UPDATE proofs.tiles SET number = 7",
        "DELETE FROM proofs.tiles",
        "TRUNCATE proofs.tiles",
        "UPDATE proofs.checkpoints SET note = ''",
        "DELETE FROM proofs.checkpoints",
        "TRUNCATE proofs.checkpoints CASCADE",
        "DELETE FROM proofs.published",
        "TRUNCATE proofs.published",
    ):
        with psycopg.connect(sealed.url) as connection, pytest.raises(InsufficientPrivilege):
            connection.execute(statement.encode())
