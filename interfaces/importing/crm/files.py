"""What the files of the CRM say: each opportunity whole and free of contradictions, or left out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Literal, TypeVar

from interfaces.importing.crm.spellings import CODES, COUNTRIES, SECTORS, Corrections, squeezed
from interfaces.importing.rows import BadRow, Problem, Row, Table, Unreadable

DealStage = Literal["Prospecting", "Engaging", "Won", "Lost"]

COLUMNS = (
    *("opportunity_id", "sales_agent", "product", "account", "deal_stage"),
    *("engage_date", "close_date", "close_value"),
)


@dataclass(frozen=True, slots=True)
class Account:
    """Who may buy."""

    name: str
    sector: str
    country: str
    country_code: str


@dataclass(frozen=True, slots=True)
class HardwareProduct:
    """What may be bought."""

    name: str
    series: str
    list_price: Decimal


Named = TypeVar("Named", Account, HardwareProduct)


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineRow:
    """An opportunity as the file has it."""

    row: int
    number: str
    agent: str
    product: HardwareProduct
    account: Account | None
    """Missing for many that are still open."""
    deal_stage: DealStage
    engaged_on: date | None
    closed_on: date | None
    close_value: Decimal
    """What it was won for."""


@dataclass(slots=True)
class Source:
    """Everything that the files say."""

    file: str = ""
    opportunities: list[PipelineRow] = field(default_factory=list)
    """In the order of the file."""
    rows: int = 0
    """Of the pipeline, the bad ones included."""
    corrections: Corrections = field(default_factory=Corrections)
    problems: list[Problem] = field(default_factory=list)

    @property
    def days(self) -> list[date]:
        """Every day on which the file says that something happened."""
        return sorted({day for one in self.opportunities for day in (one.engaged_on, one.closed_on) if day})


def read(folder: Path) -> Source:
    """Read the whole folder. Raises Unreadable where a file is missing, damaged or of another layout."""
    source = _Reading(folder).source
    if not source.days:
        raise Unreadable(f"{source.file} has no opportunity with a day")
    return source


class _Reading:
    """The folder while it is read."""

    def __init__(self, folder: Path) -> None:
        pipeline = Table(folder, "sales_pipeline", COLUMNS)
        self.source = Source(file=pipeline.path.name)
        self._accounts: dict[str, Account] = {}
        self._products: dict[str, HardwareProduct] = {}
        self._agents: set[str] = set()
        for row in self._rows(Table(folder, "accounts", ("account", "sector", "office_location"))):
            self._keep(row, self._account)
        for row in self._rows(Table(folder, "products", ("product", "series", "sales_price"))):
            self._keep(row, self._product)
        for row in self._rows(Table(folder, "sales_teams", ("sales_agent",))):
            self._keep(row, lambda row: self._agents.add(row.text("sales_agent")))
        numbers: set[str] = set()
        for row in self._rows(pipeline, counted=True):
            self._keep(row, lambda row: self.source.opportunities.append(self._opportunity(row, numbers)))

    def _rows(self, table: Table, *, counted: bool = False) -> list[Row]:
        found = list(table.rows())
        self.source.rows += len(found) if counted else 0
        self.source.problems += [one for one in found if isinstance(one, Problem)]
        return [one for one in found if isinstance(one, Row)]

    def _keep(self, row: Row, read_row: Callable[[Row], None]) -> None:
        try:
            read_row(row)
        except BadRow as bad:
            self.source.problems.append(bad.problem)

    def _account(self, row: Row) -> None:
        corrections, location = self.source.corrections, "office_location"
        country = corrections.spelled(row.file, location, row.name(location), COUNTRIES)
        if country not in CODES:
            raise row.bad(location, f"{country!r} is no country that is known")
        sector = corrections.spelled(row.file, "sector", row.text("sector"), SECTORS)
        name = row.name("account")
        self._accounts[squeezed(name)] = Account(name, sector, country, CODES[country])

    def _product(self, row: Row) -> None:
        name = row.code("product")
        self._products[squeezed(name)] = HardwareProduct(name, row.text("series"), row.amount("sales_price"))

    def _opportunity(self, row: Row, numbers: set[str]) -> PipelineRow:
        number, stage = row.code("opportunity_id"), row.text("deal_stage")
        if number in numbers:
            raise row.bad("opportunity_id", f"{number} is in another row already")
        if row.name("sales_agent") not in self._agents:
            raise row.bad("sales_agent", f"{row.name('sales_agent')!r} is not in sales_teams")
        found = PipelineRow(
            row=row.number,
            number=number,
            agent=row.name("sales_agent"),
            product=self._named(row, "product", self._products),
            account=self._named(row, "account", self._accounts) if row.text("account") else None,
            deal_stage=_stage(row, stage),
            engaged_on=row.day("engage_date") if row.text("engage_date") or stage != "Prospecting" else None,
            closed_on=row.day("close_date") if stage in ("Won", "Lost") else None,
            close_value=row.amount("close_value") if stage == "Won" else Decimal(0),
        )
        _check(row, found)
        numbers.add(number)
        return found

    def _named(self, row: Row, column: str, known: dict[str, Named]) -> Named:
        written = row.name(column)
        found = known.get(squeezed(written))
        if found is None:
            raise row.bad(column, f"{written!r} is not in {column}s")
        self.source.corrections.read_as(row.file, column, written, found.name)
        return found


def _stage(row: Row, stage: str) -> DealStage:
    match stage:
        case "Prospecting" | "Engaging" | "Won" | "Lost":
            return stage
    raise row.bad("deal_stage", f"{stage[:40]!r} is none of Prospecting, Engaging, Won, Lost")


def _check(row: Row, found: PipelineRow) -> None:
    """Refuse what cannot be: decided before it began, won from nobody or for nothing."""
    if found.closed_on and found.engaged_on and found.closed_on < found.engaged_on:
        raise row.bad("close_date", f"{found.closed_on} is before it was engaged in on {found.engaged_on}")
    if found.deal_stage == "Won" and (found.account is None or not found.close_value):
        raise row.bad("account" if found.account is None else "close_value", "is missing, though it is won")
