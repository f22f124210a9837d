"""Commands on legal entities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from annotated_types import MaxLen, MinLen

from application.constraints import Code, Currency, Text
from application.unit_of_work import Context
from domain.organisation import LegalEntity
from domain.shared.party import Address
from domain.shared.tax import TaxRate


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterLegalEntity:
    """Register a company that sells."""

    name: Text
    address: Address
    currency: Currency
    time_zone: Text
    """IANA name, such as `Europe/Berlin`."""
    series_prefix: Code
    """What the numbers of its documents begin with; no other legal entity has it."""
    vat_id: Code | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetTaxRates:
    """Replace the dated table of tax rates. Documents keep the version that they were made with."""

    tax_rates: Annotated[tuple[TaxRate, ...], MinLen(1), MaxLen(1000)]


class Organisation(Context):
    """The seller's side."""

    async def register_legal_entity(self, entity_id: UUID, command: RegisterLegalEntity) -> None:
        """A new seller, whose series prefix nobody else has."""
        entity = self.work.new(LegalEntity, entity_id)
        entity.register(
            name=command.name,
            address=command.address,
            currency=command.currency,
            time_zone=command.time_zone,
            vat_id=command.vat_id,
            series_prefix=command.series_prefix,
            vat_number_check=self.work.vat_number_check,
            at=self.at,
        )
        self.work.claim("series_prefix", command.series_prefix, entity_id)
        self.work.save(entity)

    async def set_tax_rates(self, entity_id: UUID, command: SetTaxRates) -> None:
        """A new version of the tax table."""
        entity = await self.work.load(LegalEntity, entity_id)
        entity.set_tax_rates(command.tax_rates, self.at)
        self.work.save(entity)
