"""Money received: settled, allocated to invoices, refunded or reversed; the rest is unapplied cash of the customer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from domain.shared.aggregate import Aggregate, Event, fields_of
from domain.shared.assignment import Assignment
from domain.shared.money import Money
from domain.shared.party import Parties
from domain.shared.personal import Legal
from domain.shared.refusal import Invalid, Refusal


class AllocationExceedsPayment(Refusal):
    """No more can be allocated or refunded than is unapplied."""

    rule = "P1"


class NotThisBuyersPayment(Refusal):
    """A payment settles invoices of its own seller, buyer and currency only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """Money that has arrived, as bank or provider tell it; the fields of `Payment.Settled`."""

    number: str
    customer_id: UUID
    seller_id: UUID
    amount: Money
    payment_means_code: str
    booking_date: date
    value_date: date
    remittance_information: str
    invoice_numbers: tuple[str, ...]
    end_to_end_id: str | None
    account_servicer_reference: str | None


class Payment(Aggregate):
    """A payment that has arrived. `state` is `settled` or `reversed`."""

    ACTIONS = {"settled": ("allocate", "unallocate", "refund", "reverse"), "reversed": ()}

    customer_id: UUID
    seller_id: UUID
    amount: Money
    number: str
    remittance_information: str
    invoice_numbers: tuple[str, ...]

    def __init__(self, id: UUID) -> None:
        super().__init__(id)
        self.allocations: dict[UUID, Money] = {}

    class Settled(Event):
        number: str
        customer_id: UUID
        seller_id: UUID
        amount: Money
        payment_means_code: str
        """UNTDID 4461 (`30` credit transfer, `48` card)."""
        booking_date: date
        value_date: date
        remittance_information: Legal
        """What the payer wrote."""
        end_to_end_id: str | None
        """The payer's own reference."""
        account_servicer_reference: str | None
        """The bank's or provider's: counts once (P4)."""
        invoice_numbers: tuple[str, ...] = ()
        """What the payer named; it is allocated by policy."""

        def apply(self, payment: Payment) -> None:
            payment.state = "settled"
            payment.number, payment.amount = self.number, self.amount
            payment.customer_id, payment.seller_id = self.customer_id, self.seller_id
            payment.remittance_information = self.remittance_information
            payment.invoice_numbers = self.invoice_numbers
            payment.unapplied, payment.refunded = self.amount, Money.zero(self.amount.currency)

    class ReferenceFollowed(Event):
        invoices: tuple[UUID, ...]
        """Those named by the payer that it was allocated to."""

    class Allocated(Event):
        invoice_id: UUID
        amount: Money

        def apply(self, payment: Payment) -> None:
            earlier = payment.allocations.get(self.invoice_id, Money.zero(self.amount.currency))
            payment.allocations[self.invoice_id] = earlier + self.amount
            payment.unapplied -= self.amount

    class Unallocated(Event):
        invoice_id: UUID
        amount: Money

        def apply(self, payment: Payment) -> None:
            payment.allocations[self.invoice_id] -= self.amount
            payment.unapplied += self.amount

    class Refunded(Event):
        amount: Money
        reason: str

        def apply(self, payment: Payment) -> None:
            payment.unapplied -= self.amount
            payment.refunded += self.amount

    class Reversed(Event):
        reason: str
        amount: Money
        """What was still unapplied, and is now gone."""
        shortfall: Money
        """What had been refunded of it: the customer has it, and owes it."""

        def apply(self, payment: Payment) -> None:
            payment.state = "reversed"
            payment.unapplied -= self.amount

    unapplied: Money
    """Neither allocated nor refunded (P3)."""
    refunded: Money

    def settle(self, receipt: Receipt, at: datetime) -> None:
        """Money has arrived. Refuses an amount that is not positive."""
        if receipt.amount.amount <= 0:
            raise Invalid("A payment is of a positive amount.", pointer="/amount")
        self.record(self.Settled, at, **fields_of(receipt))

    def follow_reference(self, invoices: Sequence[UUID], at: datetime) -> None:
        """Its payer's words have been followed, whether they named anything or not."""
        self.require("allocate")
        self.record(self.ReferenceFollowed, at, invoices=tuple(invoices))

    def allocate(self, invoice_id: UUID, amount: Money, at: datetime) -> None:
        """So much of it settles that invoice (P1)."""
        self.require("allocate")
        self._check_unapplied(amount)
        self.record(self.Allocated, at, invoice_id=invoice_id, amount=amount)

    def unallocate(self, invoice_id: UUID, amount: Money, at: datetime) -> None:
        """So much of it is unapplied cash again."""
        self.require("unallocate")
        allocated = self.allocations.get(invoice_id, Money.zero(self.amount.currency))
        if not Money.zero(self.amount.currency) < amount <= allocated:
            raise Invalid(f"{allocated} are allocated to this invoice.", pointer="/amount")
        self.record(self.Unallocated, at, invoice_id=invoice_id, amount=amount)

    def refund(self, amount: Money, reason: str, at: datetime) -> None:
        """Unapplied cash goes back to the payer (P1)."""
        self.require("refund")
        self._check_unapplied(amount)
        self.record(self.Refunded, at, amount=amount, reason=reason)

    def reverse(self, reason: str, at: datetime) -> None:
        """The money was taken back (a bounced debit, a chargeback). Its allocations have been undone before (P5)."""
        self.require("reverse")
        if any(self.allocations.values()):
            raise Invalid("Its allocations are undone first.")
        self.record(self.Reversed, at, reason=reason, amount=self.unapplied, shortfall=self.refunded)

    def assignment(self) -> Assignment:
        """Whoever looks after the customer."""
        return Assignment(customer_id=self.customer_id)

    def pays(self, parties: Parties, currency: str) -> bool:
        """Whether it was paid to this seller by one of these buyers, in that currency."""
        buyers = (parties.sold_to_id, parties.bill_to_id)
        return (self.seller_id, self.amount.currency) == (parties.seller_id, currency) and self.customer_id in buyers

    def check_payer(self, parties: Parties, currency: str) -> None:
        """Refuse to settle what another buyer owes, what is owed to another seller, or in another currency."""
        if not self.pays(parties, currency):
            raise NotThisBuyersPayment

    def _check_unapplied(self, amount: Money) -> None:
        if not Money.zero(self.amount.currency) < amount <= self.unapplied:
            raise AllocationExceedsPayment(f"{self.unapplied} are unapplied.", pointer="/amount")

    @property
    def data_subject(self) -> UUID:
        """Its customer."""
        return self.customer_id
