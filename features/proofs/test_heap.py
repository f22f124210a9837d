"""A bit is flipped in the files of a database that stands still; its pages have checksums, and it cannot read them."""

from __future__ import annotations

from pathlib import Path

import psycopg

from features.proofs.sealed import Sealed
from infrastructure.migrate import migrate
from infrastructure.proofs.keys import signer_of
from infrastructure.proofs.reading import log_name
from infrastructure.proofs.sink import Sink
from infrastructure.servers.postgres import SUPERUSER, Cluster, running

EVENTS = 60


def test_a_bit_in_a_file_is_found_and_its_event_named(state: Path, tmp_path: Path) -> None:
    with running(state) as cluster:
        migrate(cluster.url())
        sealed = _sealed(cluster, tmp_path)
        sealed.grow(EVENTS)
        with psycopg.connect(cluster.url()) as connection:
            rows = connection.execute("SELECT position, ctid::text FROM log.events ORDER BY position").fetchall()
            file = connection.execute("SELECT pg_relation_filepath('log.events')").fetchone()
    second = next(position for position, place in rows if place.startswith("(1,"))
    assert file
    path = cluster.data / str(file[0])
    content = bytearray(path.read_bytes())
    content[8192 + 5000] ^= 4
    path.write_bytes(content)
    with running(state) as cluster:
        found = _sealed(cluster, tmp_path).judged()
        assert (found["good"], found["first_wrong_position"]) == (False, second)


def _sealed(cluster: Cluster, folder: Path) -> Sealed:
    with psycopg.connect(cluster.url("postgres", SUPERUSER)) as connection:
        assert connection.execute("SHOW data_checksums").fetchone() == ("on",)
    signer = signer_of(folder / "key.pem", log_name(cluster.url()))
    return Sealed(cluster.url(), cluster, signer, Sink(folder / "sink.jsonl"), folder)
