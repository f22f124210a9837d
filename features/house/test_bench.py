"""What is measured is told to people and to machines, with its bar and whether it is met."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from features.house.processes import environment, q2c
from infrastructure.servers.postgres import SUPERUSER, Cluster
from interfaces.benchmark import appending
from interfaces.benchmark.figures import Figure, ratio, slowest
from interfaces.benchmark.servers import Server


def test_appends_are_measured_beside_limit_and_peer_and_leave_nothing_behind(cluster: Cluster) -> None:
    server = Server("given", cluster.url("postgres", SUPERUSER), SUPERUSER)
    figures = [each.as_json() for each in appending.appends_of(server, 2, 0.05)]
    assert [figure["name"].rpartition(" / ")[2] for figure in figures[1:]] == ["limit", "stock"]
    assert all(set(figure) == {"name", "value", "unit", "bar", "met"} for figure in figures)
    assert all(figure["value"] > 0 for figure in figures)
    with psycopg.connect(server.url) as connection:
        left = connection.execute("SELECT count(*) FROM pg_database WHERE starts_with(datname, 'q2c_bench')")
        assert left.fetchone() == (0,)


@pytest.mark.parametrize(
    ("value", "bars", "bar", "met"),
    [
        (1.2, {"least": 1.2}, "at least 1.2", True),
        (1.19, {"least": 1.2}, "at least 1.2", False),
        (5.0, {"most": 5.0}, "at most 5", True),
        (5.1, {"most": 5.0}, "at most 5", False),
        (5.1, {}, None, None),
    ],
)
def test_a_bar_is_met_or_not(value: float, bars: dict[str, float], bar: str | None, met: bool | None) -> None:
    figure = Figure("appends", value, "x", "", **bars)
    assert (figure.bar, figure.met) == (bar, met)


def test_a_ratio_is_the_median_of_rounds() -> None:
    assert ratio("ours / theirs", [10, 30, 100], [10, 10, 10], "").value == 3
    assert slowest([3, 1, 2, 4], 0.5) == 3
    assert slowest([3, 1, 2, 4], 1) == 4


def test_without_a_server_that_may_be_used_it_says_so(state: Path) -> None:
    url = "postgresql://someone:very-secret@127.0.0.1:1/nowhere"
    done = q2c("bench", "numbers", "--quick", env=environment(state, DATABASE_URL=url))
    assert done.returncode == 1
    assert "very-secret" not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
