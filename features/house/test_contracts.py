"""Every import contract has been seen to fail: a guard that was never seen to fail guards nothing."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]

VIOLATIONS = {
    "layers": ("projections/shared.py", "import application.unit_of_work"),
    "domain-contexts": ("domain/catalogue.py", "import domain.crm"),
    "application-contexts": ("application/catalogue.py", "import application.crm"),
    "read-models": ("projections/portal.py", "import projections.sales"),
    "domain-alone": ("domain/crm/customer.py", "from eventsourcing.persistence import Transcoding"),
    "application-alone": ("application/unit_of_work.py", "import pydantic"),
    "commands-write": ("interfaces/rest/commands/__init__.py", "import projections.shared"),
    "queries-read": ("interfaces/rest/queries/__init__.py", "import application.unit_of_work"),
    "entry-points": ("interfaces/rest/__init__.py", "import infrastructure.settings"),
    "no-cycles": ("infrastructure/settings.py", "import infrastructure.servers.places"),
}


def test_every_contract_has_a_violation_to_fail_on() -> None:
    assert {contract["id"] for contract in CONTRACTS} == set(VIOLATIONS)


@pytest.mark.parametrize("contract", CONTRACTS, ids=[contract["id"] for contract in CONTRACTS])
def test_a_planted_violation_breaks_its_contract(contract: dict[str, str], tmp_path: Path) -> None:
    copy_to(tmp_path)
    assert not is_broken(contract, tmp_path)
    file, violation = VIOLATIONS[contract["id"]]
    imported = tmp_path / violation.split()[1].replace(".", "/")
    if imported.parent.is_dir() and not imported.is_dir():
        imported.with_suffix(".py").touch()
    with (tmp_path / file).open("a") as module_file:
        module_file.write(f"\n{violation}\n")
    assert is_broken(contract, tmp_path)


def copy_to(folder: Path) -> None:
    """Copy what the linter reads."""
    for package in ("domain", "application", "projections", "interfaces", "infrastructure", "features/house"):
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)


def is_broken(contract: dict[str, str], folder: Path) -> bool:
    """Whether the linter names this contract as the one that is broken."""
    command = "from importlinter.cli import lint_imports_command as lint; lint()"
    done = subprocess.run(
        [sys.executable, "-c", command, "--no-cache", "--no-logo", "--contract", contract["id"]],
        cwd=folder,
        check=False,
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(folder), "COLUMNS": "200"},
    )
    said = done.stdout + done.stderr
    if done.returncode == 0:
        assert "1 kept, 0 broken" in said
        return False
    assert f"{contract['name']} BROKEN" in said, said
    return True
