"""Words that are found nowhere else, and where they are looked for."""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from httpx2 import Response
from redis import Redis
from stdnum.iso7064 import mod_11_10

from infrastructure.database import connect_sync
from infrastructure.servers.postgres import Cluster
from infrastructure.servers.valkey import Valkey


class Words:
    """Words that are found nowhere else, and what was done with them."""

    def __init__(self) -> None:
        self.used: list[str] = []
        self.answers: list[Response] = []

    def __call__(self, what: str) -> str:
        """A new one."""
        self.used.append(f"Zqxjvk{what}{os.urandom(6).hex()}X")
        return self.used[-1]

    def vat_number(self) -> str:
        """A new one that passes the check of its country."""
        digits = f"9876{len(self.used):04}"
        self.used.append(f"DE{digits}{mod_11_10.calc_check_digit(digits)}")
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


class Search:
    """For words, however encoded; fast for many of them, since all begin alike."""

    def __init__(self, words: Iterable[str]) -> None:
        self._alike: dict[bytes, list[tuple[bytes, int, str]]] = {}
        """By four bytes: encodings that bear them, and where."""
        for word in words:
            for encoding in encodings(word):
                at = len(encoding) - 4 if encoding == word.encode()[::-1] else 0
                self._alike.setdefault(encoding[at : at + 4], []).append((encoding, at, word))
        self._pattern = re.compile(b"|".join(re.escape(part) for part in self._alike))

    def __call__(self, content: bytes) -> set[str]:
        """Those that are in it."""
        found: set[str] = set()
        at = 0
        while match := self._pattern.search(content, at):
            for encoding, offset, word in self._alike[match.group()]:
                if content.startswith(encoding, max(match.start() - offset, 0)):
                    found.add(word)
            at = match.start() + 1  # one may begin within another
        return found


def in_files(cluster: Cluster, database_url: str, words: list[str]) -> set[str]:
    """Those of the words that are in a file: tables and indexes of the database, WAL, what Postgres logs."""
    search = Search(words)
    with connect_sync(database_url, None, "test") as connection:
        row = connection.execute("SELECT oid FROM pg_database WHERE datname = current_database()").fetchone()
    assert row is not None
    folders = cluster.data / "base" / str(row[0]), cluster.data / "global", cluster.data / "pg_wal"
    files = [cluster.log, *(file for folder in folders for file in folder.rglob("*") if file.is_file())]
    return {word for file in files for word in search(_content(file))}


def in_valkey(server: Valkey, words: list[str]) -> set[str]:
    """Those of the words that are in a key, a value or a file of it, once it has written down all that it knows."""
    search = Search(words)
    with Redis.from_url(server.url) as client:
        client.save()
        held = [content for key in client.scan_iter() for content in (key, client.get(key))]
    files = [file.read_bytes() for file in server.home.rglob("*") if file.is_file()]
    return {word for content in (*held, *files) for word in search(content)}


def logged(caplog: pytest.LogCaptureFixture) -> bytes:
    """By the service: the test's own client logs what it asks for."""
    return "\n".join(each.getMessage() for each in caplog.records if not each.name.startswith("http")).encode()


def _content(file: Path) -> bytes:
    """Nothing where Postgres has taken it away meanwhile: what it held is in what took its place."""
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return b""
