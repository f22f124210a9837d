"""Online Retail through the command line."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from pytest_bdd import given, parsers, scenarios, then, when

from domain.billing import CreditNote, Invoice
from domain.shared.aggregate import Event
from domain.shared.party import Buyer
from features.importing.folders import Rows, change
from features.importing.running import Imported, kill_import, recorded, run_import
from features.importing.test_importing import contents
from infrastructure.event_log import EventLog
from infrastructure.sealing import open_vault
from interfaces.importing.online_retail import documents

scenarios("online_retail.feature")

EXCERPT = Path(__file__).parent / "online_retail" / f"{documents.NAME}.csv"
SYSTEM = "online-retail"
Table = list[list[str]]


@dataclass
class Retail:
    """What a scenario imports, where to, and how that ended each time."""

    folder: Path
    url: str
    imports: list[Imported] = field(default_factory=list)

    @property
    def last(self) -> Imported:
        return self.imports[-1]

    def events(self, kind: type[Event]) -> list[Event]:
        return [each.event for each in recorded(self.url) if isinstance(each.event, kind)]

    def drafted(self) -> dict[str, Invoice.Drafted]:
        """By the file's numbers."""
        events = [event for event in self.events(Invoice.Drafted) if isinstance(event, Invoice.Drafted)]
        return {str(event.external_reference): event for event in events}

    def issued(self) -> list[Invoice.Issued]:
        return [event for event in self.events(Invoice.Issued) if isinstance(event, Invoice.Issued)]


@given("the excerpt of Online Retail", target_fixture="retail")
def excerpt(tmp_path: Path, database_url: str) -> Retail:
    (tmp_path / EXCERPT.name).write_bytes(EXCERPT.read_bytes())
    return Retail(tmp_path, database_url)


@given("an import of the excerpt of Online Retail was killed half-way", target_fixture="retail")
def killed(tmp_path: Path, database_url: str) -> Retail:
    retail = excerpt(tmp_path, database_url)
    kill_import(database_url, 30, SYSTEM, tmp_path)
    assert len(retail.issued()) < 13
    return retail


@given("a quantity of invoice 552541 that cannot be read")
def unreadable(retail: Retail) -> None:
    set_quantity(retail.folder, "many")


@when("it is imported")
@when("it is imported again")
def imported(retail: Retail) -> None:
    retail.imports.append(run_import(retail.url, SYSTEM, retail.folder))


@when("the quantity is put right, and it is imported again")
def put_right(retail: Retail) -> None:
    set_quantity(retail.folder, "12")
    imported(retail)


@then(
    parsers.parse("there are {named:d} invoices to customers over {billed}, {more:d} to anonymous buyers over {rest}")
)
def invoices_are(retail: Retail, named: int, billed: str, more: int, rest: str) -> None:
    said = retail.last.said
    assert (said["invoices"]["documents"], said["invoices"]["amount"]) == (named, billed)
    assert (said["anonymous_invoices"]["documents"], said["anonymous_invoices"]["amount"]) == (more, rest)
    assert len(retail.issued()) == named + more
    assert {str(event.totals.invoice_total_vat_amount) for event in retail.issued()} == {"0.00 GBP"}


@then(
    parsers.parse("there are {notes:d} credit notes over {amount}, {part:d} of them for a part of their cancellation")
)
def credit_notes_are(retail: Retail, notes: int, amount: str, part: int) -> None:
    said = retail.last.said["credit_notes"]
    assert (said["documents"], said["amount"], said["in_part"]) == (notes, amount, part)
    assert len(retail.events(CreditNote.Issued)) == notes


@then("these are the exceptions")
def exceptions_are(retail: Retail, datatable: Table) -> None:
    said = [[one["reason"], str(one["documents"]), one["amount"]] for one in retail.last.said["exceptions"]]
    assert said == datatable[1:]


