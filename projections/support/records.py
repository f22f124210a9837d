"""What there is to know of each kind of record: what it is called, where it is read, what may be done with it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from domain.billing import CreditNote, Invoice
from domain.contracting import Contract
from domain.crm import Customer, Opportunity
from domain.ordering import Order, Return
from domain.payments import Payment
from domain.quoting import Quote
from domain.shared.aggregate import Aggregate
from projections.shared import actions_of
from projections.support.rows import Kind


@dataclass(frozen=True, slots=True)
class _Of:
    aggregate: type[Aggregate]
    title: str
    path: str


_KINDS: dict[Kind, _Of] = {
    "customer": _Of(Customer, "{}", "/support/customers"),
    "opportunity": _Of(Opportunity, "Opportunity with {}", "/pipeline/opportunities"),
    "quote": _Of(Quote, "Quote for {}", "/quotes"),
    "contract": _Of(Contract, "Contract with {}", "/contracts"),
    "order": _Of(Order, "Order by {}", "/orders"),
    "return": _Of(Return, "Return by {}", "/returns"),
    "invoice": _Of(Invoice, "Invoice to {}", "/invoices"),
    "credit_note": _Of(CreditNote, "Credit note to {}", "/credit-notes"),
    "payment": _Of(Payment, "Payment from {}", "/payments"),
}


def title_of(kind: Kind, customer_name: str, name: str | None) -> str:
    """Its own name, or what it is and whose."""
    return name or _KINDS[kind].title.format(customer_name)


def link_to(kind: Kind, record_id: UUID) -> str:
    """The path of the resource."""
    return f"{_KINDS[kind].path}/{record_id}"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a record stands, as far as what may be done with it asks."""

    kind: Kind
    state: str
    changing: bool
    unapplied: bool
    allocated: bool

    def actions(self) -> list[str]:
        """What people may do with it next."""
        return actions_of(
            _KINDS[self.kind].aggregate,
            self.state,
            changing=self.changing,
            unapplied=self.unapplied,
            allocated=self.allocated,
        )


STANDING = """r.kind, r.state, r.changing, coalesce(r.open_amount > 0, false) as unapplied,
    r.allocated_amount > 0 as allocated"""
"""The columns of a `Standing`, of the record `r`."""
