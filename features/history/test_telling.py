"""The command line tells values as they are, and writes files as a whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from features.world import World
from infrastructure.new_files import new_file
from infrastructure.servers import ServerError
from interfaces.cli import application


def q2c(database_url: str, *words: str) -> Result:
    return CliRunner().invoke(application(), ["history", *words], env={"DATABASE_URL": database_url, "COLUMNS": "200"})


def test_a_name_is_no_markup(world: World, database_url: str) -> None:
    address = {"country_code": "DE", "city": "Kiel"}
    customer = world.api.done("/customers", {"name": "A [/] [bold]B[/bold]", "address": address}).id
    told = q2c(database_url, customer)
    assert told.exit_code == 0, told.exception
    assert "A [/] [bold]B[/bold]" in told.output


def test_an_export_never_overwrites_and_leaves_no_half_a_file(world: World, database_url: str, tmp_path: Path) -> None:
    file = tmp_path / "history.jsonl"
    assert q2c(database_url, "export", str(file)).exit_code == 0
    assert len(file.read_text().splitlines()) == world.api.get("/health/ready")["position"]
    again = q2c(database_url, "export", str(file), "--kind", "crm")
    assert isinstance(again.exception, ServerError)
    assert "an export never overwrites another" in str(again.exception)
    with pytest.raises(OSError, match="no more space"):
        _write_half(tmp_path / "half")
    assert list(tmp_path.iterdir()) == [file]


def _write_half(file: Path) -> None:
    with new_file(file, "an export") as unfinished:
        unfinished.write_text("half")
        raise OSError("no more space")
