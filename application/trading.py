"""What quotes and invoices written by hand share: who trades with whom, and charges on the whole document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from application.constraints import Amount, Text
from application.unit_of_work import UnitOfWork
from domain.crm import Customer
from domain.organisation import LegalEntity
from domain.shared.document import Charge
from domain.shared.money import Money
from domain.shared.party import Parties
from domain.shared.tax import Tax

STANDARD = "standard"


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentCharge:
    """A charge on the whole document, such as freight."""

    reason: Text
    amount: Amount
    tax: Tax | None = None
    """That of goods of the standard class where not given."""


async def parties_of(work: UnitOfWork, seller: LegalEntity, customer: Customer) -> Parties:
    """Seller and buyer as they are now: the customer, who pays for it, and where the goods go."""
    bill_to = customer if customer.bill_to == customer.id else await work.read(Customer, customer.bill_to)
    ship_to = customer if customer.ship_to == customer.id else await work.read(Customer, customer.ship_to)
    return Parties(
        seller_id=seller.id,
        seller=seller.as_party(),
        time_zone=seller.time_zone,
        sold_to_id=customer.id,
        bill_to_id=bill_to.id,
        ship_to_id=ship_to.id,
        ship_to_country=ship_to.address.country_code,
        buyer=bill_to.as_party(),
        region=customer.region,
        segment=customer.segment,
    )


def charges_of(
    charges: Sequence[DocumentCharge], currency: str, seller: LegalEntity, parties: Parties, tax_point: date
) -> tuple[Charge, ...]:
    """The charges, taxed."""
    return tuple(
        Charge(
            one.reason,
            Money.of(one.amount, currency),
            one.tax or seller.tax_of(parties, goods=True, tax_class=STANDARD, tax_point=tax_point),
            None if one.tax else STANDARD,
        )
        for one in charges
    )
