"""Whole imports through the command line."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from pytest_bdd import given, parsers, scenarios, then, when

from domain.billing import Invoice
from domain.quoting import Quote
from features.importing.folders import FACTS, SAMPLE, Rows, change
from features.importing.running import Imported, kill_import, recorded, run_import
from infrastructure.event_log import RecordedEvent
from infrastructure.sealing.sealed import PATTERN

scenarios("importing.feature")

BAD_ROW = 3


@dataclass
class Importing:
    """What a scenario imports, where to, and how that ended each time."""

    folder: Path
    url: str
    imports: list[Imported] = field(default_factory=list)

    def run(self) -> None:
        self.imports.append(run_import(self.url, "adventureworks", self.folder))

    @property
    def last(self) -> Imported:
        return self.imports[-1]

    def events(self, topic: str = "") -> list[RecordedEvent]:
        return [each for each in recorded(self.url) if each.topic.startswith(topic)]


@given("the sample was imported", target_fixture="importing")
def sample_was_imported(sample: Imported, sample_url: str) -> Importing:
    return Importing(SAMPLE, sample_url, [sample])


@given("an import of the sample was killed half-way", target_fixture="importing")
def killed_half_way(sample: Imported, database_url: str) -> Importing:
    kill_import(database_url, sample.said["position"] // 2, "adventureworks", SAMPLE)
    importing = Importing(SAMPLE, database_url)
    assert len(importing.events()) < sample.said["position"]
    return importing


@given(
    parsers.parse('a folder with a dozen orders, one of which has a quantity of "{quantity}"'),
    target_fixture="importing",
)
def dozen_orders(folder: Path, database_url: str, quantity: str) -> Importing:
    set_quantity(folder, quantity)
    return Importing(folder, database_url)


@given("it was imported")
@when("it is imported")
@when("it is imported again")
def imported(importing: Importing) -> None:
    importing.run()


@when("the row is put right, and it is imported again")
def put_right(importing: Importing) -> None:
    set_quantity(importing.folder, "3")
    importing.run()


@then(parsers.parse("{orders:d} orders with {lines:d} lines of {customers:d} customers are paid, and nothing is open"))
def whole_orders_are_paid(importing: Importing, orders: int, lines: int, customers: int) -> None:
    said = importing.last.said
    assert (said["orders"], said["lines"], said["customers"]) == (orders, lines, customers)
    orders_are_paid(importing, orders)


@then(parsers.parse("{orders:d} orders are paid, and nothing is open"))
def orders_are_paid(importing: Importing, orders: int) -> None:
    assert importing.last.said["orders"] == orders
    assert {one["open"] for one in importing.last.said["currencies"]} == {"0.00"}
    paid = [each.event for each in importing.events("billing.Invoice.PaymentApplied")]
    assert len(paid) == orders
    assert all(isinstance(event, Invoice.PaymentApplied) and event.settled for event in paid)


@then(parsers.parse("their invoices come to {usd} USD and {cad} CAD before freight and tax"))
def come_to(importing: Importing, usd: str, cad: str) -> None:
    sums = {one["currency"]: one["line_extension_total"] for one in importing.last.said["currencies"]}
    assert sums == {"USD": usd, "CAD": cad}


@then("each line was rounded once, which explains all of the difference to the file")
def rounding_is_told(importing: Importing) -> None:
    told = importing.last.said["rounding"]
    assert told == {
        "file_sales_amount": "4038354.9650",
        "line_extension_total": "4038355.18",
        "difference": "0.2150",
        "lines_rounded": 2080,
    }
    assert importing.last.said["problems"] == []
    assert importing.last.code == 0


@then("the invoices of a year are numbered without a gap, and their dates never go back")
def numbered(importing: Importing) -> None:
    issued = [each.event for each in importing.events("billing.Invoice.Issued")]
    invoices = sorted((event.number, event.issue_date) for event in issued if isinstance(event, Invoice.Issued))
    assert [number for number, _ in invoices] == [f"AW-INV-2011-{place:06}" for place in range(1, 214)]
    assert [day for _, day in invoices] == sorted(day for _, day in invoices)


@then("nothing but quotes, acceptances, deliveries and payments was asked for by the import")
def human_decisions_only(importing: Importing) -> None:
    asked = Counter(
        each.metadata["command"] for each in importing.events() if each.metadata["actor"] == "import adventureworks"
    )
    assert asked["RegisterCustomer"] == 177
    assert asked["RegisterProduct"] == 59
    master_data = {"RegisterLegalEntity", "SetTaxRates", "RegisterCustomer", "RegisterProduct", "OpenPriceBook"}
    deals = {name: count for name, count in asked.items() if name not in master_data | {"SetPrices"}}
    assert deals == dict.fromkeys(("DraftQuote", "SendQuote", "AcceptQuote", "FulfilOrder", "RecordPayment"), 213)


@then("the log stands where it stood")
def log_stands(importing: Importing) -> None:
    first, second = importing.imports
    assert first.said["position"] == second.said["position"] == len(importing.events())


@then("the import says the same as before")
def says_the_same(importing: Importing) -> None:
    first, second = (dict(each.said) for each in importing.imports)
    assert (first.pop("known_before"), second.pop("known_before")) == (0, 213)
    assert first.pop("seconds") > 0
    assert second.pop("seconds") > 0
    assert first == second


@then("the events are those of an import that was never killed")
def same_events(importing: Importing, sample_url: str) -> None:
    assert contents(importing.events()) == contents(recorded(sample_url))


@then("the import says which row of which file was left out, and why, and ends with code 3")
def told(importing: Importing) -> None:
    assert importing.last.said["left_out"] == ["SO43659"]
    assert importing.last.said["problems"] == [
        {
            "file": "FactResellerSales.csv",
            "row": BAD_ROW,
            "column": "OrderQuantity",
            "reason": "'-3' is not a whole number above zero",
        }
    ]
    assert importing.last.code == 3


@then("nothing is known of that order")
def nothing_known(importing: Importing) -> None:
    drafted = [each.event for each in importing.events("quoting.Quote.Drafted")]
    numbers = {event.offer.number for event in drafted if isinstance(event, Quote.Drafted)}
    assert len(numbers) == 11
    assert "SO43659" not in numbers


def set_quantity(folder: Path, quantity: str) -> None:
    def edit(rows: Rows) -> None:
        rows[BAD_ROW - 2]["OrderQuantity"] = quantity

    change(folder, FACTS, edit)


def contents(events: list[RecordedEvent]) -> list[tuple[str, int, str, bytes]]:
    """Every event without its place in the log, and without what is sealed with keys of each database's own."""
    return sorted(
        (str(each.originator_id), each.originator_version, each.topic, PATTERN.sub(b"", bytes(each.state)))
        for each in events
    )
