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


def actions_of(kind: Kind, state: str) -> list[str]:
    """What people may do with it next."""
    return list(_KINDS[kind].aggregate.ACTIONS.get(state, ()))
