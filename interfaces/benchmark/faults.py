"""What the log and the service survive, at full size: the features of faults, each with its negative control."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from infrastructure.servers import ServerError
from interfaces.benchmark.figures import Figure

FEATURES = Path(__file__).parents[2] / "features"
RUN = ("faults", "event_log", "projecting/test_crashes.py", "operating/test_standby.py")
UNDONE = frozenset(("failure", "error", "skipped"))


def survived() -> Iterator[Figure]:
    """Every fault: 1 where it was survived. Raises ServerError where the tests are not installed."""
    if importlib.util.find_spec("pytest") is None or not FEATURES.is_dir():
        raise ServerError("The faults are tests of a checkout with its development packages: run `make check` in it.")
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={report}"]
        subprocess.run(
            [*command, *(str(FEATURES / each) for each in RUN)],
            check=False,
            cwd=FEATURES.parent,
            env={**os.environ, "Q2C_FULL": "1"},
            stdout=sys.stderr,
        )
        # Written a moment ago by a program of ours.
        for case in ElementTree.parse(report).iter("testcase"):  # noqa: S314
            yield _figure(case)


def _figure(case: ElementTree.Element) -> Figure:
    module = case.get("classname", "").removeprefix("features.").replace(".test_", ": ")
    name = case.get("name", "").removeprefix("test_").replace("_", " ")
    was_survived = not any(child.tag in UNDONE for child in case)
    took = f"in {float(case.get('time', 0)):.0f} s"
    return Figure(f"{module}: {name}", float(was_survived), "survived", took, least=1)
