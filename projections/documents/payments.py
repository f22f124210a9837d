"""What the events of payments do to the payments and what they settle."""

from __future__ import annotations

from decimal import Decimal

from domain.payments import Payment
from domain.shared.money import Money
from projections.documents.statements import (
    allocation,
    payment_row,
)
from projections.shared import Effects, Recorded, insert


class Payments:
    """Payments, and their allocations."""

    def payment_settled(self, event: Payment.Settled, recorded: Recorded) -> Effects:
        yield insert(
            "payments",
            payment_id=event.originator_id,
            version=event.originator_version,
            ordinal=recorded.position,
            number=event.number,
            state="settled",
            seller_id=event.seller_id,
            customer_id=event.customer_id,
            currency=event.amount.currency,
            amount=event.amount.amount,
            unapplied_amount=event.amount.amount,
            refunded_amount=Money.zero(event.amount.currency).amount,
            booking_date=event.booking_date,
            value_date=event.value_date,
            payment_means_code=event.payment_means_code,
            remittance_information=event.remittance_information,
            end_to_end_id=event.end_to_end_id,
        )

    def payment_reference_followed(self, event: Payment.ReferenceFollowed, recorded: Recorded) -> Effects:
        yield payment_row(event, unapplied=Decimal(0))

    def payment_allocated(self, event: Payment.Allocated, recorded: Recorded) -> Effects:
        yield payment_row(event, unapplied=-event.amount.amount)
        yield allocation(event.originator_id, event.invoice_id, event.amount.amount)

    def payment_unallocated(self, event: Payment.Unallocated, recorded: Recorded) -> Effects:
        yield payment_row(event, unapplied=event.amount.amount)
        yield allocation(event.originator_id, event.invoice_id, -event.amount.amount)

    def payment_refunded(self, event: Payment.Refunded, recorded: Recorded) -> Effects:
        yield payment_row(event, unapplied=-event.amount.amount, refunded=event.amount.amount)

    def payment_reversed(self, event: Payment.Reversed, recorded: Recorded) -> Effects:
        yield payment_row(event, unapplied=-event.amount.amount, state="reversed")
