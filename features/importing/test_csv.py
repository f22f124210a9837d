"""`q2c import csv` through the command line; what became of it, through the interface."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from pytest_bdd import given, parsers, scenarios, then, when

from features.importing.running import Imported, kill_import, recorded, run, run_import
from features.world import World

scenarios("csv.feature")

Table = list[list[str]]
SYSTEM = "csv"
SELLER = ("--seller", "NL")
FILES = ("customers.csv", "products.csv", "price_books.csv", "opening_balances.csv")


@dataclass
class Importing:
    """What a scenario imports, where to, and how that ended each time."""

    world: World
    folder: Path
    url: str
    imports: list[Imported] = field(default_factory=list)

    def run(self, *options: str) -> None:
        self.imports.append(run_import(self.url, SYSTEM, self.folder, *SELLER, *options))

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text, encoding="utf-8", newline="")

    @property
    def last(self) -> Imported:
        return self.imports[-1]

    def get(self, path: str, **parameters: Any) -> Any:
        """A query that sees what was imported."""
        return self.world.api.get(path, after=len(recorded(self.url)), **parameters)

    def customer(self, external_id: str) -> dict[str, Any] | None:
        found = self.get("/customers", external_id=external_id)["items"]
        view: dict[str, Any] | None = self.get(f"/customers/{found[0]['customer_id']}") if found else None
        return view

    def price(self, book: str, sku: str) -> dict[str, Any]:
        (found,) = (item for item in self.get("/price-books")["items"] if item["name"] == book)
        prices = self.get(f"/price-books/{found['price_book_id']}")["prices"]
        one: dict[str, Any]
        (one,) = (one for one in prices if one["sku"] == sku)
        return one

    def invoices(self) -> list[dict[str, Any]]:
        """By number."""
        ids = [item["document_id"] for item in self.get("/invoices", limit=200)["items"]]
        return sorted((self.get(f"/invoices/{id}")["document"] for id in ids), key=lambda one: str(one["number"]))


@given("a seller with the series prefix NL", target_fixture="importing")
def importing_into(world: World, tmp_path: Path, database_url: str) -> Importing:
    return Importing(world, tmp_path, database_url)


@given("the templates in a folder")
def templates(importing: Importing) -> None:
    importing.folder /= "new"
    assert run(importing.url, SYSTEM, "--template", str(importing.folder)).returncode == 0
    assert {path.name for path in importing.folder.iterdir()} == set(FILES)
    again = run(importing.url, SYSTEM, "--template", str(importing.folder))
    assert again.returncode == 1
    assert "has customers.csv, products.csv, price_books.csv, opening_balances.csv already" in again.stderr


@given("a folder with these files")
def folder_with(importing: Importing, datatable: Table) -> None:
    lines: dict[str, list[str]] = defaultdict(list)
    for file, row in datatable[1:]:
        lines[file].append(row)
    for file, rows in lines.items():
        importing.write(file, "\n".join(rows) + "\n")


@given("a folder with these files, saved by a spreadsheet with semicolons")
def folder_of_a_spreadsheet(importing: Importing, datatable: Table) -> None:
    folder_with(importing, datatable)
    for path in importing.folder.iterdir():
        importing.write(path.name, "\ufeff" + path.read_text(encoding="utf-8").replace("\n", "\r\n"))


@given("the customer C-1 with city, representative and contact")
def customer(importing: Importing) -> None:
    importing.world.api.done(
        "/customers",
        {
            "name": "Muster KG",
            "external_id": "C-1",
            "address": {"country_code": "DE", "city": "Kiel"},
            "representative": "ann",
            "contacts": [{"name": "Ida Larsen", "email": "ida@example.com"}],
            "payment_terms": {"note": "At once.", "lines": [{"percent": "100"}]},
        },
    )


@given("the opening balance 2025-44 of 2025-11-20 over 1190.00 was imported")
def one_imported(importing: Importing) -> None:
    write_balances(importing, [("2025-44", date(2025, 11, 20), "1190.00")])
    importing.run()
    assert importing.last.code == 0


@given("an import of 60 opening balances was killed half-way")
def killed(importing: Importing) -> None:
    first = date(2025, 1, 1)
    write_balances(importing, [(f"A-{n}", first + timedelta(days=n % 9), f"{n + 1}.00") for n in range(60)])
    kill_import(importing.url, recorded(importing.url)[-1].position + 30, SYSTEM, importing.folder, *SELLER)
    assert len(recorded(importing.url)) < 120


@when("a dry run is made")
def dry_run(importing: Importing) -> None:
    before = len(recorded(importing.url))
    importing.run("--dry-run")
    assert importing.last.said["imported"] is False
    assert len(recorded(importing.url)) == before


@when("the folder is imported")
@when("the folder is imported again")
def imported(importing: Importing) -> None:
    importing.run()


@when("the folder is imported as far as it goes")
def imported_in_part(importing: Importing) -> None:
    importing.run("--partial")


@then(parsers.parse("{rows:d} row of each file is new, and nothing was changed"))
def are_new(importing: Importing, rows: int) -> None:
    assert importing.last.code == 0
    assert {one["file"]: one["new"] for one in importing.last.said["files"]} == dict.fromkeys(FILES, rows)


@then(parsers.parse("{rows:d} row of each file is known"))
def are_known(importing: Importing, rows: int) -> None:
    first, second = importing.imports[-2:]
    assert (first.code, second.code) == (0, 0)
    assert {one["file"]: one["known"] for one in second.said["files"]} == dict.fromkeys(FILES, rows)
    assert first.said["position"] == second.said["position"] == len(recorded(importing.url))


@then("the customer C-1001, its contact, the product LAMP-1 and its price are there")
def are_there(importing: Importing) -> None:
    found = importing.customer("C-1001")
    assert found is not None
    assert "Ida Larsen" in str(found)
    assert "LAMP-1" in {item["sku"] for item in importing.get("/products")["items"]}
    assert importing.price("List prices", "LAMP-1")["unit_price"] == "99.50"


@then("these are the problems")
def problems_are(importing: Importing, datatable: Table) -> None:
    said = importing.last.said["problems"]
    expected = datatable[1:]
    assert [[one["file"], str(one["row"]), one["column"]] for one in said] == [one[:3] for one in expected]
    reasons = zip(said, expected, strict=True)
    assert [reason for one, (*_, reason) in reasons if reason not in one["reason"]] == []
    assert importing.last.code == 3


@then("nothing that tells of a person is repeated")
def nothing_personal(importing: Importing) -> None:
    said = str(importing.last.said)
    assert "ida@example.com" not in said
    assert "nobody" not in said
    assert "DE123456789" not in said


@then("the import ends with code 1, and nothing was imported")
def refused(importing: Importing) -> None:
    assert (importing.last.code, importing.last.said["imported"]) == (1, False)
    assert importing.customer("C-1") is None


@then("the import ends with code 3, and the customer C-1 is there, but not C-2")
def in_part(importing: Importing) -> None:
    assert (importing.last.code, importing.last.said["imported"]) == (3, True)
    assert importing.customer("C-1") is not None
    assert importing.customer("C-2") is None


@then("the customer is named anew, and its city, representative, e-mail address and terms are as they were")
def changed(importing: Importing) -> None:
    assert importing.last.code == 0, importing.last.said
    found = importing.customer("C-1")
    assert found is not None
    told = str(found)
    for kept in ("Muster & Söhne KG", "Kiel", "ann", "ida@example.com", "+49 431 555 0199", "At once."):
        assert kept in told


@then("the price of 11 lamps in that book is 79.50")
def tiers(importing: Importing) -> None:
    assert [tier["unit_price"] for tier in importing.price("Import", "LAMP")["tiers"]] == ["89.50", "79.50"]


@then("these invoices are open")
def are_open(importing: Importing, datatable: Table) -> None:
    columns = datatable[0]
    assert [[str(one[column]) for column in columns] for one in importing.invoices()] == datatable[1:]
    assert importing.last.said["files"][0]["known"] == len(datatable) - 1


@then(parsers.parse("{count:d} invoices are open, numbered without a gap in the order of their dates"))
def all_open(importing: Importing, count: int) -> None:
    assert importing.last.code == 0
    invoices = importing.invoices()
    assert [one["number"] for one in invoices] == [f"NL-OPEN-2025-{n:06}" for n in range(1, count + 1)]
    days = [one["document_date"] for one in invoices]
    assert days == sorted(days)
    assert len({one["external_reference"] for one in invoices}) == count


def write_balances(importing: Importing, balances: list[tuple[str, date, str]]) -> None:
    rows = [f"C-1,{number},{day},{day + timedelta(days=30)},EUR,{amount}" for number, day, amount in balances]
    header = "customer,number,issue_date,due_date,currency,open_amount"
    importing.write("opening_balances.csv", "\n".join([header, *rows, ""]))
