"""From quote to cash, told in the order in which it happens: whenever this is so, do that.

A policy is a pure function of one event. The key of what it asks for names the business fact, so that the fact has one
consequence, however often the event is seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import get_type_hints
from uuid import UUID

from application.billing import CreditInvoices, InvoiceCredit, InvoiceDelivery, IssueInvoice, LineCredit
from application.contracting import ActivateContract, DraftContract
from application.crm import AttachQuote, LoseOrder, PrepareHandOver, ReachMilestone, WinByOrder
from application.ordering import CancelOrder, ConfirmOrder, CountAlias, CreditReturn, PlaceContractOrder, PlaceOrder
from application.payments import AllocatePaymentByReference
from application.unit_of_work import Reaction
from domain.billing import Invoice
from domain.contracting import Contract
from domain.crm import Customer
from domain.ordering import DeliveryPart, Order, Return
from domain.payments import Payment
from domain.quoting import Quote
from domain.shared.aggregate import Event


def whenever_quote_drafted_for_opportunity_attach_it(event: Quote.Drafted) -> Iterator[Reaction]:
    """An opportunity has the quotes that were drafted for it; the first gives it its amount (F2)."""
    quote, opportunity = event.originator_id, event.offer.opportunity_id
    if opportunity is not None:
        command = AttachQuote(quote_id=quote, customer_id=event.offer.parties.sold_to_id)
        yield Reaction(f"attachment of {quote} to {opportunity}", command, opportunity)


def whenever_quote_sent_move_its_opportunity(event: Quote.Sent) -> Iterator[Reaction]:
    """The opportunity is as far as its quote, at least."""
    if event.opportunity_id is not None:
        fact = f"sending of {event.originator_id} revision {event.revision}"
        command = ReachMilestone(milestone="quote_sent", quote_id=event.originator_id)
        yield Reaction(fact, command, event.opportunity_id)


def whenever_quote_accepted_move_its_opportunity(event: Quote.Accepted) -> Iterator[Reaction]:
    """The customer has agreed; it is won once the seller has accepted the order."""
    if event.opportunity_id is not None:
        fact = f"acceptance of {event.originator_id} revision {event.revision}"
        command = ReachMilestone(milestone="quote_accepted", quote_id=event.originator_id)
        yield Reaction(fact, command, event.opportunity_id)


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
    if event.order_id is not None and event.order_open:
        yield Reaction(f"end of {event.order_id}", CancelOrder(reason="The contract was terminated."), event.order_id)


def whenever_contract_terminated_credit_what_was_billed_in_advance(event: Contract.Terminated) -> Iterator[Reaction]:
    """Nothing is paid for the time after its last day (C6); what was credited before is not credited again."""
    lines: dict[UUID, list[LineCredit]] = {}
    for part in event.unused:
        lines.setdefault(part.invoice_id, []).append(LineCredit(line_id=part.line_id, amount=part.amount.amount))
    if lines:
        those = tuple(InvoiceCredit(invoice_id=invoice, lines=tuple(its)) for invoice, its in lines.items())
        reason = f"The contract ended on {event.last_day}."
        command = CreditInvoices(credits=those, reason=reason, as_far_as_left=True)
        yield Reaction(f"credit after the end of {event.originator_id}", command)


def whenever_order_placed_confirm_it(event: Order.Placed) -> Iterator[Reaction]:
    """Seller and buyer have agreed to it, unless the buyer's purchase order says something else."""
    if not event.differences:
        yield Reaction(f"confirmation of {event.originator_id}", ConfirmOrder(), event.originator_id)


def whenever_order_placed_hand_it_over_to_finance(event: Order.Placed) -> Iterator[Reaction]:
    """Finance sees everything about the deal at once, and nothing is entered again."""
    command = PrepareHandOver(order_id=event.originator_id, owner=event.owner)
    yield Reaction(f"hand-over of {event.originator_id}", command)


