"""Hostile bodies, sent to a server in a process of its own, whose memory is measured."""

from __future__ import annotations

import http.client
import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from features.hardening.bodies import BODIES, Hostile
from features.house.processes import command, environment, eventually, free_port, is_ready, signed

SECRET = "hunter2"
MOST_GROWTH = 50 * 2**20
PROBLEM = "application/problem+json"


class Server:
    """An API process, and one connection to it at a time."""

    def __init__(self, pid: int, port: int, authorization: dict[str, str]) -> None:
        self._pid, self._port, self._authorization = pid, port, authorization

    def answer(self, sent: Hostile) -> tuple[int, dict[str, str], str]:
        """Status, headers and content of what it answers, however early."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        headers = {"Content-Type": "application/json", "Idempotency-Key": "hostile", "If-Match": "*"}
        body = pieces(sent.body) if sent.in_chunks else sent.body
        try:
            with suppress(BrokenPipeError, ConnectionResetError):  # it may have answered before all was sent
                connection.request(
                    "POST",
                    sent.path,
                    body,
                    {**headers, **self._authorization, **sent.headers},
                    encode_chunked=sent.in_chunks,
                )
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read().decode()
        finally:
            connection.close()

    def highest_memory(self) -> int:
        """Bytes that it has had in memory at most since `forget_highest`."""
        return self._status("VmHWM")

    def forget_highest(self) -> int:
        """Measure anew; the bytes of now."""
        Path(f"/proc/{self._pid}/clear_refs").write_text("5")
        return self._status("VmRSS")

    def _status(self, name: str) -> int:
        lines = Path(f"/proc/{self._pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{name}:"))


def pieces(body: bytes) -> Iterator[bytes]:
    """A body whose length is not told before."""
    for start in range(0, len(body), 65_536):
        yield body[start : start + 65_536]


@contextmanager
def serving(state: Path, database_url: str) -> Iterator[Server]:
    port = free_port()
    env = environment(state, DATABASE_URL=database_url, Q2C_PORT=str(port))
    with subprocess.Popen(command("api"), env=env, stdin=subprocess.DEVNULL) as process:
        try:
            eventually(lambda: is_ready(process, port), "the API is ready")
            yield Server(process.pid, port, signed(database_url, "ann"))
        finally:
            process.terminate()


def test_there_are_enough_of_them() -> None:
    assert len({each.name for each in BODIES}) == len(BODIES) >= 60


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="memory is measured as Linux tells it")
def test_hostile_bodies_are_refused_and_not_echoed_and_take_little_memory(state: Path, database_url: str) -> None:
    with serving(state, database_url) as server:
        for _ in range(3):
            assert server.answer(Hostile("good", b'{"name": "Lamp", "sku": "LAMP"}'))[0] == 201
        before = server.forget_highest()
        answers = {each.name: server.answer(each) for each in BODIES}
        grown = server.highest_memory() - before
        assert server.answer(Hostile("good", b'{"name": "Lamp", "sku": "LAMP"}'))[0] == 201
    wrong = {each.name: answers[each.name] for each in BODIES if answers[each.name][0] != each.status}
    assert wrong == {}
    for name, (_, headers, content) in answers.items():
        assert headers["content-type"] == PROBLEM, name
        assert {"type", "title", "status", "code"} <= json.loads(content).keys(), name
        assert SECRET not in content + str(headers), name
        assert len(content) < 200_000, name
    print(f"{len(BODIES)} hostile bodies: memory grew by {grown / 2**20:.1f} MiB at most")  # seen with `pytest -s`
    assert grown < MOST_GROWTH
