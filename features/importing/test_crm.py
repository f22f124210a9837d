"""What files of a CRM may have wrong in them concerns what it is wrong in, and nothing else."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from domain.shared.refusal import NotAllowedNow
from features.importing.running import recorded, run, run_import
from features.world import World
from interfaces.importing.crm import commands
from interfaces.importing.crm.files import read

LONG = "A very long name of a house that sells hardware in many countries, "
TEAMS = "sales_agent\nAda Lund\n"
PIPELINE = "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value\n"


def folder_with(folder: Path, accounts: list[str], *, product: str = "GTX Pro", written: str = "GTX Pro") -> Path:
    """Each account has won one opportunity, for what is written of the product."""
    (folder / "accounts.csv").write_text(
        "account,sector,office_location\n" + "".join(f'"{name}",retail,Poland\n' for name in accounts)
    )
    (folder / "products.csv").write_text(f"product,series,sales_price\n{product},GTX,4800\n")
    (folder / "sales_teams.csv").write_text(TEAMS)
    rows = (
        f'A{n},Ada Lund,{written},"{name}",Won,2017-01-03,2017-01-20,4700\n' for n, name in enumerate(accounts, start=1)
    )
    (folder / "sales_pipeline.csv").write_text(PIPELINE + "".join(rows))
    return folder


def test_an_agent_that_is_not_utf8_is_told(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, ["Hill & Sons"])
    (folder / "sales_teams.csv").write_bytes(TEAMS.encode() + b"Bo F\xe4lk\n")
    source = read(folder)
    (problem,) = source.problems
    assert (problem.file, problem.row, problem.reason) == ("sales_teams.csv", 3, "is not UTF-8 text")
    assert len(source.opportunities) == 1


def test_what_was_not_sent_cannot_be_won(tmp_path: Path) -> None:
    (row,) = read(folder_with(tmp_path, ["Hill & Sons"])).opportunities
    with pytest.raises(NotAllowedNow, match="was not sent"):
        commands.won(row, date(2017, 1, 20), [])


def test_long_names_that_begin_alike_are_two_customers(database_url: str, tmp_path: Path) -> None:
    done = run_import(database_url, "crm", folder_with(tmp_path, [LONG + "north", LONG + "south"]))
    assert (done.code, done.said["problems"], done.said["stages"]["Won"]) == (0, [], 2)
    registered = [each for each in recorded(database_url) if each.topic.startswith("crm.Customer.Registered")]
    assert len(registered) == 2


def test_an_account_that_is_refused_is_left_out_alone(world: World, database_url: str, tmp_path: Path) -> None:
    world.api.done("/customers", {"name": "X", "external_id": "crm:Palmwind", "address": {"country_code": "PL"}})
    done = run_import(database_url, "crm", folder_with(tmp_path, ["Hill & Sons", "Palmwind"]))
    assert (done.code, done.said["stages"]["Won"]) == (3, 1)
    (problem,) = done.said["problems"]
    assert problem["row"] == 3
    assert problem["reason"].startswith("A2: account 'Palmwind': Something else already bears this.")


def test_markup_in_a_correction_is_told_as_it_stands(database_url: str, tmp_path: Path) -> None:
    folder = folder_with(tmp_path, ["Hill & Sons"], product="GTX[/]Pro", written="GTX[/] Pro")
    done = run(database_url, "crm", str(folder))
    assert done.returncode == 0, done.stderr
    assert "'GTX[/] Pro' was read as 'GTX[/]Pro' in 1 rows" in done.stdout
