"""What a table may say that is not what it seems, and what a dry run and a second import leave alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest

from features.conftest import NUMBERS, TEMPLATE, WORKER, administration, create
from features.importing.running import recorded, run, run_import
from features.world import World
from infrastructure.migrate import migrate
from infrastructure.servers.postgres import Cluster
from interfaces.importing.csv_files.reading import read
from interfaces.importing.rows import BadRow, Row, Unreadable
from interfaces.importing.wishes import Origin

BALANCES = "customer,number,issue_date,due_date,currency,open_amount\n"
SELLER = ("--seller", "NL")


@pytest.mark.parametrize("written", ["1.190", "1,190", "-1.190", "12.500", "999,999"])
def test_what_may_be_thousands_or_decimals_is_refused_with_both(written: str) -> None:
    row = Row("a.csv", 2, {"amount": written}, decimal_comma=True)
    with pytest.raises(BadRow) as refused:
        row.signed("amount")
    whole = written.replace(".", "").replace(",", "")
    reason = refused.value.problem.reason
    assert f"is {whole} to some" in reason
    assert f"{whole[:-3]},{whole[-3:]} to others" in reason


@pytest.mark.parametrize(
    ("written", "number"),
    [
        *(("1190", "1190"), ("1190,50", "1190.50"), ("1190.50", "1190.50"), ("1,19", "1.19"), ("1,1900", "1.1900")),
        *(("0,125", "0.125"), ("1190,000", "1190.000"), ("-1190", "-1190")),
    ],
)
def test_what_can_only_be_one_number_is_read(written: str, number: str) -> None:
    assert Row("a.csv", 2, {"amount": written}, decimal_comma=True).signed("amount") == Decimal(number)


def test_a_point_among_commas_can_only_be_decimal() -> None:
    assert Row("a.csv", 2, {"amount": "1.190"}).signed("amount") == Decimal("1.190")


def test_an_opening_balance_with_a_point_for_thousands_is_told(tmp_path: Path) -> None:
    header = BALANCES.replace(",", ";")
    (tmp_path / "opening_balances.csv").write_text(f"{header}C-1;A-1;2025-11-01;2025-12-01;EUR;1.190\n")
    sheets = read([tmp_path])
    assert sheets.balances == []
    assert [problem.column for problem in sheets.problems] == ["open_amount"]


@pytest.mark.parametrize("rows", ["", "A,B,C,D\n", "A,Lamp,x\n", "A,Lamp,x\nB,Lamp,x\n"])
def test_a_header_is_judged_whatever_its_rows(tmp_path: Path, rows: str) -> None:
    (tmp_path / "products.csv").write_text("sku,name,shoe_size\n" + rows)
    told = [problem for problem in read([tmp_path]).problems if problem.row == 1]
    assert [(problem.column, problem.reason[:22]) for problem in told] == [("shoe_size", "is none of its columns")]


@pytest.mark.parametrize(
    ("header", "reason"),
    [(b"sku,name,name\n", "more than one column name"), (b"sku,name,\xff\n", "a header that is not UTF-8 text")],
)
def test_a_header_that_says_two_things_or_none_is_refused(tmp_path: Path, header: bytes, reason: str) -> None:
    (tmp_path / "products.csv").write_bytes(header + b"A,Lamp,Desk lamp\n")
    with pytest.raises(Unreadable, match=reason):
        read([tmp_path])


def test_markup_in_a_table_is_told_as_it_stands(database_url: str, tmp_path: Path) -> None:
    (tmp_path / "customers.csv").write_text("external_id,name,country_code,[eur]\nC-1,Muster KG,[/],1\n")
    done = run(database_url, "csv", str(tmp_path), "--dry-run")
    assert done.returncode == 3, done.stderr
    assert "'[/]' is not a country's code" in done.stdout
    assert "[eur]" in done.stdout


def test_opening_balances_of_a_customer_that_was_merged_are_known(
    world: World, database_url: str, tmp_path: Path
) -> None:
    body = {"name": "Muster KG", "external_id": "C-1", "address": {"country_code": "DE"}}
    alias = world.api.done("/customers", body).id
    path = tmp_path / "opening_balances.csv"
    first, second = (f"C-1,A-{n},2025-11-0{n},2025-12-01,EUR,10.00\n" for n in (1, 2))
    path.write_text(BALANCES + first)
    assert run_import(database_url, "csv", tmp_path, *SELLER).code == 0
    world.api.done(f"/customers/{alias}/merge", {"into": world.customer})
    path.write_text(BALANCES + first + second)
    added = run_import(database_url, "csv", tmp_path, *SELLER)
    again = run_import(database_url, "csv", tmp_path, *SELLER)
    assert (added.code, again.code) == (0, 0), (added.said, again.said)
    assert [(run.said["files"][0]["new"], run.said["files"][0]["known"]) for run in (added, again)] == [(1, 1), (0, 2)]


def test_what_is_dated_today_is_not_yet_to_come() -> None:
    nine = datetime(2026, 3, 2, 9, tzinfo=UTC)
    here = Origin("csv", "Europe/Berlin")
    assert here.wish("a", None, date(2026, 3, 2), now=nine).envelope.at == nine
    assert here.wish("a", None, date(2026, 3, 1), now=nine).envelope.at == datetime(2026, 3, 1, 11, tzinfo=UTC)


@pytest.fixture
def empty_url(cluster: Cluster) -> Iterator[str]:
    """A database that was never migrated."""
    yield from database_like("template1", cluster)


@pytest.fixture
def outdated_url(cluster: Cluster) -> Iterator[str]:
    """A database that lacks the latest migration, as far as it knows."""
    for url in database_like(TEMPLATE, cluster):
        migrate(url)
        with psycopg.connect(url) as connection:
            connection.execute(
                "DELETE FROM applied_migrations WHERE number = (SELECT max(number) FROM applied_migrations)"
            )
        yield url


def database_like(template: str, cluster: Cluster) -> Iterator[str]:
    name = f"dry_{WORKER}_{next(NUMBERS)}"
    with administration(cluster) as connection:
        create(connection, name, template)
        yield cluster.url(name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_a_dry_run_leaves_an_empty_database_empty(empty_url: str, tmp_path: Path) -> None:
    told = refused_dry_run(empty_url, tmp_path)
    assert "the database is empty, and nothing was changed: run `q2c migrate` first" in told
    with psycopg.connect(empty_url) as connection:
        tables = "SELECT count(*) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        assert connection.execute(tables).fetchone() == (0,)


def test_a_dry_run_does_not_migrate(outdated_url: str, tmp_path: Path) -> None:
    count = "SELECT count(*) FROM applied_migrations"
    with psycopg.connect(outdated_url) as connection:
        before = connection.execute(count).fetchone()
    told = refused_dry_run(outdated_url, tmp_path)
    assert "lacks" in told
    assert "run `q2c migrate` first" in told
    with psycopg.connect(outdated_url) as connection:
        assert connection.execute(count).fetchone() == before


def refused_dry_run(url: str, folder: Path) -> str:
    (folder / "products.csv").write_text("sku,name\nA,Lamp\n")
    done = run(url, "csv", str(folder), "--dry-run")
    assert (done.returncode, done.stdout) == (1, "")
    return done.stderr


def test_a_dry_run_of_a_migrated_database_tells_what_would_happen(database_url: str, tmp_path: Path) -> None:
    (tmp_path / "products.csv").write_text("sku,name\nA,Lamp\n")
    assert run_import(database_url, "csv", tmp_path, "--dry-run").said["files"][0]["new"] == 1
    assert recorded(database_url) == []
