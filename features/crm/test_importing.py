"""Steps for the import of opportunities, through the command line."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pytest_bdd import given, parsers, scenarios, then, when

from domain.crm import Opportunity
from domain.quoting import Quote
from features.house.processes import environment, q2c_here
from features.importing.running import recorded
from infrastructure.wiring import open_system
from interfaces.cli.importing._running import Front
from interfaces.importing.crm.carrying import Import
from interfaces.importing.crm.files import read

scenarios("importing.feature")

FILES = {
    "accounts": """account,sector,year_established,revenue,employees,office_location,subsidiary_of
Hill & Sons,technolgy,1996,1100.04,2822,United States,
Palmwind,retail,2001,12.5,40,Philipines,
""",
    "products": """product,series,sales_price
GTX Pro,GTX,4800
MG Special,MG,55
""",
    "sales_teams": """sales_agent,manager,regional_office
Ada Lund,Mia Berg,East
Bo Falk,Mia Berg,West
""",
    "sales_pipeline": """opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value
AAAA0001,Ada Lund,GTXPro,Hill & Sons,Won,2017-01-03,2017-01-20,4700
AAAA0002,Ada Lund,MG Special,Hill & Sons,Won,2017-01-03,2017-02-01,50
AAAA0003,Bo Falk,MG Special,Palmwind,Lost,2017-01-04,2017-01-20,0
AAAA0004,Bo Falk,GTX Pro,Palmwind,Engaging,2017-01-05,,
AAAA0005,Bo Falk,GTX Pro,,Engaging,2017-01-20,,
AAAA0006,Bo Falk,GTX Pro,,Prospecting,,,
AAAA0007,Ada Lund,GTX Pro,Palm wind,Won,2017-01-03,2017-01-03,850
""",
}
PIPELINE = "sales_pipeline.csv"
ENOUGH = 6
"""Steps before an import is killed."""


@dataclass
class Importing:
    """The folder, the database, and how each run ended."""

    folder: Path
    url: str
    codes: list[int] = field(default_factory=list)
    said: list[dict[str, Any]] = field(default_factory=list)

    def run(self) -> None:
        env = environment(self.folder, DATABASE_URL=self.url)
        done = q2c_here("import", "crm", str(self.folder), "--json", env=env)
        self.codes.append(done.returncode)
        self.said.append(json.loads(done.stdout) if done.stdout else {})


@given("the files of a small CRM", target_fixture="importing")
def _(tmp_path: Path, database_url: str) -> Importing:
    for name, text in FILES.items():
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    return Importing(tmp_path, database_url)


@given(parsers.parse('one of them was won for "{value}"'))
def _(importing: Importing, value: str) -> None:
    path = importing.folder / PIPELINE
    path.write_text(path.read_text().replace(",4700\n", f",{value}\n"), encoding="utf-8")


@given("there is no pipeline")
def _(importing: Importing) -> None:
    (importing.folder / PIPELINE).unlink()


class Killed(Exception):
    """As if the process had ended."""


@given("an import of them was killed half-way")
def _(importing: Importing) -> None:
    async def broken_off() -> None:
        async with open_system(importing.url, "q2c test") as system:
            steps = iter(range(ENOUGH))

            def moved(_: int) -> None:
                if next(steps, None) is None:
                    raise Killed

            await Import(read(importing.folder), Front(system), moved).run()

    with pytest.raises(BaseExceptionGroup):
        asyncio.run(broken_off())
    assert recorded(importing.url)


@when("they are imported")
@when("they are imported again")
def _(importing: Importing) -> None:
    importing.run()


@then(
    parsers.parse(
        'there are {a:d} "Prospecting", {b:d} "Engaging", {c:d} "Won" and {d:d} "Lost" opportunities,'
        " {missing:d} without an account"
    )
)
def _(importing: Importing, a: int, b: int, c: int, d: int, missing: int) -> None:
    said = importing.said[-1]
    assert said["stages"] == {"Prospecting": a, "Engaging": b, "Won": c, "Lost": d}, said
    assert said["without_account"] == missing


@then(parsers.parse("{percent} percent of what was decided is won, for {amount}"))
def _(importing: Importing, percent: str, amount: str) -> None:
    said = importing.said[-1]
    assert (said["win_rate_percent"], Decimal(said["won_amount"])) == (percent, Decimal(amount))


@then("the log says the same as the report")
def _(importing: Importing) -> None:
    topics = Counter(each.topic for each in recorded(importing.url))
    assert topics["crm.Opportunity.Opened"] == 7
    assert topics["quoting.Quote.Sent"] == topics["crm.Opportunity.MilestoneReached"] - topics["quoting.Quote.Accepted"]
    assert topics["ordering.Order.Confirmed"] == topics["crm.Opportunity.Won"] == topics["quoting.Quote.Accepted"] == 3
    assert topics["crm.Opportunity.Lost"] == topics["quoting.Quote.Declined"] == 1
    won = [each for each in recorded(importing.url) if isinstance(each.event, Opportunity.Won)]
    assert [each.event.timestamp.date().isoformat() for each in won] == ["2017-01-03", "2017-01-20", "2017-02-01"]
    assert topics["ordering.Order.Fulfilled"] == 0


@then(parsers.parse('"{a}", "{b}" and "{c}" were read as "{x}", "{y}" and "{z}"'))
def _(importing: Importing, a: str, b: str, c: str, x: str, y: str, z: str) -> None:
    read_as = {one["written"]: one["read_as"] for one in importing.said[-1]["corrections"]}
    assert read_as == {a: x, b: y, c: z, "Palm wind": "Palmwind"}


@then(parsers.parse("the log stands where it stood, and {known:d} were known before"))
def _(importing: Importing, known: int) -> None:
    first, second = importing.said
    assert (first["position"], second["known_before"]) == (second["position"], known)
    told = {"known_before", "seconds"}
    assert {key: value for key, value in first.items() if key not in told} == {
        key: value for key, value in second.items() if key not in told
    }


@then("every quote is there once")
def _(importing: Importing) -> None:
    topics = Counter(each.topic for each in recorded(importing.url))
    assert topics["quoting.Quote.Drafted"] == topics["crm.Opportunity.QuoteAttached"] == 5


@then(parsers.parse("it ends with code {code:d}"))
def _(importing: Importing, code: int) -> None:
    assert importing.codes[-1] == code


@then(parsers.parse("it ends with code {code:d}, and tells row {row:d} of the pipeline"))
def _(importing: Importing, code: int, row: int) -> None:
    (problem,) = importing.said[-1]["problems"]
    assert (importing.codes[-1], problem["file"], problem["row"]) == (code, PIPELINE, row)


@when("an account has moved, a price has changed and a row was added")
def _(importing: Importing) -> None:
    accounts, products, pipeline = (
        importing.folder / f"{name}.csv" for name in ("accounts", "products", PIPELINE[:-4])
    )
    accounts.write_text(accounts.read_text().replace("Philipines", "Japan"), encoding="utf-8")
    products.write_text(products.read_text().replace(",55", ",60"), encoding="utf-8")
    added = "AAAA0008,Ada Lund,MG Special,Palmwind,Engaging,2017-02-02,,"
    pipeline.write_text(pipeline.read_text() + added + "\n", encoding="utf-8")


@then(parsers.parse('it ends with code {code:d}, and says that "{name}" stays as it was'))
def _(importing: Importing, code: int, name: str) -> None:
    (problem,) = importing.said[-1]["problems"]
    assert importing.codes[-1] == code
    assert problem["reason"] == f"crm account {name} is known with other details, which stay"
    drafted = [each.event for each in recorded(importing.url) if isinstance(each.event, Quote.Drafted)]
    assert [event.totals.line_extension_total.amount for event in drafted][-1] == Decimal(60)


@then(parsers.parse("{count:d} opportunities are there"))
def _(importing: Importing, count: int) -> None:
    assert importing.said[-1]["opportunities"] == count