@then(parsers.parse("all of it with {rounding} rounded off makes up the file's {total}"))
def proved(retail: Retail, rounding: str, total: str) -> None:
    proof = {name: Decimal(amount) for name, amount in retail.last.said["proof"].items()}
    parts = ("invoices", "anonymous_invoices", "credit_notes", "exceptions", "rounding")
    assert proof["rounding"] == Decimal(rounding)
    assert sum(proof[part] for part in parts) == proof["accounted"] == proof["file"] == Decimal(total)
    assert proof["unexplained"] == 0


@then(parsers.parse("the import ends with code {code:d}"))
def ends_with(retail: Retail, code: int) -> None:
    assert retail.last.code == code


@then(parsers.parse("credit note {number} takes back"))
def takes_back(retail: Retail, number: str, datatable: Table) -> None:
    (note,) = (
        event
        for event in retail.events(CreditNote.Issued)
        if isinstance(event, CreditNote.Issued) and event.external_reference == number
    )
    reference = {event.originator_id: name for name, event in retail.drafted().items()}
    invoices = [[reference[one.invoice_id], str(one.amount.amount)] for one in note.preceding_invoices]
    assert [[*one, line.note] for one, line in zip(invoices, note.lines, strict=True)] == datatable[1:]


@then("the invoices of each year are numbered without a gap in the order of the file")
def numbered(retail: Retail) -> None:
    numbers = {event.originator_id: (event.number, event.issue_date) for event in retail.issued()}
    in_file = [one for one in documents.read(EXCERPT).documents if one.kind == "sale" and one.priced]
    drafted = retail.drafted()
    said = [numbers[drafted[one.number].originator_id] for one in in_file]
    assert [day for _, day in said] == [one.at.date() for one in in_file]
    for year in (2010, 2011):
        of_year = [number for number, day in said if day.year == year]
        assert of_year == [f"OR-INV-{year}-{place:06}" for place in range(1, len(of_year) + 1)]


@then("these invoices are for")
def invoices_for(retail: Retail, datatable: Table) -> None:
    sealed = {number: event.parties.buyer for number, event in retail.drafted().items()}

    async def opened() -> dict[str, Buyer]:
        async with EventLog(retail.url) as log, open_vault(retail.url, log) as vault:
            return {number: await vault.opened_value(buyer) for number, buyer in sealed.items()}

    buyers = asyncio.run(opened())
    assert [[number, buyers[number].name, buyers[number].country_code] for number, *_ in datatable[1:]] == datatable[1:]


@then(parsers.parse("the log stands where it stood, and {known:d} documents were known"))
def log_stands(retail: Retail, known: int) -> None:
    first, second = (dict(one.said) for one in retail.imports)
    assert (first.pop("known_before"), second.pop("known_before")) == (0, known)
    assert first.pop("seconds") > 0
    assert second.pop("seconds") > 0
    assert first == second
    assert len(recorded(retail.url)) == second["position"]


@then("the events are those of an import that was never killed")
def same_events(retail: Retail, another_url: str) -> None:
    run_import(another_url, SYSTEM, retail.folder)
    assert contents(recorded(retail.url)) == contents(recorded(another_url))


@then(parsers.parse("row {row:d} is told for its {column}, and {amount} of that document are accounted for"))
def told(retail: Retail, row: int, column: str, amount: str) -> None:
    (problem,) = retail.last.said["problems"]
    assert (problem["row"], problem["column"]) == (row, column)
    assert retail.last.said["left_out"] == ["552541"]
    (left,) = (one for one in retail.last.said["not_billed"] if one["document"] == "552541")
    assert left["amount"] == amount
    assert retail.last.said["proof"]["unexplained"] == "0.000"


@then("it is told that the invoice of 552541 is dated later than in the file")
def dated_later(retail: Retail) -> None:
    (problem,) = retail.last.said["problems"]
    assert problem["column"] == "InvoiceDate"
    assert "552541: OR-INV-2011-000010 is dated 2011-10-27" in problem["reason"]
    assert retail.last.said["anonymous_invoices"]["documents"] == 2


def set_quantity(folder: Path, quantity: str) -> None:
    def edit(rows: Rows) -> None:
        next(row for row in rows if row["InvoiceNo"] == "552541")["Quantity"] = quantity

    change(folder, documents.NAME, edit)
