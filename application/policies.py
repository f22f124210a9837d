"""From quote to cash, told in the order in which it happens: whenever this is so, do that.

A policy is a pure function of one event. The key of what it asks for names the business fact, so that the fact has one
consequence, however often the event is seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import get_type_hints

from application.billing import InvoiceDelivery, IssueInvoice
from application.contracting import ActivateContract, DraftContract
from application.ordering import CancelOrder, ConfirmOrder, PlaceContractOrder, PlaceOrder
from application.payments import AllocatePaymentByReference
from application.unit_of_work import Reaction
from domain.billing import Invoice
from domain.contracting import Contract
from domain.ordering import Order
from domain.payments import Payment
from domain.quoting import Quote
from domain.shared.aggregate import Event


def whenever_quote_accepted_draft_contract_or_place_order(event: Quote.Accepted) -> Iterator[Reaction]:
    """With contract terms it becomes a contract to sign, else an order (Q6)."""
    fact = f"agreement of {event.originator_id} revision {event.revision}"
    if event.has_contract_terms:
        yield Reaction(fact, DraftContract(quote_id=event.originator_id, revision=event.revision))
    else:
        yield Reaction(fact, PlaceOrder(quote_id=event.originator_id, revision=event.revision))


def whenever_contract_signed_activate_it(event: Contract.Signed) -> Iterator[Reaction]:
    """Signatures of both sides put it in force."""
    yield Reaction(f"activation of {event.originator_id}", ActivateContract(), event.originator_id)


def whenever_contract_activated_place_order(event: Contract.Activated) -> Iterator[Reaction]:
    """What was agreed is ordered."""
    yield Reaction(f"order of {event.originator_id}", PlaceContractOrder(contract_id=event.originator_id))


def whenever_contract_terminated_cancel_its_order(event: Contract.Terminated) -> Iterator[Reaction]:
    """What was not delivered by then no longer will be (C6)."""
    if event.order_id is not None:
        yield Reaction(f"end of {event.order_id}", CancelOrder(reason="The contract was terminated."), event.order_id)


def whenever_order_placed_confirm_it(event: Order.Placed) -> Iterator[Reaction]:
    """Seller and buyer have agreed to it already, by the accepted quote or the signed contract."""
    yield Reaction(f"confirmation of {event.originator_id}", ConfirmOrder(), event.originator_id)


def whenever_order_fulfilled_invoice_the_delivery(event: Order.Fulfilled) -> Iterator[Reaction]:
    """A delivery is billed, unless the contract's schedule bills."""
    if event.billable:
        command = InvoiceDelivery(order_id=event.originator_id, delivery=event.delivery)
        yield Reaction(f"invoice of {event.originator_id} delivery {event.delivery}", command)


def whenever_invoice_drafted_issue_it(event: Invoice.Drafted) -> Iterator[Reaction]:
    """An invoice is issued at once, unless it is held."""
    if not event.held:
        yield Reaction(f"issue of {event.originator_id}", IssueInvoice(), event.originator_id)


def whenever_invoice_released_issue_it(event: Invoice.Released) -> Iterator[Reaction]:
    """What held it back is resolved."""
    yield Reaction(f"issue of {event.originator_id}", IssueInvoice(), event.originator_id)


def whenever_payment_settled_allocate_it(event: Payment.Settled) -> Iterator[Reaction]:
    """A payment settles the invoices that its payer names."""
    if event.remittance_information:
        yield Reaction(f"allocation of {event.originator_id}", AllocatePaymentByReference(), event.originator_id)


Policy = Callable[[Event], Iterator[Reaction]]

POLICIES: dict[type[Event], list[Policy]] = {}
for _name, _policy in list(globals().items()):
    if _name.startswith("whenever_"):
        POLICIES.setdefault(get_type_hints(_policy)["event"], []).append(_policy)


def reactions_to(event: Event) -> list[Reaction]:
    """Everything that follows from an event."""
    return [reaction for policy in POLICIES.get(type(event), ()) for reaction in policy(event)]
