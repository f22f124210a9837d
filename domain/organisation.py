"""The seller's side: legal entities with their tax tables, and the series that number their documents."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from domain.shared.aggregate import Aggregate, Event
from domain.shared.countries import check_country
from domain.shared.document import Charge, Line
from domain.shared.identities import derived
from domain.shared.money import minor_units
from domain.shared.party import (
    Address,
    Parties,
    Party,
    VatNumberCheck,
    check_time_zone,
    check_vat_id,
    local_date,
)
from domain.shared.refusal import Invalid, Refusal
from domain.shared.tax import UNTAXED, Supply, Tax, TaxRate, determine

SERIES_PREFIX = re.compile(r"[A-Z0-9]{1,20}")
"""What payers can write and readers can find in a line of remittance information."""

SERIES_CODE = re.compile(r"[A-Z]{2,10}")
"""The part of a number that tells the series: `INV`, `CN`, or what a house adds."""


class IssueDatePrecedesSeries(Refusal):
    """A document of this series bears a later issue date already."""

    rule = "I1"


class LegalEntity(Aggregate):
    """A company that sells: its currency, its time zone, its tax table."""

    ACTIONS = {"active": ("set_tax_rates",)}

    name: str
    address: Address
    currency: str
    time_zone: str
    vat_id: str | None
    series_prefix: str

    def __init__(self, id: UUID) -> None:
        super().__init__(id)
        self.tax_rates: tuple[TaxRate, ...] = ()
        self.tax_table_version = 0

    class Registered(Event):
        name: str
        address: Address
        currency: str
        time_zone: str
        vat_id: str | None
        series_prefix: str
        """What the numbers of its documents begin with, before the kind: `AW` gives `AW-INV-2026-000001`."""

        def apply(self, entity: LegalEntity) -> None:
            entity.state = "active"
            entity.name, entity.address = self.name, self.address
            entity.currency, entity.time_zone = self.currency, self.time_zone
            entity.vat_id, entity.series_prefix = self.vat_id, self.series_prefix

    class TaxRatesSet(Event):
        version: int
        tax_rates: tuple[TaxRate, ...]

        def apply(self, entity: LegalEntity) -> None:
            entity.tax_rates, entity.tax_table_version = self.tax_rates, self.version

    def register(
        self,
        *,
        name: str,
        address: Address,
        currency: str,
        time_zone: str,
        vat_id: str | None,
        series_prefix: str,
        vat_number_check: VatNumberCheck,
        at: datetime,
    ) -> None:
        """A new seller. Refuses unknown currencies, time zones and VAT numbers."""
        check_country(address.country_code)
        minor_units(currency)
        check_time_zone(time_zone)
        if not SERIES_PREFIX.fullmatch(series_prefix):
            raise Invalid("A prefix is 1 to 20 capital letters and digits.", pointer="/series_prefix")
        self.record(
            self.Registered,
            at,
            name=name,
            address=address,
            currency=currency,
            time_zone=time_zone,
            vat_id=check_vat_id(vat_id, vat_number_check),
            series_prefix=series_prefix,
        )

    def set_tax_rates(self, tax_rates: Sequence[TaxRate], at: datetime) -> None:
        """A new version of the whole dated table; documents keep the version that they were made with."""
        self.require("set_tax_rates")
        for index, row in enumerate(tax_rates):
            if not 0 <= row.rate < 100:
                raise Invalid("A rate is a percentage from 0 to under 100.", pointer=f"/tax_rates/{index}/rate")
            if row.category == "E" or (row.category in UNTAXED) != (row.rate == 0):
                raise Invalid(
                    "S has a rate and the others have none; an exemption (E) is given on the line, with its reason.",
                    pointer=f"/tax_rates/{index}/category",
                )
        if len({(row.jurisdiction, row.tax_class, row.valid_from) for row in tax_rates}) < len(tax_rates):
            raise Invalid("A jurisdiction has one rate for each class and day.", pointer="/tax_rates")
        self.record(self.TaxRatesSet, at, version=self.tax_table_version + 1, tax_rates=tuple(tax_rates))

    def today(self, at: datetime) -> date:
        """Which day it is for this seller."""
        return local_date(at, self.time_zone)

    def as_party(self) -> Party:
        """What documents freeze of it."""
        return Party(name=self.name, address=self.address, vat_id=self.vat_id)

    def tax_at(self, taxed: Line | Charge, parties: Parties, tax_point: date) -> Tax:
        """The tax of what was agreed, on the day that decides; one given by hand stays (I6)."""
        if taxed.tax_class is None:
            return taxed.tax
        return self.tax_of(parties, goods=taxed.goods, tax_class=taxed.tax_class, tax_point=tax_point)

    def tax_of(self, parties: Parties, *, goods: bool, tax_class: str, tax_point: date) -> Tax:
        """How a supply to that buyer is taxed: goods where they go, services where the buyer is."""
        supply = Supply(
            seller_country=self.address.country_code,
            buyer_country=parties.ship_to_country if goods else parties.buyer.country_code,
            seller_vat_id=self.vat_id,
            buyer_vat_id=parties.buyer.vat_id,
            buyer_vat_country=parties.buyer.vat_country,
            goods=goods,
            tax_class=tax_class,
            tax_point=tax_point,
        )
        return determine(supply, self.tax_rates)


class NumberSeries(Aggregate):
    """The numbers of a legal entity, kind of document and year. Its version is the last number: no gap can exist."""

    ACTIONS = {"": ("take",)}

    last_issue_date: date = date.min

    class NumberTaken(Event):
        series: str
        document_id: UUID
        issue_date: date

        def apply(self, series: NumberSeries) -> None:
            series.last_issue_date = self.issue_date

    @staticmethod
    def id_for(entity_id: UUID, series: str) -> UUID:
        """Each series and year is a stream of its own."""
        return derived(entity_id, f"series {series}")

    def take(self, series: str, document_id: UUID, issue_date: date, at: datetime) -> str:
        """The next number. Refuses an issue date before that of the last number."""
        if issue_date < self.last_issue_date:
            raise IssueDatePrecedesSeries(f"Series {series} stands at {self.last_issue_date}.", pointer="/issue_date")
        self.record(self.NumberTaken, at, series=series, document_id=document_id, issue_date=issue_date)
        return f"{series}-{self.version:06d}"
