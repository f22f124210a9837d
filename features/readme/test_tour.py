"""The README's tour is pasted into a shell, block after block, and answers what the page says."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from features.house.processes import environment, eventually, free_port, is_ready, q2c, started
from features.readme import page

MARK = "==== end of block ===="


@pytest.mark.skipif(shutil.which("curl") is None, reason="the tour is told with curl, and there is none here")
def test_the_tour_answers_what_the_page_says(state: Path, tmp_path: Path) -> None:
    stops = page.tour()
    port = free_port()
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    env = environment(state, Q2C_PORT=str(port), PATH=path, COLUMNS="120")
    with started("serve", env=env) as supervisor:
        eventually(lambda: is_ready(supervisor, port), "the service is ready")
        eventually(lambda: _has_read_models(env), "the read models are there")
        first, second = (_pasted(stops, env, tmp_path) for _ in range(2))
        supervisor.terminate()
        assert supervisor.wait(60) == 0
    lacking = [page.missing(stop.answers, answer) for stop, answer in zip(stops, first, strict=True)]
    assert lacking == [[] for _ in stops], first
    assert _steps(second) == _steps(first), "nothing happens twice"


def test_the_tour_ends_with_a_settled_invoice_and_its_history() -> None:
    told = "\n".join(line for stop in page.tour() for line in stop.answers)
    assert "367.12\n367.12\n0.00" in told
    assert "invoice payment applied" in told


def _has_read_models(env: dict[str, str]) -> bool:
    """Whether the worker has made every read model: it begins with that on an empty state."""
    states = [each["state"] for each in json.loads(q2c("projection", "status", "--json", env=env).stdout)]
    return "missing" not in states


def _pasted(stops: list[page.Stop], env: dict[str, str], folder: Path) -> list[str]:
    """What each block answers, when all are pasted into one shell."""
    script = "\n".join(f"{stop.commands}\necho\necho '{MARK}'" for stop in stops)
    done = subprocess.run(
        ["/bin/sh", "-eu", "-c", script], check=False, capture_output=True, text=True, env=env, cwd=folder, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.split(MARK)[: len(stops)]


def _steps(answers: list[str]) -> list[str]:
    """What the last blocks tell: payment, history and page; each pasting makes keys, with which the log goes on."""
    return [re.sub(r"as of \d+", "", answer) for answer in answers[-3:]]