def whenever_order_confirmed_win_its_opportunity(event: Order.Confirmed) -> Iterator[Reaction]:
    """The order is accepted: the opportunity is won."""
    if event.opportunity_id is not None:
        command = WinByOrder(order_id=event.originator_id)
        yield Reaction(f"win by {event.originator_id}", command, event.opportunity_id)


def whenever_order_cancelled_reverse_the_win(event: Order.Cancelled) -> Iterator[Reaction]:
    """An opportunity of which everything is cancelled was not won after all."""
    if event.opportunity_id is not None and event.whole:
        command = LoseOrder(order_id=event.originator_id)
        yield Reaction(f"loss of {event.originator_id}", command, event.opportunity_id)


def whenever_order_fulfilled_invoice_the_delivery(event: Order.Fulfilled) -> Iterator[Reaction]:
    """A delivery is billed, unless the contract's schedule bills."""
    if event.billable:
        command = InvoiceDelivery(order_id=event.originator_id, delivery=event.delivery)
        yield Reaction(f"invoice of {event.originator_id} delivery {event.delivery}", command)


def whenever_order_change_confirmed_invoice_what_went_beyond(event: Order.ChangeConfirmed) -> Iterator[Reaction]:
    """What was delivered beyond the order belongs to it now."""
    if event.billable:
        command = InvoiceDelivery(order_id=event.originator_id, delivery=event.delivery)
        yield Reaction(f"invoice of {event.originator_id} delivery {event.delivery}", command)


def whenever_hold_released_confirm_the_order(event: Order.HoldReleased) -> Iterator[Reaction]:
    """It was held before anybody promised to deliver it."""
    if event.resumes == "placed":
        fact = f"confirmation of {event.originator_id} after hold {event.hold}"
        yield Reaction(fact, ConfirmOrder(), event.originator_id)


def whenever_replacement_given_up_credit_what_was_billed(event: Order.ReplacementGivenUp) -> Iterator[Reaction]:
    """What came back and is not delivered again is credited like any other return (O4)."""
    those = _credits(event.parts)
    if those:
        fact = f"credit of {event.originator_id} for replacements given up, {event.number}"
        yield Reaction(fact, CreditInvoices(credits=those, reason=event.reason))


def whenever_return_inspected_credit_what_was_billed(event: Return.Inspected) -> Iterator[Reaction]:
    """One credit note over the invoices that bear what came back."""
    those = _credits(event.parts)
    if those:
        command = CreditInvoices(credits=those, reason=f"Return {event.number}")
        yield Reaction(f"credit of {event.originator_id}", command, Return.credit_note_of(event.originator_id))
        yield Reaction(f"end of {event.originator_id}", CreditReturn(), event.originator_id)


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


def whenever_customer_merged_count_what_it_owes_with_the_survivor(event: Customer.Merged) -> Iterator[Reaction]:
    """A merge does not get around a credit limit (O3)."""
    fact = f"credit of {event.originator_id} as an alias of {event.into}"
    yield Reaction(fact, CountAlias(customer_id=event.into, alias_id=event.originator_id))


def _credits(parts: Iterable[DeliveryPart]) -> tuple[InvoiceCredit, ...]:
    """Of the invoices that bear these."""
    lines: dict[UUID, list[LineCredit]] = {}
    for part in parts:
        if part.invoice_id is not None:
            lines.setdefault(part.invoice_id, []).append(LineCredit(line_id=part.line_id, quantity=part.quantity))
    return tuple(InvoiceCredit(invoice_id=invoice, lines=tuple(its)) for invoice, its in lines.items())


Policy = Callable[[Event], Iterator[Reaction]]

POLICIES: dict[type[Event], list[Policy]] = {}
for _name, _policy in list(globals().items()):
    if _name.startswith("whenever_"):
        POLICIES.setdefault(get_type_hints(_policy)["event"], []).append(_policy)


def reactions_to(event: Event) -> list[Reaction]:
    """Everything that follows from an event."""
    return [reaction for policy in POLICIES.get(type(event), ()) for reaction in policy(event)]
