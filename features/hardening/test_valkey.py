"""A Valkey of our own: it is there while somebody uses it, keeps nothing, and is nobody else's."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
import redis

from features.house.processes import eventually, processes_of
from infrastructure.servers import valkey


@pytest.fixture
def client_of(state: Path) -> redis.Redis:
    """Not connected before it is used."""
    return redis.Redis.from_url(valkey.Valkey(state).url, retry=None, socket_timeout=1)


def pid(client: redis.Redis) -> int:
    return int(client.info("server")["process_id"])


def test_it_runs_until_its_last_user_leaves(state: Path) -> None:
    with valkey.running(state) as first:
        with valkey.running(state):
            pass
        assert first.answers()
    eventually(lambda: not processes_of(state), "nothing is left behind")


def test_one_that_was_killed_is_started_again(state: Path, client_of: redis.Redis) -> None:
    with valkey.running(state) as server, client_of as client:
        killed = pid(client)
        os.kill(killed, signal.SIGKILL)
        eventually(lambda: not server.answers(), "it is gone")
        server.start()
        assert pid(client) != killed


def test_one_that_stands_still_is_not_replaced(state: Path, client_of: redis.Redis) -> None:
    with valkey.running(state) as server, client_of as client:
        stopped = pid(client)
        os.kill(stopped, signal.SIGSTOP)
        try:
            assert not server.answers()
            server.start()
        finally:
            os.kill(stopped, signal.SIGCONT)
        eventually(server.answers, "it goes on")
        client.connection_pool.disconnect()  # who asks anew finds the same one
        assert pid(client) == stopped


def test_it_is_reached_by_its_own_users_socket_only(state: Path, client_of: redis.Redis) -> None:
    with valkey.running(state) as server, client_of as client:
        assert client.config_get("port") == {"port": "0"}
        assert server.socket.stat().st_mode & 0o077 == 0
        assert server.socket.parent.stat().st_mode & 0o077 == 0
        assert server.home.stat().st_mode & 0o077 == 0


def test_it_keeps_nothing_on_disk_and_takes_no_more_memory_than_it_may(state: Path, client_of: redis.Redis) -> None:
    with valkey.running(state) as server, client_of as client:
        client.set("word", "hunter2")
        with pytest.raises(redis.OutOfMemoryError):
            client.mset({str(number): b"x" * 2**20 for number in range(65)})
        files = [path for path in server.home.rglob("*") if path.is_file()]
        assert {path.name for path in files} <= {"server.log", "server.pid"}
        assert b"hunter2" not in b"".join(path.read_bytes() for path in files)
