"""`q2c serve` keeps the service running, and stops whole."""

from __future__ import annotations

import json
import os
import signal
import socket
from functools import partial
from pathlib import Path

import pytest

from features.house.processes import (
    environment,
    eventually,
    free_port,
    is_ready,
    pid_of,
    processes_of,
    q2c,
    q2c_here,
    started,
)


def test_a_taken_port_is_said_before_anything_starts(state: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = q2c("serve", env=environment(state, Q2C_PORT=str(port)))
    assert said.returncode == 1
    assert said.stderr.startswith(f"q2c: Port {port} is taken")
    assert "Q2C_PORT" in said.stderr
    assert not processes_of(state)


def test_the_service_outlives_the_death_of_any_of_its_processes(state: Path) -> None:
    port = free_port()
    with started("serve", env=environment(state, Q2C_PORT=str(port))) as supervisor:
        eventually(lambda: is_ready(supervisor, port), "the service is ready")
        for part in ("interfaces.cli api", "interfaces.cli worker", "bin/postgres", "valkey-server"):
            killed = pid_of(state, part)
            os.kill(killed, signal.SIGKILL)
            eventually(partial(_another, state, part, killed), f"another {part}")
            eventually(lambda: is_ready(supervisor, port), f"the service is ready without the first {part}")
        supervisor.send_signal(signal.SIGINT)
        assert supervisor.wait(60) == 0
    assert not processes_of(state)


def _another(state: Path, part: str, than: int) -> bool:
    return any(part in words and pid != than for pid, words in processes_of(state).items())


def test_a_killed_supervisor_leaves_no_process(state: Path) -> None:
    port = free_port()
    with started("serve", env=environment(state, Q2C_PORT=str(port))) as supervisor:
        eventually(lambda: is_ready(supervisor, port), "the service is ready")
        supervisor.kill()
        supervisor.wait()
        eventually(lambda: not processes_of(state), "nothing is left behind")


def test_a_setting_that_is_not_valid_is_said_in_a_line(state: Path) -> None:
    said = q2c("settings", env=environment(state, Q2C_PORT="eighty"))
    assert said.returncode == 1
    assert "port" in said.stderr
    assert "Traceback" not in said.stderr


@pytest.mark.parametrize("asked", ["settings", "serve", "api", "worker"])
def test_a_setting_that_is_none_is_named_with_the_one_that_may_be_meant(state: Path, asked: str) -> None:
    given = {"Q2C_LOGLEVEL": "secret-word", "Q2C_WHATEVER": "1", "Q2C_HOST": "192.0.2.1"}  # where nothing starts
    said = q2c_here(asked, env=environment(state, **given)).stderr.splitlines()
    assert said[:2] == [
        "q2c: Q2C_LOGLEVEL is no setting and does nothing, perhaps Q2C_LOG_LEVEL is meant; `q2c settings` lists them",
        "q2c: Q2C_WHATEVER is no setting and does nothing; `q2c settings` lists them",
    ]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"Q2C_OIDC_ISSUER": "https://provider.example"}, "asks for Q2C_OIDC_CLIENT_ID, Q2C_OIDC_CLIENT_SECRET_FILE"),
        ({"Q2C_OIDC_ROLES": "sellers=nobody"}, "oidc_roles: Value error, 'sellers=nobody' is no group=role; roles are"),
        ({"REDIS_URL": "http://x:secret-word@localhost"}, "REDIS_URL: Value error, it begins with one of redis://"),
    ],
)
def test_what_no_process_could_start_with_is_said_before_any_does(
    state: Path, given: dict[str, str], sentence: str
) -> None:
    said = q2c("serve", env=environment(state, **given))
    assert (said.returncode, said.stderr.count("\n")) == (1, 1)
    assert sentence in said.stderr
    assert "secret-word" not in said.stderr
    assert not processes_of(state)


def test_settings_hide_secrets(state: Path) -> None:
    said = q2c("settings", "--json", env=environment(state, DATABASE_URL="postgresql://x:secret-word@localhost/x"))
    assert "secret-word" not in said.stdout
    assert {row["variable"] for row in json.loads(said.stdout)} >= {"DATABASE_URL", "Q2C_PORT"}
