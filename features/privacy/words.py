"""Words that are found nowhere else, and where they are looked for."""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Iterator
from pathlib import Path

from httpx2 import Response

from infrastructure.database import connect_sync
from infrastructure.servers.postgres import Cluster


class Words:
    """Words that are found nowhere else, and what was done with them."""

    def __init__(self) -> None:
        self.used: list[str] = []
        self.answers: list[Response] = []

    def __call__(self, what: str) -> str:
        """A new one."""
        self.used.append(f"Zq{what}{os.urandom(6).hex()}X")
        return self.used[-1]


def encodings(word: str) -> Iterator[bytes]:
    """As it could stand in a file."""
    plain = word.encode()
    yield plain
    yield plain[::-1]
    yield plain.hex().encode()
    yield plain.hex().upper().encode()
    yield word.encode("utf-16-le")
    for shift in range(3):  # wherever it begins within a longer text
        yield base64.b64encode(b"\0" * shift + plain)[4:-4]


def in_files(cluster: Cluster, database_url: str, words: list[str]) -> set[str]:
    """Those of the words that are in a file: tables and indexes of the database, WAL, what Postgres logs."""
    searched = {encoding: word for word in words for encoding in encodings(word)}
    pattern = re.compile(b"|".join(re.escape(encoding) for encoding in searched))
    with connect_sync(database_url, None, "test") as connection:
        row = connection.execute("SELECT oid FROM pg_database WHERE datname = current_database()").fetchone()
    assert row is not None
    folders = cluster.data / "base" / str(row[0]), cluster.data / "global", cluster.data / "pg_wal"
    files = [cluster.log, *(file for folder in folders for file in folder.rglob("*") if file.is_file())]
    return {searched[match.group()] for file in files for match in pattern.finditer(_content(file))}


def _content(file: Path) -> bytes:
    """Nothing where Postgres has taken it away meanwhile: what it held is in what took its place."""
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return b""
