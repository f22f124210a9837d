"""A Postgres of our own starts by itself, keeps what it acknowledged, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from features.house.processes import command, environment, eventually, processes_of, q2c
from infrastructure.servers import ServerError, places, postgres
from infrastructure.servers.postgres import MAJOR_VERSION, Cluster, running
from infrastructure.settings import Settings

HOLD = """
import sys, pathlib
from infrastructure.servers.postgres import running
with running(pathlib.Path(sys.argv[1])):
    print("running", flush=True)
    sys.stdin.read()
"""


def postmaster(cluster: Cluster) -> int:
    return int((cluster.data / "postmaster.pid").read_text().split()[0])


def test_two_starts_on_one_folder_do_not_fight(state: Path) -> None:
    starts = [
        subprocess.Popen(command("migrate"), env=environment(state), stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    said = [start.communicate(timeout=120)[0] for start in starts]
    assert [start.returncode for start in starts] == [0, 0, 0], said
    assert sum("0001" in text for text in said) == 1
    eventually(lambda: not processes_of(state), "nothing is left behind")


def test_what_was_acknowledged_survives_the_death_of_the_server(state: Path) -> None:
    with running(state) as cluster:
        with psycopg.connect(cluster.url()) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 1 AS fact")
        os.kill(postmaster(cluster), signal.SIGKILL)
        eventually(lambda: not cluster.answers(), "the server is gone")
        cluster.start()
        with psycopg.connect(cluster.url()) as connection:
            assert connection.execute("SELECT fact FROM kept").fetchone() == (1,)


def test_a_pid_that_now_belongs_to_another_process_does_not_stop_the_start(state: Path) -> None:
    with running(state) as cluster:
        os.kill(postmaster(cluster), signal.SIGKILL)
        eventually(lambda: not cluster.answers(), "the server is gone")
        stranger = cluster.account.uid if os.geteuid() == 0 else None
        with subprocess.Popen(["sleep", "1000"], user=stranger, cwd="/") as sleeper:
            file = cluster.data / "postmaster.pid"
            file.write_text(f"{sleeper.pid}\n{file.read_text().partition(chr(10))[2]}")
            cluster.start()
            sleeper.kill()
        assert cluster.answers()


def test_a_killed_user_leaves_no_server_behind(state: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, state], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "running\n"
        assert processes_of(state)
        holder.kill()
    eventually(lambda: not processes_of(state), "the watchdog stops the server")


def test_the_server_runs_until_its_last_user_leaves(state: Path) -> None:
    with running(state) as first:
        with running(state):
            pass
        assert first.answers()
    assert not processes_of(state)


def test_nothing_acknowledged_can_be_lost_to_a_power_cut(cluster: Cluster) -> None:
    with psycopg.connect(cluster.url()) as connection:
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            assert connection.execute(f"SHOW {name}").fetchone() == ("on",)


def test_the_server_is_reached_by_its_socket_only(cluster: Cluster) -> None:
    with psycopg.connect(cluster.url()) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
    assert (cluster.home / "password").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(("allowed", "megabytes"), [(2**30, 256), (2**20, 128)])
def test_a_small_container_keeps_most_of_its_memory(
    state: Path, allowed: int, megabytes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit, unlimited = state / "memory.max", state / "unlimited"
    limit.write_text(f"{allowed}\n")
    unlimited.write_text("max\n")
    monkeypatch.setattr(postgres, "LIMITS", (state / "none", unlimited, limit))
    with running(state) as cluster, psycopg.connect(cluster.url()) as connection:
        assert connection.execute("SHOW shared_buffers").fetchone() == (f"{megabytes}MB",)


def test_a_long_path_does_not_break_the_socket(state: Path) -> None:
    deep = state / ("long" * 20) / ("path" * 10)
    deep.mkdir(parents=True)
    with running(deep) as cluster:
        assert len(os.fsencode(cluster.socket / places.SOCKET_NAME)) <= places.LONGEST_SOCKET_PATH
        assert cluster.answers()
    cluster.socket.rmdir()


def test_a_folder_of_another_major_version_is_left_alone(state: Path) -> None:
    data = state / "postgres" / "data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("17\n")
    said = q2c("migrate", env=environment(state))
    assert said.returncode == 1
    assert "belongs to Postgres 17" in said.stderr
    assert f"runs Postgres {MAJOR_VERSION}" in said.stderr
    assert "Traceback" not in said.stderr


def test_a_half_made_cluster_is_made_again(state: Path) -> None:
    (state / "postgres" / "data.new").mkdir(parents=True)
    (state / "postgres" / "password").write_text("of the half-made one")
    with running(state) as cluster:
        assert cluster.answers()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs servers as another user")
def test_a_chosen_folder_that_the_servers_user_cannot_reach_is_refused(state: Path) -> None:
    closed = state / "closed"
    closed.mkdir(mode=0o700)
    with pytest.raises(ServerError, match=r"Q2C_STATE_DIR .* cannot reach"):
        places.state_directory(Settings(state_dir=closed / "state"))


def test_a_database_that_does_not_answer_is_named_without_its_password(state: Path) -> None:
    for url in (
        "postgresql://somebody:secret-word@127.0.0.1:1/books",
        "postgresql://somebody:secret-word@127.0.0.1:port/books",
    ):
        said = q2c("migrate", env=environment(state, DATABASE_URL=url))
        assert said.returncode == 1
        assert said.stderr.startswith("q2c: The database ")
        assert "secret-word" not in said.stderr
