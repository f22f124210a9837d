"""What happens to an order, and what each fact makes of it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal
from uuid import UUID

from domain.ordering.billed import Deliveries, Delivery, DeliveryPart
from domain.ordering.changes import Change
from domain.ordering.prepayment import Deduction, Prepayments, negative
from domain.ordering.quantities import NOTHING, Balance, Balances, Quantity, Tolerance
from domain.ordering.returns import Settlement
from domain.shared.aggregate import Aggregate, Event
from domain.shared.contract_terms import BillingTrigger
from domain.shared.document import Charge, Line, Source, Totals
from domain.shared.party import Parties
from domain.shared.tax import TaxGroup, accumulated
from domain.shared.terms import PaymentTerms

HoldKind = Literal["credit", "compliance", "information", "customer"]


class OrderFacts(Aggregate, part=True):
    """An order as its facts have made it."""

    number: str
    source: Source
    parties: Parties
    currency: str
    lines: tuple[Line, ...]
    charges: tuple[Charge, ...]
    payment_terms: PaymentTerms
    billing_trigger: BillingTrigger
    purchase_order_reference: str | None
    owner: str
    opportunity_id: UUID | None

    def __init__(self, id: UUID) -> None:
        super().__init__(id)
        self.balances = Balances()
        self.deliveries = Deliveries()
        self.documented: tuple[TaxGroup, ...] = ()
        self.prepayments = Prepayments()
        self.tolerance = Tolerance()
        self.change: Change | None = None
        self.changes = 0
        self.hold_kind: HoldKind | None = None
        self.held_by: tuple[str, ...] = ()
        self.holds = 0
        self.given_up = 0
        """How often replacements were."""
        self.credit_cleared = False
        """Somebody else let it go on beyond the customer's credit limit."""
        self.held_in = ""
        """The state to which the end of the hold leads back."""

    @property
    def open(self) -> dict[str, Decimal]:
        """Still to be delivered, by line."""
        return self.balances.open

    class Placed(Event):
        number: str
        source: Source
        parties: Parties
        currency: str
        lines: tuple[Line, ...]
        charges: tuple[Charge, ...]
        payment_terms: PaymentTerms
        billing_trigger: BillingTrigger
        purchase_order_reference: str | None
        owner: str
        totals: Totals
        opportunity_id: UUID | None = None
        warnings: tuple[str, ...] = ()
        """What somebody should know of it (O6)."""
        differences: tuple[str, ...] = ()
        """From the buyer's purchase order: it is held until somebody has looked at them."""

        def apply(self, order: OrderFacts) -> None:
            order.state = "placed"
            order.number, order.source, order.parties = self.number, self.source, self.parties
            order.currency, order.lines, order.charges = self.currency, self.lines, self.charges
            order.payment_terms, order.billing_trigger = self.payment_terms, self.billing_trigger
            order.purchase_order_reference = self.purchase_order_reference
            order.owner, order.opportunity_id = self.owner, self.opportunity_id
            order.balances.update({line.line_id: Balance(line.quantity) for line in self.lines})

    class Confirmed(Event):
        opportunity_id: UUID | None = None

        def apply(self, order: OrderFacts) -> None:
            order.state = "confirmed"

    class ToleranceAgreed(Event):
        tolerance: Tolerance

        def apply(self, order: OrderFacts) -> None:
            order.tolerance = self.tolerance

    class Held(Event):
        kind: HoldKind
        reason: str
        held_by: tuple[str, ...] = ()

        def apply(self, order: OrderFacts) -> None:
            order.held_by, order.holds = self.held_by, order.holds + 1
            order.hold_kind, order.held_in, order.state = self.kind, order.state, "on_hold"

    class HoldReleased(Event):
        kind: HoldKind
        reason: str
        resumes: str
        """The state that it was held in."""
        hold: int = 1
        """Which hold of the order it was."""

        def apply(self, order: OrderFacts) -> None:
            order.hold_kind, order.state = None, self.resumes
            order.credit_cleared |= self.kind == "credit"

    class Fulfilled(Event):
        delivery: int
        quantities: tuple[Quantity, ...]
        delivered_on: date
        tracking_reference: str | None
        billable: bool
        """Whether this delivery is billed (billing by fulfilment)."""
        replacing: tuple[Quantity, ...] = ()
        """What of it was sent again for what came back."""
        beyond: tuple[Quantity, ...] = ()
        """What of it is more than was ordered, within the tolerance."""

        def apply(self, order: OrderFacts) -> None:
            replacing = {one.line_id: one.quantity for one in self.replacing}
            beyond = {one.line_id: one.quantity for one in self.beyond}
            due = {}
            for one in self.quantities:
                again, more = replacing.get(one.line_id, NOTHING), beyond.get(one.line_id, NOTHING)
                due[one.line_id] = one.quantity - again - more
                order.balances[one.line_id].deliver(due[one.line_id], again, more)
            order.deliveries.append(Delivery(self.delivered_on, due))
            order.state = order.progress()

    class DeliveryBilled(Event):
        delivery: int
        invoice_id: UUID
        tax_breakdown: tuple[TaxGroup, ...]
        deductions: tuple[Deduction, ...] = ()
        """What of prepayments its invoice takes off."""

        def apply(self, order: OrderFacts) -> None:
            order.deliveries.bill(self.delivery, self.invoice_id, order.lines)
            order.prepayments.take_off(self.invoice_id, self.deductions)
            order.documented = accumulated(order.documented, self.tax_breakdown)

    class PrepaymentBilled(Event):
        invoice_id: UUID
        tax_breakdown: tuple[TaxGroup, ...]

        def apply(self, order: OrderFacts) -> None:
            order.prepayments.bill(self.invoice_id, self.tax_breakdown)
            order.documented = accumulated(order.documented, self.tax_breakdown)

    class PrepaymentCredited(Event):
        invoice_id: UUID
        tax_breakdown: tuple[TaxGroup, ...]

        def apply(self, order: OrderFacts) -> None:
            order.prepayments.credit(self.invoice_id, self.tax_breakdown)
            order.documented = accumulated(order.documented, negative(self.tax_breakdown))

    class DeductionsRestored(Event):
        invoice_id: UUID
        """Of which so much is credited."""
        deductions: tuple[Deduction, ...]
        replaced_by: UUID | None
        """The invoice that takes the same off in its place."""

        def apply(self, order: OrderFacts) -> None:
            order.prepayments.give_back(self.invoice_id, self.deductions)
            if self.replaced_by is not None:
                order.prepayments.take_off(self.replaced_by, self.deductions)

    class ChangeRequested(Event):
        change: int
        quantities: tuple[Quantity, ...]
        """What the lines are to have in the end."""
        reason: str

        def apply(self, order: OrderFacts) -> None:
            order.change = Change(self.change, self.quantities, self.reason)
            order.changes = self.change

    class ChangeDeclined(Event):
        change: int
        reason: str

        def apply(self, order: OrderFacts) -> None:
            order.change = None

    class ChangeConfirmed(Event):
        change: int
        increases: tuple[Quantity, ...]
        lines: tuple[Line, ...]
        """The lines that are longer now, without what was cancelled of them before."""
        covered: tuple[Quantity, ...]
        """What was delivered beyond the order and belongs to it now: as a delivery of its own it is billed."""
        delivery: int
        delivered_on: date
        billable: bool
        totals: Totals

        def apply(self, order: OrderFacts) -> None:
            order.change = None
            longer = {line.line_id: line for line in self.lines}
            order.lines = tuple(longer.get(line.line_id, line) for line in order.lines)
            for one in self.increases:
                order.balances[one.line_id].ordered += one.quantity
            for one in self.covered:
                order.balances[one.line_id].cover(one.quantity)
            if self.covered:
                quantities = {one.line_id: one.quantity for one in self.covered}
                order.deliveries.append(Delivery(self.delivered_on, quantities))
            if self.increases:
                order.state = order.progress()

    class Cancelled(Event):
        quantities: tuple[Quantity, ...]
        reason: str
        opportunity_id: UUID | None = None
        whole: bool = False
        """Nothing was delivered, and nothing will be."""

        def apply(self, order: OrderFacts) -> None:
            for cancelled in self.quantities:
                order.balances[cancelled.line_id].cancelled += cancelled.quantity
            if not any(order.open.values()):
                order.state = "fulfilled" if order.deliveries else "cancelled"

    class ReplacementGivenUp(Event):
        number: int
        """How often it has happened to the order by now."""
        quantities: tuple[Quantity, ...]
        """Owed again, and not delivered again."""
        beyond: tuple[Quantity, ...]
        """What of it was delivered beyond the order."""
        parts: tuple[DeliveryPart, ...]
        """What of it is not billed, or credited where it was."""
        reason: str

        def apply(self, order: OrderFacts) -> None:
            order.given_up = self.number
            for one in self.quantities:
                order.balances[one.line_id].owed -= one.quantity
            for one in self.beyond:
                order.balances[one.line_id].beyond -= one.quantity
            order.deliveries.take_back(self.parts)
            if not any(order.open.values()):
                order.state = "fulfilled"

    class ReturnAuthorised(Event):
        return_id: UUID
        quantities: tuple[Quantity, ...]

        def apply(self, order: OrderFacts) -> None:
            for one in self.quantities:
                order.balances[one.line_id].announced += one.quantity

    class ReturnCancelled(Event):
        return_id: UUID
        quantities: tuple[Quantity, ...]

        def apply(self, order: OrderFacts) -> None:
            for one in self.quantities:
                order.balances[one.line_id].announced -= one.quantity

    class TakenBack(Event):
        return_id: UUID
        announced: tuple[Quantity, ...]
        """What was authorised and need not be waited for any more."""
        accepted: tuple[Quantity, ...]
        settlement: Settlement
        beyond: tuple[Quantity, ...]
        """What of it was delivered beyond the order."""
        parts: tuple[DeliveryPart, ...]
        """What of it is not billed, or credited where it was."""

        def apply(self, order: OrderFacts) -> None:
            for one in self.announced:
                order.balances[one.line_id].announced -= one.quantity
            for one in self.accepted:
                order.balances[one.line_id].returned += one.quantity
                if self.settlement == "replacement":
                    order.balances[one.line_id].owed += one.quantity
            for one in self.beyond:
                order.balances[one.line_id].beyond -= one.quantity
            order.deliveries.take_back(self.parts)
            if self.accepted and self.settlement == "replacement":
                order.resume()

    class Closed(Event):
        short: bool = False
        """Less than ordered was delivered, within the tolerance."""

        def apply(self, order: OrderFacts) -> None:
            order.state = "closed"

    class Reopened(Event):
        reason: str

        def apply(self, order: OrderFacts) -> None:
            order.state = order.progress()

    def progress(self) -> str:
        """How far deliveries have come."""
        if not any(self.open.values()):
            return "fulfilled"
        return "in_fulfilment" if self.deliveries else "confirmed"

    def resume(self) -> None:
        """Something is open again; on hold, the end of the hold leads there."""
        if self.state == "on_hold":
            self.held_in = self.progress()
        else:
            self.state = self.progress()

    @property
    def data_subject(self) -> UUID:
        """Its customer."""
        return self.parties.sold_to_id
