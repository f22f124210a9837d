"""Every event that concerns a customer is told in a sentence, or is on the short list of those that go without."""

from __future__ import annotations

import pytest

from domain.shared.aggregate import Aggregate, Event
from infrastructure.history import import_domain
from projections.support.telling import told

CONTEXTS = ("crm", "quoting", "contracting", "ordering", "billing", "payments")
SILENT = {
    "billing.CreditNote.Allocated": "Invoice.CreditApplied tells it",
    "billing.CreditNote.Unallocated": "Invoice.CreditUnapplied tells it",
    "billing.Invoice.Credited": "CreditNote.Issued tells it",
    "contracting.Contract.InstalmentBilled": "Invoice.Drafted tells it",
    "contracting.Contract.OrderPlaced": "Order.Placed tells it",
    "crm.Comment.MentionRead": "is nobody else's business",
    "crm.Comment.Retracted": "takes away what was told",
    "crm.Customer.AliasNumbersGained": "Customer.Merged tells it",
    "crm.Customer.AliasNumbersLost": "Customer.Unmerged tells it",
    "crm.Opportunity.MilestoneReached": "the quote's own events tell it",
    "crm.Opportunity.OrderCancelled": "Order.Cancelled tells it",
    "crm.Opportunity.QuoteAttached": "Quote.Drafted tells it",
    "crm.StagePath.Defined": "concerns no customer",
    "ordering.CreditAccount.Exceeded": "Order.Held tells it",
    "ordering.CreditAccount.Granted": "Order.Confirmed tells it",
    "ordering.Debtor.AliasGained": "Customer.Merged tells it",
    "ordering.Order.DeductionsRestored": "the credit note tells it",
    "ordering.Order.DeliveryBilled": "Invoice.Drafted tells it",
    "ordering.Order.PrepaymentBilled": "Invoice.Drafted tells it",
    "ordering.Order.PrepaymentCredited": "the credit note tells it",
    "ordering.Order.ReturnAuthorised": "Return.Authorised tells it",
    "ordering.Order.ReturnCancelled": "Return.Cancelled tells it",
    "ordering.Order.TakenBack": "Return.Inspected tells it",
    "payments.Payment.Allocated": "Invoice.PaymentApplied tells it",
    "payments.Payment.ReferenceFollowed": "Invoice.PaymentApplied tells it",
    "payments.Payment.Unallocated": "Invoice.PaymentUnapplied tells it",
    "quoting.Quote.Converted": "Contract.Drafted and Order.Placed tell it",
}
"""Without a sentence of their own, and why."""


def concerning_customers() -> dict[str, type[Event]]:
    """The events of the contexts that deal with customers, by name."""
    import_domain()
    found = {topic.partition("@")[0]: event for topic, event in Aggregate.EVENTS.items()}
    return {topic: event for topic, event in sorted(found.items()) if topic.startswith(CONTEXTS)}


def is_told(event: type[Event]) -> bool:
    """Whether there is a sentence for it."""
    return told.dispatch(event) is not told.dispatch(Event)


@pytest.mark.parametrize("topic", concerning_customers())
def test_every_event_has_its_sentence_or_a_reason_to_have_none(topic: str) -> None:
    assert is_told(concerning_customers()[topic]) != (topic in SILENT)


def test_the_list_of_silent_events_names_events() -> None:
    assert set(SILENT) <= set(concerning_customers())
